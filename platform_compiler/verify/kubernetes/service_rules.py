"""Settings of Services that exclude each other."""

from collections.abc import Iterator

from platform_compiler.objects import Body, at, maps, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_CODE = "PC5130"
_OUTSIDE = ("NodePort", "LoadBalancer")


def services(world: World) -> Iterator[Fault]:
    """Yield settings of a Service that its type does not have."""
    for item in world.of("", "Service"):
        kind = text(item.body, "spec", "type") or "ClusterIP"
        for field, message, cure in _wrong(item.body, kind):
            yield Fault(_CODE, item, ("spec", field), message, cure, on_key=field == "externalTrafficPolicy")
        if kind == "ClusterIP":
            for i, port in maps(item.body, "spec", "ports"):
                if port.get("nodePort"):
                    message = "a Service inside the cluster has no `nodePort`"
                    yield Fault(_CODE, item, ("spec", "ports", i, "nodePort"), message, "remove it, or change the type")


def _wrong(body: Body, kind: str) -> Iterator[tuple[str, str, str]]:
    headless = text(body, "spec", "clusterIP") == "None"
    if kind == "ExternalName" and not text(body, "spec", "externalName"):
        yield "type", "`ExternalName` without an `externalName`", "add the name that it stands for"
    if kind in _OUTSIDE and headless:
        yield "clusterIP", f"a {kind} needs an address, so `None` is refused", "remove `clusterIP`"
    outside = kind in _OUTSIDE or bool(at(body, "spec", "externalIPs"))
    if at(body, "spec", "externalTrafficPolicy") is not None and not outside:
        yield "externalTrafficPolicy", "nothing comes from outside to this Service", "remove it, or change the type"
