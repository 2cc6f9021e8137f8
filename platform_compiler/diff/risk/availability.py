"""What a change takes from staying up: pods, probes, resources, budgets, and how gently pods go."""

from collections.abc import Iterator
from typing import Any

from platform_compiler.diff.equality import quantity, same_value
from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.routing import ROUTING_RULES
from platform_compiler.diff.risk.rules import APPEARS, GOES, SCALED, WORKLOADS, Rule
from platform_compiler.diff.risk.shape import container_pairs, named, pods
from platform_compiler.objects import Body, a_map, at, kind_of, maps, number, template_of, text

_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_HALF = 2


def _replicas(old: Body, new: Body) -> Iterator[Risk]:
    pointer = ("spec", "replicas")
    before, after = number(at(old, *pointer)), number(at(new, *pointer))
    if before is None or after is None or after >= before:
        return
    if after == 0:
        yield risk("replicas-zero", pointer, f"no pod is left of {before}")
    elif after * _HALF < before or after == 1:
        yield risk("replicas-dropped", pointer, f"{before} pods become {after}")


def _way_in(old: Body, new: Body) -> Iterator[Risk]:
    """In ambient mode the pods let in either callers or their waypoint: both change with this label."""
    pointer = ("metadata", "labels", "istio.io/use-waypoint")
    before, after = (name if (name := text(at(body, *pointer))) != "none" else "" for body in (old, new))
    if before == after:
        return
    way = f"through waypoint `{after}`" if after else f"straight to the pods, not through waypoint `{before}`"
    yield risk("way-in-moved", pointer if after else ("metadata", "labels"), f"requests go {way}")


def _scaler_floor(old: Body, new: Body) -> Iterator[Risk]:
    before, after = number(old, "spec", "minReplicas"), number(new, "spec", "minReplicas")
    if before is not None and after is not None and after < before:
        message = f"at least {before} pods become at least {after}"
        yield risk("autoscaler-floor-lowered", ("spec", "minReplicas"), message)


def _budget_removed(old: Body, _new: Body) -> Iterator[Risk]:
    name = text(old, "metadata", "name")
    yield risk("disruption-budget-removed", (), f"without budget `{name}` a node drain may stop all pods at once")


def _budget_blocks(old: Body, new: Body) -> Iterator[Risk]:
    for field, values in (("maxUnavailable", (0, "0", "0%")), ("minAvailable", ("100%",))):
        before, after = at(old, "spec", field), at(new, "spec", field)
        if _one_of(after, values) and not _one_of(before, values):
            message = f"`{field}: {after}` lets no pod go: nodes cannot be drained"
            yield risk("disruption-blocked", ("spec", field), message)


def _one_of(value: Any, values: tuple[Any, ...]) -> bool:
    return isinstance(value, (int, str)) and not isinstance(value, bool) and value in values


def _probes(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    for place, was, container in container_pairs(before, after):
        for probe in _PROBES:
            if a_map(was, probe) and not a_map(container, probe):
                message = f"container `{text(container, 'name')}` has no {probe} any more"
                yield risk("probe-removed", (*base, *place, probe), message)


def _recreates(old: Body, new: Body) -> Iterator[Risk]:
    pointer = ("spec", "strategy", "type")
    if text(at(new, *pointer)) == "Recreate" and text(at(old, *pointer)) != "Recreate":
        yield risk("strategy-recreate", pointer, "a new version stops all old pods before it starts new ones")


def _resources(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    for place, was, container in container_pairs(before, after):
        name, pointer = text(container, "name"), (*base, *place, "resources")
        for word in ("requests", "limits"):
            had, has = a_map(was, "resources", word), a_map(container, "resources", word)
            gone = [key for key in had if has.get(key) is None]
            if gone:
                message = f"container `{name}` has no {word} of {named(3, gone)} any more"
                yield risk("resources-removed", (*pointer, word), message)
        limits = a_map(container, "resources", "limits")
        for key, value in a_map(was, "resources", "limits").items():
            most, now = quantity(value), quantity(limits.get(key))
            if most is not None and now is not None and most > 0 and now * _HALF <= most:
                message = f"container `{name}` gets half of its {key} or less: {value} becomes {limits[key]}"
                yield risk("limit-halved", (*pointer, "limits", key), message)


def _grace(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    had, has = (number(pod, "terminationGracePeriodSeconds") for pod in (before, after))
    if had is not None and has is not None and has < had:
        message = f"pods get {has} seconds to stop instead of {had}"
        yield risk("grace-lowered", (*base, "terminationGracePeriodSeconds"), message)
    for place, was, container in container_pairs(before, after):
        if a_map(was, "lifecycle", "preStop") and not a_map(container, "lifecycle", "preStop"):
            message = f"container `{text(container, 'name')}` has no preStop hook any more"
            yield risk("grace-lowered", (*base, *place, "lifecycle", "preStop"), message)


def _spread(old: Body, new: Body) -> Iterator[Risk]:
    base, before, after = pods(old, new)
    field = "topologySpreadConstraints"
    left = [text(constraint, "topologyKey") for _, constraint in maps(after, field)]
    gone = [key for _, c in maps(before, field) if (key := text(c, "topologyKey")) not in left]
    if gone:
        yield risk("topology-spread-removed", (*base, field), f"pods are no longer spread by {named(3, gone)}")


def _restart(old: Body, new: Body) -> Iterator[Risk]:
    pointer, template = template_of(new)
    if not same_value(kind_of(new), pointer, a_map(at(old, *pointer)), template):
        yield risk("pods-restart", pointer, "the pod template changes: every pod is replaced")


_DAEMON_SET = ("apps", "DaemonSet")
_BUDGET = (("policy", "PodDisruptionBudget"),)
RULES = (
    Rule(_replicas, SCALED),
    Rule(_scaler_floor, (("autoscaling", "HorizontalPodAutoscaler"),)),
    Rule(_budget_removed, _BUDGET, GOES),
    Rule(_budget_blocks, _BUDGET, APPEARS),
    Rule(_probes, WORKLOADS),
    Rule(_recreates, (("apps", "Deployment"),)),
    Rule(_resources, WORKLOADS),
    Rule(_grace, WORKLOADS),
    Rule(_spread, WORKLOADS),
    Rule(_restart, (*SCALED, _DAEMON_SET)),
    Rule(_way_in, (("", "Service"),)),
    *ROUTING_RULES,
)
