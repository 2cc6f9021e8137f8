"""One path language: AuthorizationPolicy, VirtualService and HTTPRoute agree on every request (MODEL decision 5)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.context.paths import path_record
from platform_compiler.link.model import PathPattern
from platform_compiler.link.paths import matches

REQUESTS = ("/", "/a", "/a/", "/ab", "/a/b", "//a", "/a%2Fb", "/a/b/c", "/A", "/a/b/")
PATTERNS = ("/", "/a", "/a/", "/a/*", "/a/b", "/a/b/*", "/*")


def authorized(record: dict[str, Any], path: str) -> bool:
    """Istio's matcher: exact, or a prefix before `*`."""
    return any(path.startswith(p[:-1]) if p.endswith("*") else path == p for p in record["authz"])


def routed_by_istio(record: dict[str, Any], path: str) -> bool:
    """A VirtualService's: Envoy's exact and plain prefix."""
    forms = record["virtualService"]
    return any(path == f["exact"] if "exact" in f else path.startswith(f["prefix"]) for f in forms)


def routed_by_gateway_api(record: dict[str, Any], path: str) -> bool:
    """An HTTPRoute's: exact, or a prefix by segment."""
    form = record["httpRoute"]
    value = form["value"]
    if form["type"] == "Exact":
        return bool(path == value)
    return value in {"/", path} or path.startswith(f"{value}/")


BACK_ENDS: dict[str, Callable[[dict[str, Any], str], bool]] = {
    "AuthorizationPolicy": authorized,
    "VirtualService": routed_by_istio,
    "HTTPRoute": routed_by_gateway_api,
}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("path", REQUESTS)
def test_decision_5_all_back_ends_agree_on_a_path(pattern: str, path: str) -> None:
    record = path_record(PathPattern(pattern))
    wanted = matches(PathPattern(pattern), path)
    assert {name: back_end(record, path) for name, back_end in BACK_ENDS.items()} == dict.fromkeys(BACK_ENDS, wanted)


@pytest.mark.parametrize(
    ("path", "taken"),
    [("/a", True), ("/a/", True), ("/ab", False), ("/a/b", True), ("//a", False), ("/a%2Fb", False)],
)
def test_decision_5_below_is_by_segment(path: str, *, taken: bool) -> None:
    record = path_record(PathPattern("/a/*"))
    assert [back_end(record, path) for back_end in BACK_ENDS.values()] == [taken] * 3


SEGMENTS = st.lists(st.sampled_from(["a", "b", "ab", "a%2Fb", ""]), max_size=4)


@given(SEGMENTS, st.sampled_from(PATTERNS))
def test_decision_5_all_back_ends_agree_on_any_path(segments: list[str], pattern: str) -> None:
    path, record = "/" + "/".join(segments), path_record(PathPattern(pattern))
    assert len({back_end(record, path) for back_end in BACK_ENDS.values()}) == 1
