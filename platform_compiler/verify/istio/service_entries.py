"""ServiceEntries: they can be resolved, TCP is told apart by addresses, and two of them agree on a port."""

from collections.abc import Iterator

from platform_compiler.objects import Path, a_map, maps, number, text, texts
from platform_compiler.verify.istio.reading import EVERYWHERE, NETWORKING, scopes
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World

_OWN_ADDRESSES = (1, 25)
"""Since this version, the mesh gives hosts addresses of its own."""
_AUTOMATIC = "networking.istio.io/enable-autoallocate-ip"


def entries_resolve(world: World) -> Iterator[Fault]:
    """A ServiceEntry says in one way where its hosts are; Istio's admission webhook refuses it otherwise."""
    for item in world.of(NETWORKING, "ServiceEntry"):
        spec = a_map(item.body, "spec")
        placed, selects = bool(spec.get("endpoints")), bool(spec.get("workloadSelector"))
        if placed and selects:
            message = "`endpoints` and `workloadSelector` exclude each other"
            yield Fault("PC5220", item, ("spec", "endpoints"), message, "keep one of them", on_key=True)
        if text(spec, "resolution") in ("DNS", "DNS_ROUND_ROBIN") and not placed and not selects:
            for i, host in enumerate(texts(spec, "hosts")):
                if host.startswith("*"):
                    cure = "name the host itself, add `endpoints`, or use resolution NONE"
                    message = f"no name server resolves `{host}`"
                    yield Fault("PC5220", item, ("spec", "hosts", i), message, cure)


def tcp_has_addresses(world: World) -> Iterator[Fault]:
    """TCP names no host, so that only addresses tell where it goes (IST0134)."""
    for item in world.of(NETWORKING, "ServiceEntry"):
        if texts(item.body, "spec", "addresses") or _gets_addresses(world, item):
            continue
        for i, port in maps(item.body, "spec", "ports"):
            if text(port, "protocol").upper() in ("", "TCP"):
                message = f"all TCP to port {number(port, 'number')} is taken for this, as it has no `addresses`"
                yield Fault("PC5225", item, ("spec", "ports", i), message, "add the `addresses` of the hosts")


def _gets_addresses(world: World, item: Item) -> bool:
    """Whether the mesh gives every host an address."""
    return (
        world.facts.versions.istio >= _OWN_ADDRESSES
        and text(item.body, "spec", "resolution") not in ("", "NONE")
        and text(item.body, "metadata", "labels", _AUTOMATIC).lower() != "false"
        and not any(host.startswith("*") for host in texts(item.body, "spec", "hosts"))
    )


def protocols_agree(world: World) -> Iterator[Fault]:
    """ServiceEntries that declare one port of one host for the same namespaces agree on its protocol (IST0177)."""
    first: dict[tuple[str, int | None], list[tuple[Item, Path, str]]] = {}
    for item in world.of(NETWORKING, "ServiceEntry"):
        for i, port in maps(item.body, "spec", "ports"):
            path, protocol = ("spec", "ports", i, "protocol"), text(port, "protocol").upper()
            for host in texts(item.body, "spec", "hosts"):
                known = first.setdefault((host, number(port, "number")), [])
                other = next((k for k in known if k[2] != protocol and _meet(k[0], item)), None)
                known.append((item, path, protocol))
                if other is not None:
                    also = (Other(other[0], other[1], f"{other[2] or 'no protocol'} here"),)
                    message = f"another ServiceEntry gives port {number(port, 'number')} of `{host}` another protocol"
                    yield Fault("PC5226", item, path, message, "let both say the same", also)


def _meet(one: Item, other: Item) -> bool:
    return one is not other and (EVERYWHERE in scopes(one) | scopes(other) or bool(scopes(one) & scopes(other)))
