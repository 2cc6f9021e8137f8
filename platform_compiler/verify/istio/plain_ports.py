"""Rules about requests for ports that carry plain connections: no proxy sees a method or a path there.

Source: "Authorization for TCP traffic" of Istio's tasks, and the warning of its validation: on such a port a rule of
ALLOW with a field of HTTP never matches, and one of DENY counts as if it had no such field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from platform_compiler.objects import Body, Path, a_map, containers, maps, number, text, texts
from platform_compiler.verify.hosts import HostPort
from platform_compiler.verify.istio.membership import PROXY
from platform_compiler.verify.istio.rules import Rule, action_of, policies, rules_of, speaks_of_requests
from platform_compiler.verify.istio.scope import NETWORKING, pods_for, services_of, targets_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import Workload, World, namespace_of

_PLAIN = {"TCP", "TLS", "HTTPS", "MONGO", "MYSQL", "REDIS", "UDP"}
_OF_REQUESTS = ("methods", "notMethods", "paths", "notPaths", "hosts", "notHosts")
_OF_TOKENS = ("requestPrincipals", "notRequestPrincipals")


def check(world: World) -> Iterator[Fault]:
    """Yield rules about requests where there are none; each once, with the first pods it hits."""
    services: Mapping[Item, Sequence[Item]] | None = None
    for policy in policies(world):
        rules = {path: rule for rule in rules_of(policy) if (path := _field_of_requests(rule))}
        if not rules or targets_of(policy):
            continue
        services = services_of(world) if services is None else services
        for workload in pods_for(world, policy):
            if not rules:
                break
            ports = dict(_ports(world, services.get(workload.item, ()), workload))
            hit = [path for path, rule in rules.items() if _hits(rule, ports)]
            for path in hit if hit and not _is_gateway(world, workload) else ():
                yield _fault(rules.pop(path), path, ports, workload)


def _hits(rule: Rule, ports: Mapping[int, str]) -> list[int]:
    """Return the plain ports that a rule is for."""
    plain = sorted(port for port, protocol in ports.items() if protocol in _PLAIN)
    named = {port for _, body in rule.operations for port in texts(body, "ports")}
    if named:
        return [port for port in plain if str(port) in named]
    return plain if action_of(rule.policy) == "DENY" or len(plain) == len(ports) else []


def _fault(rule: Rule, path: Path, ports: Mapping[int, str], workload: Workload) -> Fault:
    port = _hits(rule, ports)[0]
    what = "denies whole connections" if action_of(rule.policy) == "DENY" else "never matches"
    message = f"the rule {what} on port {port}, which is {ports[port]}: there are no requests to look into"
    cure = "name the ports that speak HTTP, or name the port's protocol in the Service"
    return Fault("PC5244", rule.policy, path, message, cure, (Other(workload.item, ("metadata", "name"), "the pods"),))


def _field_of_requests(rule: Rule) -> Path:
    """Return the first field of a rule that speaks of requests; empty where none does."""
    for parts, fields in ((rule.operations, _OF_REQUESTS), (rule.sources, _OF_TOKENS)):
        for path, body in parts:
            for field in fields:
                if body.get(field):
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
    declared = (entry for _, container in containers(workload.pod) for _, entry in maps(container, "ports"))
    return next((number(entry, "containerPort") for entry in declared if entry.get("name") == named), None)


def _is_gateway(world: World, workload: Workload) -> bool:
    """Whether the pods are a gateway, which ends TLS itself and sees requests on ports named `https`."""
    if any(container.get("name") == PROXY for _, container in containers(workload.pod)):
        return True
    selectors = (a_map(item.body, "spec", "selector") for item in world.of(NETWORKING, "Gateway"))
    return any(selector and selector.items() <= workload.labels.items() for selector in selectors)
