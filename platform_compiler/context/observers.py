"""Who reads metrics and collects traces, as templates see them: facts of the cluster, peers of applications."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.cluster import principals
from platform_compiler.context.names import pod_labels
from platform_compiler.context.ports import HBONE, network_ports
from platform_compiler.context.rules import rule_record
from platform_compiler.link.model import Linked, Target
from platform_compiler.link.observe import metrics_port, through_proxy
from platform_compiler.link.observers import PROMETHEUS, TRACING, collector_port, observer_ref, sends_traces
from platform_compiler.load import Loaded

Record = dict[str, Any]
MERGED = 15020
"""Where a proxy shows its own metrics and the program's: it is never behind mutual TLS."""
_OTLP = 4317


def observers(cluster: str, spec: Mapping[str, Any], loaded: Loaded, linked: Linked) -> Record:
    """Return `prometheus` and `tracing` of a cluster, whether they run outside of our repository or in it."""
    record: Record = {"observability": spec["parts"].get("observability", "none")}
    for key in (PROMETHEUS, TRACING):
        declared, ref = spec.get(key, {}), observer_ref(cluster, key, loaded)
        ours = linked.targets[cluster].get(ref) if ref else None
        if ours is not None and ref is not None:
            record[key] = {"ref": ref, "namespace": ours.interface.namespace, "podLabels": pod_labels(ours.interface)}
        elif "podLabels" in declared:
            record[key] = {"namespace": declared["namespace"], "podLabels": declared["podLabels"]}
        else:
            continue
        record[key] |= _identity(spec, declared, ours) if key == PROMETHEUS else _collector(declared, ours)
    return record


def _identity(spec: Mapping[str, Any], declared: Mapping[str, Any], ours: Target | None) -> Record:
    """Return the identities of what reads metrics; none where it is outside of the mesh."""
    if ours is not None:
        account, meshed = ours.interface.service_account, ours.interface.meshed
        return {"principals": principals(spec, ours.interface.namespace, account) if meshed else []}
    known = declared.get("meshed") and "serviceAccount" in declared
    return {"principals": principals(spec, declared["namespace"], declared["serviceAccount"]) if known else []}


def _collector(declared: Mapping[str, Any], ours: Target | None) -> Record:
    """Return where traces go; an application of ours is called the same among the mesh's providers."""
    if ours is not None:
        port, meshed = collector_port(ours.interface), ours.interface.meshed
        return {"port": port.target_port if port else _OTLP, "provider": ours.interface.name, "meshed": meshed}
    provider = {"provider": declared["provider"]} if "provider" in declared else {}
    return {"port": declared.get("port", _OTLP), "meshed": declared.get("meshed", False), **provider}


def is_read(cluster: Mapping[str, Any]) -> bool:
    """Whether a part makes Prometheus read applications of a cluster."""
    return PROMETHEUS in cluster and cluster["observability"] != "none"


def reader(target: Target, cluster: Mapping[str, Any], mtls: str) -> list[Record]:
    """Return what reads the metrics of a program itself as one of its callers; in an ambient mesh its part says it."""
    mode = cluster["mesh"]["mode"]
    if mode == "ambient" or not is_read(cluster) or through_proxy(target, mode):
        return []
    port = metrics_port(target)
    if port is None:
        return []
    prometheus = cluster[PROMETHEUS]
    return [
        {
            "ref": PROMETHEUS,
            "kind": PROMETHEUS,
            "name": PROMETHEUS,
            "namespace": prometheus["namespace"],
            "podLabels": prometheus["podLabels"],
            "principals": prometheus["principals"],
            "networkPorts": network_ports([port], tunnelled=bool(prometheus["principals"]) and target.interface.meshed),
            "rules": [rule_record("metrics", [port], mtls=mtls)],
        }
    ]


def observed(target: Target, cluster: Mapping[str, Any], targets: Iterable[Target]) -> list[Record]:
    """Return the peers that an application reaches to observe or be observed, in the shape of calls."""
    found = _to_collector(target, cluster)
    if is_read(cluster) and cluster[PROMETHEUS].get("ref") == target.ref:
        found += [call for other in targets if other is not target and (call := _read(other, cluster))]
    return found


def _to_collector(target: Target, cluster: Mapping[str, Any]) -> list[Record]:
    """Return the call of a collector that is not ours; to one of ours there is a link."""
    tracing = cluster.get(TRACING)
    if tracing is None or "ref" in tracing:
        return []
    instrumented = cluster["observability"] != "none"
    beside = cluster["mesh"]["mode"] == "sidecar"  # in an ambient mesh the waypoint sends them
    if not sends_traces(target, instrumented=instrumented, known="provider" in tracing and beside):
        return []
    ports = [{"protocol": "TCP", "port": tracing["port"]}]
    if tracing["meshed"] and target.interface.meshed:
        ports.append({"protocol": "TCP", "port": HBONE})
    return [_peer(TRACING, "collector", tracing["namespace"], ["*"], tracing["podLabels"], ports)]


def _read(target: Target, cluster: Mapping[str, Any]) -> Record | None:
    """Return what Prometheus of ours reads of an application, or None where there is nothing."""
    interface, port = target.interface, metrics_port(target)
    if interface.kind != "app":
        return None
    if through_proxy(target, cluster["mesh"]["mode"]):
        ports = [{"protocol": "TCP", "port": MERGED}]
    elif port is not None:
        ports = network_ports([port], tunnelled=bool(cluster[PROMETHEUS]["principals"]) and interface.meshed)
    else:
        return None
    return _peer(interface.ref, "read", interface.namespace, [], pod_labels(interface), ports)


def _peer(  # noqa: PLR0913, PLR0917 -- the fields of a call
    ref: str, kind: str, namespace: str, hosts: list[str], labels: Record, ports: list[Record]
) -> Record:
    name = ref.rpartition("/")[2]
    where = {"namespace": namespace, "hosts": hosts, "podLabels": labels, "networkPorts": ports}
    return {"ref": ref, "kind": kind, "name": name, **where, "ports": [], "cidrs": [], "open": False}
