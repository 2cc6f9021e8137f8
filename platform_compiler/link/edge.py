"""What a gateway does with an exposure's paths: which are closed, which need a token, what the program sees of them.

The more specific of two paths decides, in every back end: so paths are cut until each stands in one region alone.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from platform_compiler.link.model import Exposure, PathPattern, Route
from platform_compiler.link.paths import meet

Guard: TypeAlias = Literal["closed", "protected", "public"]
ALL = PathPattern("/*")


class Region(NamedTuple):
    """Paths that are guarded alike: closed, behind the exposure's conditions, or exempt from its token."""

    path: PathPattern
    guard: Guard
    within: PathPattern
    """The exposure's own path around it."""


def regions(route: Route, *, closing: bool) -> tuple[Region, ...]:
    """Return an exposure's paths cut by what is closed, opened and public; most specific first.

    Without `closing` the program's own proxy closes what the platform closes, and the gateway need not.
    """
    exposure = route.exposure
    closed = seen_from_outside(exposure, route.closed) if closing else ()
    opened = seen_from_outside(exposure, exposure.opens) if closing else ()
    cuts = (ALL, *closed, *opened, *exposure.public)
    found: dict[PathPattern, Region] = {}
    for own in sorted(own_paths(exposure) or (ALL,), key=_rank):
        for cut in cuts:
            path = meet(own, cut)
            if path is not None and path not in found:
                found[path] = Region(path, _guard(path, closed, opened, exposure.public), own)
    return tuple(sorted(found.values(), key=lambda region: _rank(region.path)))


def own_paths(exposure: Exposure) -> tuple[PathPattern, ...]:
    """Return an exposure's paths without those that another one holds; none: all. A rewrite tells them apart."""
    if exposure.rewrite is not None:
        return exposure.paths
    return tuple(p for p in exposure.paths if not within(p, (other for other in exposure.paths if other != p)))


def rewritten(exposure: Exposure, region: Region) -> PathPattern:
    """Return what the program sees of a region's path."""
    if exposure.rewrite is None:
        return region.path
    own = region.within
    rest = "" if own.kind == "all" else region.path.base[len(own.base) :]
    base = exposure.rewrite.rstrip("/") + rest
    if region.path.kind == "exact":
        return PathPattern(base or "/")
    return PathPattern(f"{base}/*")


def seen_paths(route: Route) -> tuple[PathPattern, ...]:
    """Return the paths that the program sees of an exposure, as its own proxy must allow them."""
    exposure = route.exposure
    own = exposure.paths if exposure.rewrite is None else exposure.paths or (ALL,)
    return tuple(sorted({rewritten(exposure, Region(path, "protected", path)) for path in own})) if own else ()


def seen_public(exposure: Exposure) -> tuple[PathPattern, ...]:
    """Return the paths that the program sees of those that need no token."""
    met = ((meet(own, path), own) for own in exposure.paths or (ALL,) for path in exposure.public)
    return tuple(sorted({rewritten(exposure, Region(path, "public", own)) for path, own in met if path}))


def seen_protected(exposure: Exposure) -> tuple[PathPattern, ...]:
    """Return the paths that the program sees of those that are not public as a whole."""
    kept = (own for own in exposure.paths or (ALL,) if not within(own, exposure.public))
    return tuple(sorted({rewritten(exposure, Region(own, "protected", own)) for own in kept}))


def seen_from_outside(exposure: Exposure, paths: Iterable[PathPattern]) -> tuple[PathPattern, ...]:
    """Return paths of the program as they are asked for at the gateway: what a rewrite does, undone."""
    if exposure.rewrite is None:
        return tuple(paths)
    found = set()
    for own in exposure.paths or (ALL,):
        inside = rewritten(exposure, Region(own, "protected", own))
        for path in paths:
            both = meet(inside, path)
            if both is not None:
                rest = both.text[len(inside.base.rstrip("/")) :]
                found.add(own if both == inside else PathPattern(f"{own.base.rstrip('/')}{rest}"))
    return tuple(sorted(found))


def within(path: PathPattern, others: Iterable[PathPattern]) -> bool:
    """Whether a path lies wholly in one of others."""
    return any(meet(path, other) == path for other in others)


def _guard(
    path: PathPattern, closed: Iterable[PathPattern], opened: Iterable[PathPattern], public: Iterable[PathPattern]
) -> Guard:
    if within(path, closed) and not within(path, opened):
        return "closed"
    return "public" if within(path, public) else "protected"


def _rank(path: PathPattern) -> tuple[int, int, str]:
    kinds = {"exact": 0, "below": 1, "all": 2}
    return kinds[path.kind], -len(path.base), path.text
