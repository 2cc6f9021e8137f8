"""Rules about requests for ports that carry plain connections: no proxy sees a method or a path there.

Source: "Authorization for TCP traffic" of Istio's tasks, and the warning of its validation: on such a port a rule of
ALLOW with a field of HTTP never matches, and one of DENY counts as if it had no such field.
"""

from collections.abc import Iterable, Iterator, Mapping

from platform_compiler.objects import Body, Path, a_map, maps, number, text, texts
from platform_compiler.verify.hosts import HostPort
from platform_compiler.verify.istio.membership import PROXY
from platform_compiler.verify.istio.pods import services_of
from platform_compiler.verify.istio.rules import Rule, in_force, speaks_of_requests
from platform_compiler.verify.istio.scope import NETWORKING, pods_for
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_PLAIN = frozenset({"TCP", "TLS", "HTTPS", "MONGO", "MYSQL", "REDIS", "UDP"})
_OF_REQUESTS = ("methods", "notMethods", "paths", "notPaths", "hosts", "notHosts")
_OF_TOKENS = ("requestPrincipals", "notRequestPrincipals")


def check(world: World) -> Iterator[Fault]:
    """Yield rules about requests where there are none; each once, with the first pods it hits."""
    services, plain = world.once(services_of), _with_plain_ports(world)
    for item, policy in in_force(world) if plain else ():
        rules = {path: rule for rule in policy.rules if (path := _field_of_requests(rule))}
        for workload in pods_for(world, item) if rules else ():
            if plain.isdisjoint(services.get(workload, ())):
                continue
            ports = dict(_ports(world, services[workload], workload))
            if _PLAIN.isdisjoint(ports.values()) or _is_gateway(world, workload):
                continue
            for path, rule in tuple(rules.items()):
                if hit := _hits(rule, ports, denies=policy.action == "DENY"):
                    del rules[path]
                    what = "denies whole connections" if policy.action == "DENY" else "never matches"
                    yield _fault(item, path, f"{what} on port {hit[0]}, which is {ports[hit[0]]}", workload)


def _with_plain_ports(world: World) -> frozenset[Item]:
    hosts = (host for found in world.hosts.values() for host in found)
    return frozenset(host.item for host in hosts if any(port.protocol in _PLAIN for port in host.ports))


def _hits(rule: Rule, ports: Mapping[int, str], *, denies: bool) -> list[int]:
    """Return the plain ports that a rule is for."""
    plain = sorted(port for port, protocol in ports.items() if protocol in _PLAIN)
    named = {port for operation in rule.operations for port in texts(operation.body, "ports")}
    if named:
        return [port for port in plain if str(port) in named]
    return plain if denies or len(plain) == len(ports) else []


def _fault(item: Item, path: Path, words: str, workload: Workload) -> Fault:
    message = f"the rule {words}: there are no requests to look into"
    cure = "name the ports that speak HTTP, or name the port's protocol in the Service"
    return Fault("PC5244", item, path, message, cure, (Other(workload.item, ("metadata", "name"), "the pods"),))


def _field_of_requests(rule: Rule) -> Path:
    """Return the first field of a rule that speaks of requests; empty where none does."""
    for parts, speaking in ((rule.operations, _OF_REQUESTS), (rule.sources, _OF_TOKENS)):
        for path, _, fields in parts:
            for field in speaking:
                if field in fields:
                    return (*path, field)
    return next(((*condition.path, "key") for condition in rule.conditions if speaks_of_requests(condition)), ())


def _ports(world: World, services: Iterable[Item], workload: Workload) -> Iterator[tuple[int, str]]:
    """Yield the ports of pods that Services name, with their protocols."""
    for service in services:
        for port, served in ports_of(world, service):
            if target := target_of(port, workload):
                yield target, served.protocol


def ports_of(world: World, service: Item) -> list[tuple[Body, HostPort]]:
    """Return the ports of a Service, as they are written and as the mesh reads them."""
    name = f"{service.name}.{namespace_of(service)}.svc.{world.facts.cluster_domain}"
    served = next((host.ports for host in world.hosts.get(name, ()) if host.item is service), ())
    return list(zip((port for _, port in maps(service.body, "spec", "ports")), served, strict=False))


def target_of(port: Body, workload: Workload) -> int | None:
    """Return the port of a pod that a Service's port leads to; None where the pod has none of that name."""
    named = text(port, "targetPort")
    if not named:
        return number(port, "targetPort") or number(port, "port")
    declared = (entry for front in workload.fronts for _, entry in front.ports)
    return next((number(entry, "containerPort") for entry in declared if entry.get("name") == named), None)


def _is_gateway(world: World, workload: Workload) -> bool:
    """Whether the pods are a gateway, which ends TLS itself and sees requests on ports named `https`."""
    if any(front.name == PROXY for front in workload.fronts):
        return True
    selectors = (a_map(item.body, "spec", "selector") for item in world.of(NETWORKING, "Gateway"))
    return any(selector and selector.items() <= workload.labels.items() for selector in selectors)
