"""Listeners of one Gateway: they differ, they share ports only with their like, and TLS has its certificate."""

from collections.abc import Iterator

from platform_compiler.objects import a_list, a_map, text
from platform_compiler.verify.gateway_api.classes import controller
from platform_compiler.verify.gateway_api.listeners import Listener, all_listeners, merged
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.world import World

_FAMILIES = {"HTTP": "HTTP", "HTTPS": "TLS", "TLS": "TLS", "TCP": "TCP"}
_OWN_CERTIFICATES = ("aws", "amazon", "alb", "lattice")


def conflicting(world: World) -> Iterator[Fault]:
    """Yield listeners that an earlier one of the same Gateway shuts out."""
    for _, listeners in merged(world):
        ports: dict[tuple[int | None, bool], Listener] = {}
        same: dict[tuple[int | None, str, str], Listener] = {}
        for one in listeners:
            family = _FAMILIES.get(one.protocol, one.protocol)
            known = ports.setdefault((one.port, family == "UDP"), one)
            twin = same.setdefault((one.port, family, one.hostname), one)
            if one.port is None:
                continue
            if _FAMILIES.get(known.protocol, known.protocol) != family:
                words = f"speaks {one.protocol} on port {one.port}, where `{known.name}` speaks {known.protocol}"
                yield _conflict(one, known, words, "give it a port of its own")
            elif twin is not one:
                words = f"has the port and host of `{twin.name}`"
                yield _conflict(one, twin, words, "give it another host name or port, or drop it")


def without_certificate(world: World) -> Iterator[Fault]:
    """Yield listeners that end TLS and have no certificate."""
    for one in all_listeners(world):
        tls = one.tls
        if not one.terminates or a_list(tls, "certificateRefs") or a_map(tls, "options"):
            continue
        if not tls and any(word in controller(world, one.item) for word in _OWN_CERTIFICATES):
            continue  # the cloud's load balancer finds a certificate by itself
        message = f"listener `{one.name}` ends {one.protocol} without a certificate"
        cure = "name a Secret in `tls.certificateRefs`, or pass TLS through"
        yield Fault("PC5317", one.item, (*one.path, *(("tls",) if tls else ("protocol",))), message, cure)


def ignored_certificates(world: World) -> Iterator[Fault]:
    """Yield certificates of listeners that pass TLS through."""
    for one in all_listeners(world):
        if text(one.tls, "mode") == "Passthrough" and a_list(one.tls, "certificateRefs"):
            message = f"listener `{one.name}` passes TLS through, so its certificate is not used"
            cure = "drop `certificateRefs`, or end TLS here with `mode: Terminate`"
            yield Fault("PC5318", one.item, (*one.path, "tls", "certificateRefs"), message, cure, on_key=True)


def _conflict(one: Listener, other: Listener, words: str, cure: str) -> Fault:
    also = (Other(other.item, (*other.path, "name"), "comes first"),)
    return Fault("PC5316", one.item, (*one.path, "name"), f"listener `{one.name}` {words}", cure, also)
