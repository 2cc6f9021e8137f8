"""`observe` of one application as templates see it: how it is read, what is promised, what is logged and traced."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from platform_compiler.context.observers import MERGED, is_read
from platform_compiler.link.model import Interface, Linked, Target
from platform_compiler.link.objectives import WINDOW, Objective, burns, number, objectives
from platform_compiler.link.observe import is_counted, metrics_port, through_proxy

Record = dict[str, Any]
_INTERVAL = "30s"
_PATH = "/metrics"
_MERGED_PATH = "/stats/prometheus"
_PROXY_PORT = "http-envoy-prom"
"""The one port that a proxy's container declares by name; metrics that are merged stand on another."""
_AT_CALLEE = {
    "reporter": "destination",
    "namespaceLabel": "destination_workload_namespace",
    "nameLabel": "destination_canonical_service",
}
_AT_WAYPOINT = {
    "reporter": "waypoint",
    "namespaceLabel": "destination_service_namespace",
    "nameLabel": "destination_service_name",
}
"""A waypoint knows the Service for certain, and the pod behind it only where somebody told it."""
_FAILED = {"label": "code", "matches": "5.."}


def observe_record(
    target: Target, spec: Mapping[str, Any], cluster: Mapping[str, Any], linked: Linked, logs: Mapping[str, Any]
) -> Record:
    """Return `observe`, resolved for one cluster; `logs` are marks of pods by destination."""
    said = spec.get("observe", {})
    record: Record = {"dashboard": said.get("dashboard", False), "logs": _logs(said.get("logs", []), logs)}
    if "accessLog" in said:
        record["accessLog"] = said["accessLog"]
    if "instrument" in said and "tracing" in cluster:
        record["instrument"] = said["instrument"]
    if "tracing" in said and _are_traced(target, cluster, linked):
        provider = cluster["tracing"]["provider"]
        record["tracing"] = {"samplePercent": said["tracing"]["samplePercent"], "provider": provider}
    if is_counted(target, cluster["mesh"]["mode"], linked):
        record["counting"] = _AT_WAYPOINT if cluster["mesh"]["mode"] == "ambient" else _AT_CALLEE
    if "slo" in said:
        record["slo"] = slo_record(said["slo"])
    return {**record, **_reading(target, said.get("metrics", {}), cluster)}


def _are_traced(target: Target, cluster: Mapping[str, Any], linked: Linked) -> bool:
    """Whether proxies send traces; in an ambient mesh that is the waypoint, which no collector of ours lets in."""
    collector = cluster.get("tracing", {})
    if cluster["mesh"]["mode"] == "ambient" and (
        "ref" in collector or (target.cluster, target.ref) not in linked.waypoints
    ):
        return False
    return "provider" in collector


def _logs(chosen: list[str], destinations: Mapping[str, Any]) -> Record:
    marks: Record = {"labels": {}, "annotations": {}}
    for name in chosen:
        for kind, given in destinations[name].items():
            marks[kind] |= given
    return marks


def log_destinations(declared: Mapping[str, Any], prefix: str) -> dict[str, Record]:
    """Return the marks of pods whose logs go to a destination; one that says nothing gets a label of its own."""
    return {
        name: {
            "labels": said.get("podLabels", {} if said else {f"{prefix}/logs-{name}": "true"}),
            "annotations": said.get("podAnnotations", {}),
        }
        for name, said in declared.items()
    }


def _reading(target: Target, metrics: Mapping[str, Any], cluster: Mapping[str, Any]) -> Record:
    """Return where Prometheus reads: at the proxy, which merges, else at the program."""
    if not is_read(cluster):
        return {}
    port, interval = metrics_port(target), metrics.get("interval", _INTERVAL)
    path = metrics.get("path", _PATH)
    if not through_proxy(target, cluster["mesh"]["mode"]):
        if port is None:
            return {}
        behind = {} if port.internal else {"servicePort": port.name}
        return {"reading": {"podPort": port.name, "path": path, "interval": interval, **behind}}
    record: Record = {
        "reading": {
            "podPort": _PROXY_PORT,
            "path": _MERGED_PATH,
            "interval": interval,
            "address": MERGED,
            **_any_service_port(target.interface),
        }
    }
    return record if port is None else {**record, "merged": {"port": str(port.target_port), "path": path}}


def _any_service_port(interface: Interface) -> Record:
    """Return a port by which the Service finds each pod once; UDP ports are left to others."""
    names = [name for name, port in sorted(interface.ports.items()) if not port.internal and port.protocol != "udp"]
    return {"servicePort": names[0]} if names else {}


def slo_record(slo: Mapping[str, Any]) -> Record:
    """Return the promises of a service level, with the alerts that guard them."""
    window = slo.get("window", WINDOW)
    record: Record = {"window": window, "objectives": [_objective(found, slo, window) for found in objectives(slo)]}
    return {**record, "runbook": slo["runbook"]} if "runbook" in slo else record


def _objective(objective: Objective, slo: Mapping[str, Any], window: str) -> Record:
    rows = burns(objective, window)
    record: Record = {
        "name": objective.name,
        "kind": "availability" if objective.milliseconds is None else "latency",
        "by": "application" if objective.own else "mesh",
        "goal": number(objective.goal),
        "budget": number(objective.budget),
        "windows": sorted({w for row in rows for w in (row.long, row.short)} - {"5m"}, key=_WINDOWS.index),
        "burns": [
            {key: getattr(row, key) for key in ("severity", "long", "short", "factor", "share", "threshold")}
            for row in rows
        ],
    }
    metric = slo.get("metric", {}) if objective.own else {}
    if objective.milliseconds is not None:
        in_unit = objective.milliseconds / 1000 if objective.own else objective.milliseconds
        record |= {"below": slo["latency"][objective.name.removeprefix("latency-")], "bucket": _bucket(in_unit)}
        return {**record, "metric": metric["duration"]} if objective.own else record
    if objective.own:
        record |= {"metric": metric["requests"], "failed": metric.get("failed", _FAILED)}
    return record


_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


def _bucket(bound: Decimal) -> str:
    """Return an expression for the label `le`: Prometheus 3 writes whole bounds as `250.0`, Prometheus 2 as `250`."""
    text = number(bound)
    return text.replace(".", "[.]") if "." in text else f"{text}([.]0)?"
