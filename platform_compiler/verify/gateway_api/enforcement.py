"""Rules about requests need a waypoint: ztunnel reads connections only."""

from collections.abc import Iterator, Mapping, Sequence

from platform_compiler.objects import Body, Path, a_list, a_map, maps, text
from platform_compiler.verify.gateway_api.ambient import all_enrolled, binding, enrolled, is_used, serves_services
from platform_compiler.verify.gateway_api.names import ISTIO_SECURITY, SERVICE, Reference, target
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.workloads import GroupKind, Workload
from platform_compiler.verify.world import World, namespace_of

AUTHORIZATION = (ISTIO_SECURITY, "AuthorizationPolicy")
_OF_REQUESTS: tuple[GroupKind, ...] = (
    (ISTIO_SECURITY, "RequestAuthentication"),
    ("extensions.istio.io", "WasmPlugin"),
    ("extensions.istio.io", "TrafficExtension"),
)
TARGETED: tuple[GroupKind, ...] = (AUTHORIZATION, *_OF_REQUESTS, ("telemetry.istio.io", "Telemetry"))
_SOURCE = ("requestPrincipals", "notRequestPrincipals", "remoteIpBlocks", "notRemoteIpBlocks")
_OPERATION = ("hosts", "notHosts", "methods", "notMethods", "paths", "notPaths")
_CONNECTION = frozenset(
    f"{side}.{name}"
    for side, names in (("source", ("ip", "namespace", "principal", "serviceAccount")), ("destination", ("ip", "port")))
    for name in names
)
_TO_WAYPOINT = "bind it to a Service or a waypoint with `targetRefs`"


def target_refs(policy: Item) -> Iterator[Reference]:
    """Yield what an Istio policy is bound to."""
    spec = a_map(policy.body, "spec")
    listed: list[tuple[Path, Body]] = []
    if "targetRefs" in spec:
        listed += [(("spec", "targetRefs", i), body) for i, body in maps(spec, "targetRefs")]
    if "targetRef" in spec:
        listed.append((("spec", "targetRef"), a_map(spec, "targetRef")))
    for path, body in listed:
        kind = (text(body, "group"), text(body, "kind"))
        yield Reference(kind, text(body, "namespace") or namespace_of(policy), text(body, "name"), body, path)


def by_selector(world: World) -> Iterator[Fault]:
    """Yield rules about requests that no waypoint reads, since they are bound to workloads in ambient mode."""
    for policy in world.of(*AUTHORIZATION):
        if _reaches_ambient(world, policy) and (found := _of_request(policy.body)):
            path, words = found
            message = f"ztunnel cannot match {words}, so that workloads in ambient mode refuse more than this says"
            if path == ("spec", "action"):
                message = f"ztunnel does not know {words}, so that workloads in ambient mode are not limited by this"
            yield Fault("PC5334", policy, path, message, _TO_WAYPOINT)
    for kind in _OF_REQUESTS:
        for policy in world.of(*kind):
            if _reaches_ambient(world, policy):
                message = "binds workloads in ambient mode, where only waypoints read it"
                yield Fault("PC5334", policy, ("spec",), message, _TO_WAYPOINT)


def without_waypoint(world: World) -> Iterator[Fault]:
    """Yield policies for Services that have no waypoint to read them."""
    for kind in TARGETED:
        for policy in world.of(*kind):
            for ref in target_refs(policy):
                service = target(world, ref) if ref.kind == SERVICE else None
                if service is None or namespace_of(service) not in world.namespaces:
                    continue
                bound = binding(world, service)
                if bound is None or not serves_services(world, bound):
                    message = f"{ref} has no waypoint, so nothing enforces this"
                    cure = "name its waypoint with the label `istio.io/use-waypoint`"
                    also = (Other(service, ("metadata", "labels"), "no waypoint for its requests"),)
                    yield Fault("PC5334", policy, ref.path, message, cure, also)


def bypassed(world: World) -> Iterator[Fault]:
    """Yield rules of waypoints for Services whose pods take calls from anybody who goes around it."""
    if not world.once(is_used):
        return
    limited = _limits(world)
    told: set[Item] = set()
    for policy in world.of(*AUTHORIZATION):
        for ref in target_refs(policy):
            service = target(world, ref) if ref.kind == SERVICE else None
            if service is None or service in told or binding(world, service) is None:
                continue
            pods = [one for one in _pods(world, service) if enrolled(world, one)]
            if pods and not any(_limited(world, limited, one) for one in pods):
                told.add(service)
                message = f"calls straight to the pods of {ref} go around the waypoint: no rule limits them there"
                also = (Other(pods[0].item, ("metadata", "name"), "takes calls from anybody"),)
                cure = "add an AuthorizationPolicy with a `selector` for the pods that admits the waypoint alone"
                yield Fault("PC5335", policy, ref.path, message, cure, also)


def _reaches_ambient(world: World, policy: Item) -> bool:
    if not world.once(is_used) or next(target_refs(policy), None) is not None:
        return False
    return all_enrolled(world, namespace_of(policy), a_map(policy.body, "spec", "selector", "matchLabels"))


def _of_request(body: Body) -> tuple[Path, str] | None:
    """Return the first field of a policy that ztunnel cannot read."""
    action = text(body, "spec", "action")
    if action in ("CUSTOM", "AUDIT"):
        return ("spec", "action"), f"`{action}`"
    for i, rule in maps(body, "spec", "rules"):
        path: Path = ("spec", "rules", i)
        for list_key, below, keys in (("from", "source", _SOURCE), ("to", "operation", _OPERATION)):
            for j, one in maps(rule, list_key):
                for key in keys:
                    if a_list(one, below, key):
                        return (*path, list_key, j, below, key), f"`{key}`"
        for j, one in maps(rule, "when"):
            if (key := text(one, "key")) and key not in _CONNECTION:
                return (*path, "when", j, "key"), f"`{key}`"
    return None


def _pods(world: World, service: Item) -> Sequence[Workload]:
    selector: Mapping[str, object] = a_map(service.body, "spec", "selector")
    return world.selected(namespace_of(service), selector) if selector else []


def _limits(world: World) -> Mapping[str, list[Item]]:
    """Return the ALLOW policies for workloads by namespace: with one, what none of them admits is refused."""
    found: dict[str, list[Item]] = {}
    for policy in world.of(*AUTHORIZATION):
        allows = text(policy.body, "spec", "action") in ("", "ALLOW")
        if allows and next(target_refs(policy), None) is None:
            found.setdefault(namespace_of(policy), []).append(policy)
    return found


def _limited(world: World, limits: Mapping[str, list[Item]], workload: Workload) -> bool:
    policies = (*limits.get(workload.namespace, ()), *limits.get(world.facts.root_namespace, ()))
    selectors = (a_map(policy.body, "spec", "selector", "matchLabels") for policy in policies)
    return any(selector.items() <= workload.labels.items() for selector in selectors)
