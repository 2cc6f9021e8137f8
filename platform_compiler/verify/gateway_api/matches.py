"""Requests that a rule asks for, in one form, so that two rules that ask for the same are found."""

from typing import Any, TypeAlias

from platform_compiler.objects import Body, a_map, maps, text
from platform_compiler.verify.item import Item

Match: TypeAlias = tuple[Any, ...]
MATCHED_KINDS = ("HTTPRoute", "GRPCRoute")


def matches_of(route: Item, rule: Body) -> list[tuple[int | None, Match]]:
    """Return the matches of a rule with their places; a rule without any takes all requests."""
    read = _http if route.kind == "HTTPRoute" else _grpc
    found: list[tuple[int | None, Match]] = [(i, read(body)) for i, body in maps(rule, "matches")]
    return found or [(None, read({}))]


def worded(match: Match) -> str:
    """Return a match in words."""
    kind, path, method, headers, params = match
    more = [f"method `{method}`"] if method else []
    more += ["the same headers"] if headers else []
    more += ["the same query"] if params else []
    return f"{kind} `{path}`" + (f" with {' and '.join(more)}" if more else "")


def _http(body: Body) -> Match:
    path = a_map(body, "path")
    kind, value = text(path, "type") or "PathPrefix", text(path, "value") or "/"
    if kind == "PathPrefix":
        value = value.rstrip("/") or "/"
    return (kind, value, text(body, "method"), _named(body, "headers"), _named(body, "queryParams"))


def _grpc(body: Body) -> Match:
    method = a_map(body, "method")
    path = f"{text(method, 'service') or '*'}/{text(method, 'method') or '*'}"
    return (text(method, "type") or "Exact", path, "", _named(body, "headers"), frozenset())


def _named(body: Body, key: str) -> frozenset[tuple[str, str, str]]:
    """Return headers or parameters; of one name only the first counts, and headers have no case."""
    found: dict[str, tuple[str, str, str]] = {}
    for _, one in maps(body, key):
        name = text(one, "name").lower() if key == "headers" else text(one, "name")
        found.setdefault(name, (name, text(one, "type") or "Exact", text(one, "value")))
    return frozenset(found.values())
