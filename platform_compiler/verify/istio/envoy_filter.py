"""Patches of the proxies' configuration that Istio ignores, or that depend on the order of others.

Source: the pages of IST0151 to IST0155, and "Patch.Operation" of EnvoyFilter's reference.
"""

from collections.abc import Iterator

from platform_compiler.objects import Body, maps, number, text
from platform_compiler.verify.istio.scope import NETWORKING
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_RELATIVE = ("INSERT_BEFORE", "INSERT_AFTER", "REMOVE", "REPLACE")
_FILTERS = ("NETWORK_FILTER", "HTTP_FILTER")
_ROUTES = ("ROUTE_CONFIGURATION", "HTTP_ROUTE")


def check(world: World) -> Iterator[Fault]:
    """Yield patches that do nothing, and those whose place nobody can tell."""
    for item in world.of(NETWORKING, "EnvoyFilter"):
        ordered = bool(number(item.body, "spec", "priority"))
        for i, entry in maps(item.body, "spec", "configPatches"):
            operation, kind = text(entry, "patch", "operation"), text(entry, "applyTo")
            path = ("spec", "configPatches", i, "patch", "operation")
            if cure := _cure_of_misuse(operation, kind):
                yield Fault("PC5256", item, path, f"`{operation}` does nothing to `{kind}`", cure)
            elif operation in _RELATIVE and not ordered:
                yield Fault("PC5255", item, path, _relative(operation, entry), "set `spec.priority`")


def _cure_of_misuse(operation: str, kind: str) -> str:
    """Return what works instead of an operation that is ignored; empty where it is not."""
    if operation == "REPLACE" and kind not in _FILTERS:
        return "use `MERGE`; only filters can be replaced"
    if operation in ("ADD", "REMOVE") and kind in _ROUTES:
        return "use `MERGE`"
    return ""


def _relative(operation: str, entry: Body) -> str:
    pinned = text(entry, "match", "proxy", "proxyVersion")
    after = ", after an upgrade too" if pinned else ""
    return f"`{operation}` without a priority depends on which EnvoyFilter comes first{after}"
