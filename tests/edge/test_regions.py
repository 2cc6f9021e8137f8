"""Where an exposure's paths are cut: the most specific piece always stands in the region that its requests are in."""

from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.diagnostics import Span
from platform_compiler.link.edge import regions, rewritten, seen_from_outside
from platform_compiler.link.model import Exposure, PathPattern, Port, Route, Target
from platform_compiler.link.paths import matches

NOWHERE = Span("test")
TEXTS = ("/*", "/a", "/a/*", "/a/b", "/a/b/*", "/b/*", "/b/c", "/c")
REQUESTS = ("/", "/a", "/a/b", "/a/b/c", "/a/x", "/b", "/b/c", "/b/c/d", "/c", "/ab")
PATTERNS = st.lists(st.sampled_from(TEXTS), max_size=3).map(lambda texts: tuple(PathPattern(t) for t in texts))
PORT = Port("http", 80, 80, "http", internal=False, container=None, mtls=None, span=NOWHERE)


def exposed(paths: tuple[PathPattern, ...], **settings: object) -> Exposure:
    empty = any(path.kind == "all" for path in paths)
    own = () if empty else paths
    return Exposure("web", "public", "web", None, own, (), (), {}, NOWHERE, NOWHERE, **settings)  # type: ignore[arg-type]


def route(exposure: Exposure, closed: tuple[PathPattern, ...] = ()) -> Route:
    nobody: Target = None  # type: ignore[assignment]
    return Route(nobody, exposure, "public", "web.example", "shop/web", PORT, closed)


def chosen(found: Route, request: str) -> str | None:
    """Return the guard of the first region that takes a request: the most specific, as every gateway chooses."""
    return next((r.guard for r in regions(found, closing=True) if matches(r.path, request)), None)


@given(PATTERNS, PATTERNS, PATTERNS, PATTERNS, st.sampled_from(REQUESTS))
def test_decision_32_closed_wins_over_public_and_opened_over_closed(
    paths: tuple[PathPattern, ...],
    closed: tuple[PathPattern, ...],
    opened: tuple[PathPattern, ...],
    public: tuple[PathPattern, ...],
    request: str,
) -> None:
    def within(patterns: tuple[PathPattern, ...]) -> bool:
        return any(matches(pattern, request) for pattern in patterns)

    found = route(exposed(paths, opens=opened, public=public), closed)
    if paths and not within(paths):
        wanted = None
    elif within(closed) and not within(opened):
        wanted = "closed"
    else:
        wanted = "public" if within(public) else "protected"
    assert chosen(found, request) == wanted


def test_a_rewrite_does_not_lead_around_closed_paths() -> None:
    exposure = exposed((PathPattern("/api/*"),), rewrite="/")
    found = regions(route(exposure, (PathPattern("/metrics"), PathPattern("/debug/*"))), closing=True)
    assert [(r.path.text, r.guard) for r in found] == [
        ("/api/metrics", "closed"),
        ("/api/debug/*", "closed"),
        ("/api/*", "protected"),
    ]
    assert [rewritten(exposure, r).text for r in found] == ["/metrics", "/debug/*", "/*"]


def test_paths_that_a_rewrite_never_leads_to_are_not_asked_for() -> None:
    exposure = exposed((PathPattern("/api/*"),), rewrite="/v1")
    assert seen_from_outside(exposure, (PathPattern("/metrics"), PathPattern("/v1/debug/*"))) == (
        PathPattern("/api/debug/*"),
    )
