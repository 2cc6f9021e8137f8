"""What only sidecars read does nothing in ambient mode."""

from collections.abc import Iterator

from platform_compiler.objects import Path, a_list, a_map, maps, text, texts
from platform_compiler.verify.gateway_api.ambient import all_enrolled, binding, in_ambient, is_used
from platform_compiler.verify.gateway_api.attach import parents
from platform_compiler.verify.gateway_api.names import ISTIO_NETWORKING, ISTIO_SECURITY, SERVICE, target
from platform_compiler.verify.hosts import full_name
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of


def sidecar_settings(world: World) -> Iterator[Fault]:
    """Yield Sidecars and EnvoyFilters for workloads without a sidecar."""
    for kind in ("Sidecar", "EnvoyFilter") if world.once(is_used) else ():
        for item in world.of(ISTIO_NETWORKING, kind):
            selector = a_map(item.body, "spec", "workloadSelector", "labels")
            bound = a_list(item.body, "spec", "targetRefs")
            if not bound and all_enrolled(world, namespace_of(item), selector):
                message = "its workloads are in ambient mode, where nothing reads it"
                yield Fault("PC5336", item, (), message, "drop it; NetworkPolicies and waypoints limit egress there")


def disabled_mtls(world: World) -> Iterator[Fault]:
    """Yield PeerAuthentications that would turn mutual TLS off."""
    for item in world.of(ISTIO_SECURITY, "PeerAuthentication"):
        spec = a_map(item.body, "spec")
        ports = a_map(spec, "portLevelMtls")
        off: list[Path] = [("spec", "mtls", "mode")] if text(spec, "mtls", "mode") == "DISABLE" else []
        off += [("spec", "portLevelMtls", port, "mode") for port in ports if text(ports, port, "mode") == "DISABLE"]
        if off and all_enrolled(world, namespace_of(item), a_map(spec, "selector", "matchLabels")):
            message = "`DISABLE` is ignored in ambient mode: callers in the mesh always use mutual TLS"
            yield Fault(
                "PC5336", item, off[0], message, "say `PERMISSIVE` if callers from outside the mesh shall come in"
            )


def subsets(world: World) -> Iterator[Fault]:
    """Yield subsets of Services that no proxy stands before: neither a waypoint nor a gateway."""
    if not world.once(is_used):
        return
    names = _services(world)
    at_gateways = _behind_gateways(world)
    for rule in world.of(ISTIO_NETWORKING, "DestinationRule"):
        host = full_name(text(rule.body, "spec", "host"), namespace_of(rule), world.facts.cluster_domain)
        service = names.get(host)
        if service is None or not a_list(rule.body, "spec", "subsets") or host in at_gateways:
            continue
        if in_ambient(world, namespace_of(service)) and binding(world, service) is None:
            message = f"{service} is in ambient mode without a waypoint, so nothing reads its subsets"
            cure = "make one Service a version, and split with an HTTPRoute at a waypoint"
            yield Fault("PC5336", rule, ("spec", "subsets"), message, cure, on_key=True)


def two_kinds_of_routes(world: World) -> Iterator[Fault]:
    """Yield VirtualServices for a Service in ambient mode that has an HTTPRoute too."""
    routed: dict[Item, Item] = {}
    for route, refs in parents(world).items():
        for ref in refs:
            service = target(world, ref) if ref.kind == SERVICE else None
            if service is not None and in_ambient(world, namespace_of(service)):
                routed.setdefault(service, route)
    names = _services(world) if routed else {}
    for virtual in world.of(ISTIO_NETWORKING, "VirtualService") if routed else ():
        if "mesh" not in (texts(virtual.body, "spec", "gateways") or ["mesh"]):
            continue
        for i, host in enumerate(texts(virtual.body, "spec", "hosts")):
            service = names.get(full_name(host, namespace_of(virtual), world.facts.cluster_domain))
            other = routed.get(service) if service else None
            if other is not None:
                message = f"{service} is in ambient mode and has {other} too: one of the two is ignored"
                also = (Other(other, ("spec", "parentRefs"), "routes it too"),)
                yield Fault("PC5338", virtual, ("spec", "hosts", i), message, "put all into the HTTPRoute", also)


def _services(world: World) -> dict[str, Item]:
    domain = world.facts.cluster_domain
    return {f"{item.name}.{namespace_of(item)}.svc.{domain}": item for item in world.of(*SERVICE)}


def _behind_gateways(world: World) -> set[str]:
    """Return the hosts that gateways route to, which read subsets wherever the workloads are."""
    found: set[str] = set()
    for virtual in world.of(ISTIO_NETWORKING, "VirtualService"):
        if any(name != "mesh" for name in texts(virtual.body, "spec", "gateways")):
            for _, rule in maps(virtual.body, "spec", "http"):
                hosts = (text(one, "destination", "host") for _, one in maps(rule, "route"))
                found |= {full_name(host, namespace_of(virtual), world.facts.cluster_domain) for host in hosts}
    return found
