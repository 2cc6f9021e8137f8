"""Prometheus among the callers of an application in ambient mode, where it reads metrics at the pods themselves."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.context.cluster import principals
from platform_compiler.context.ports import network_ports
from platform_compiler.context.rules import rule_record
from platform_compiler.link.facts import mesh_mode
from platform_compiler.link.model import Target
from platform_compiler.link.observe import metrics_port

Record = dict[str, Any]


def prometheus_caller(target: Target, spec: Mapping[str, Any], mtls: str) -> list[Record]:
    """Return Prometheus, where the cluster has one and the application says that it has metrics; else nobody.

    It never comes through a waypoint: it looks for pods, not for a Service.
    """
    reader = spec.get("prometheus", {})
    if "podLabels" not in reader or mesh_mode(spec.get("parts", {}).get("mesh")) != "ambient":
        return []
    port = metrics_port(target)
    if port is None:
        return []
    meshed = target.interface.meshed
    rule = {**rule_record("metrics", [port], mtls=mtls), "servicePorts": []}
    return [
        {
            "ref": "prometheus",
            "kind": "prometheus",
            "name": "prometheus",
            "namespace": reader["namespace"],
            "podLabels": reader["podLabels"],
            "principals": principals(spec, reader["namespace"], reader.get("serviceAccount", "")) if meshed else [],
            "networkPorts": network_ports([port], tunnelled=meshed),
            "rules": [rule],
        }
    ]
