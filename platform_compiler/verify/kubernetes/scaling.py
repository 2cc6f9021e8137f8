"""Autoscalers that cannot work, and what else wants to decide how many pods there are."""

from collections.abc import Iterator

from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path, a_map, at, maps, number, text
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.kubernetes.pods import running
from platform_compiler.verify.kubernetes.scalers import Scaler, scalers_of
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World, namespace_of

_HPA = "HorizontalPodAutoscaler"
_OLD = "targetCPUUtilizationPercentage"
"""How `autoscaling/v1` aims."""
_IMPOSSIBLE, _BESIDE, _BASELESS = "PC5126", "PC5127", "PC5128"


def bounds(world: World) -> Iterator[Fault]:
    """Yield autoscalers whose least number of pods is above their greatest."""
    for scaler in world.once(scalers_of):
        body = scaler.item.body
        most = number(body, "spec", scaler.most)
        if most is not None and scaler.lower > most:
            message = f"`{scaler.least}` ({scaler.lower}) is above `{scaler.most}` ({most})"
            told = scaler.least if number(body, "spec", scaler.least) is not None else scaler.most
            yield Fault(_IMPOSSIBLE, scaler.item, ("spec", told), message, "raise the one or lower the other")
        elif number(body, "spec", "minReplicas") == 0 and scaler.item.kind == _HPA and not _wakes(body):
            message = "nothing can be measured of no pods at all"
            cure = "keep one pod at least, or scale by an `Object` or `External` metric"
            yield Fault(_IMPOSSIBLE, scaler.item, ("spec", "minReplicas"), message, cure)


def replicas_beside_scalers(world: World) -> Iterator[Fault]:
    """Yield workloads that say how many pods they want though an autoscaler decides: each apply undoes its work."""
    for scaler in world.once(scalers_of):
        workload = scaler.workload
        if workload is not None and number(workload.item.body, "spec", "replicas") is not None:
            message = f"it sets `replicas`, which {scaler.item} decides"
            also = (Other(scaler.item, ("spec", "scaleTargetRef"), "scales it"),)
            cure = "remove `replicas`: every apply would set it back"
            yield Fault(_BESIDE, workload.item, ("spec", "replicas"), message, cure, also, on_key=True)


def metrics(world: World) -> Iterator[Fault]:
    """Yield metrics that nothing gives: shares of a request that nobody makes, containers that do not exist."""
    defaults = _defaults(world)
    for scaler in world.once(scalers_of):
        if scaler.workload is not None and scaler.item.kind == _HPA:
            for path, metric in _measured(scaler):
                yield from _metric(scaler, scaler.workload, path, metric, defaults)


def _measured(scaler: Scaler) -> Iterator[tuple[Path, Body]]:
    """Yield the resources of containers that an autoscaler measures, and where it says so."""
    for i, metric in maps(scaler.item.body, "spec", "metrics"):
        for field in ("resource", "containerResource"):
            if isinstance(metric.get(field), dict):
                yield ("spec", "metrics", i, field, "name"), metric[field]
    if wanted := number(scaler.item.body, "spec", _OLD):
        yield ("spec", _OLD), {"name": "cpu", "target": {"averageUtilization": wanted}}


def _wakes(body: Body) -> bool:
    """Whether something is measured that is there without pods."""
    return any(text(metric, "type") in ("Object", "External") for _, metric in maps(body, "spec", "metrics"))


def _metric(
    scaler: Scaler, workload: Workload, path: Path, metric: Body, defaults: frozenset[tuple[str, str]]
) -> Iterator[Fault]:
    resource, wanted = text(metric, "name"), text(metric, "container")
    containers = [(where, c) for where, c, *_ in running(workload) if not wanted or text(c, "name") == wanted]
    if wanted and not containers and not _injected(workload, wanted):
        near = did_you_mean(wanted, [text(c, "name") for _, c, *_ in running(workload)])
        cure = f"did you mean `{near}`?" if near else "name a container of the pods that are scaled"
        message = f"{workload.item} has no container `{wanted}`"
        yield Fault(_IMPOSSIBLE, scaler.item, (*path[:-1], "container"), message, cure)
    if at(metric, "target", "averageUtilization") is None or (scaler.namespace, resource) in defaults:
        return
    if any(resource in a_map(workload.pod, "resources", field) for field in ("requests", "limits")):
        return
    for where, container in containers:
        if not any(resource in a_map(container, "resources", field) for field in ("requests", "limits")):
            name = text(container, "name")
            message = f"container `{name}` requests no `{resource}`, so nobody can tell how much of it is used"
            also = (Other(workload.item, (*where, "name"), f"has no request of `{resource}`"),)
            cure = f"add `resources.requests.{resource}` to the container, or aim at an `averageValue`"
            yield Fault(_BASELESS, scaler.item, path, message, cure, also)


def _injected(workload: Workload, name: str) -> bool:
    """Whether the container may be one that a mesh adds."""
    return name in ("istio-proxy", "linkerd-proxy") or not workload.pod


def _defaults(world: World) -> frozenset[tuple[str, str]]:
    """Return namespace and resource of what a LimitRange requests for containers that do not."""
    return frozenset(
        (namespace_of(item), str(resource))
        for item in world.of("", "LimitRange")
        for _, limit in maps(item.body, "spec", "limits")
        if text(limit, "type") == "Container"
        for field in ("default", "defaultRequest", "max")
        for resource in a_map(limit, field)
    )
