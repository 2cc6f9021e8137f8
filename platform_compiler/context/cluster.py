"""The cluster as templates see it: facts with their defaults, and its gateways with what they reach."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.context.across import east_west, gateway_ways, reach
from platform_compiler.context.gateways import gateway_records, waypoint_peer
from platform_compiler.context.identities import principals
from platform_compiler.link.facts import mesh_mode, uses_sidecars
from platform_compiler.link.model import Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import plain


def with_ways(record: dict[str, Any], cluster: str, linked: Linked, specs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a cluster's record with its gateway between networks, where it has one."""
    gateway = east_west(specs[cluster].get("mesh", {}))
    if gateway is None:
        return record
    found = {**gateway, "reach": reach(cluster, linked, specs), "gateways": gateway_ways(cluster, linked, specs)}
    return {**record, "mesh": {**record["mesh"], "eastWest": found}}


def cluster_record(cluster: Manifest, loaded: Loaded, linked: Linked) -> dict[str, Any]:
    """Return one cluster; its gateways are those with a data plane here."""
    spec: dict[str, Any] = plain(cluster.spec)
    return {
        "name": cluster.name,
        "region": spec["region"],
        "versions": spec["versions"],
        "mesh": _mesh(cluster.name, spec),
        "network": _network(spec.get("network", {})),
        "gateways": gateway_records(cluster.name, spec, loaded, linked),
        "has": {
            "containerResource": _minor(spec["versions"]["kubernetes"]) >= (1, 30),
            "nativeSidecars": spec.get("mesh", {}).get("nativeSidecars", False),
            "clientCA": _minor(spec["versions"].get("istio", "0.0")) >= (1, 28),
            "dynamicDns": _looks_up_wildcards(spec),
            "sidecarContainers": _minor(spec["versions"]["kubernetes"]) >= (1, 29),
            "istioTlsRoutes": _minor(spec["versions"].get("istio", "0.0")) >= (1, 30),
            **_gateway_api(spec["versions"].get("gatewayApi", "0.0")),
        },
    }


def _looks_up_wildcards(spec: Mapping[str, Any]) -> bool:
    """Whether proxies look names up under a wildcard: sidecars do since Istio 1.30."""
    sidecars = uses_sidecars(spec.get("parts", {}).get("mesh"))
    return sidecars and _minor(spec["versions"].get("istio", "0.0")) >= (1, 30)


def gateway_record(name: str, cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Return a gateway of a cluster's record."""
    found: dict[str, Any] = cluster["gateways"][name]
    return found


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _gateway_api(version: str) -> dict[str, bool]:
    """Return what Gateway API's standard channel has; an unknown version has nothing."""
    since = {"listenerSet": (1, 5), "namedRules": (1, 4), "routeTimeouts": (1, 2)}
    since |= {"routeCors": (1, 5), "tlsRoutes": (1, 5)}
    return {name: _minor(version) >= first for name, first in since.items()}


def _mesh(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    mesh = spec.get("mesh", {})
    return {
        "part": spec.get("parts", {}).get("mesh", "none"),
        "mode": mesh_mode(spec.get("parts", {}).get("mesh")),
        "id": mesh.get("id", name),
        "network": mesh.get("network", "default"),
        "trustDomain": mesh.get("trustDomain", "cluster.local"),
        "rootNamespace": mesh.get("rootNamespace", "istio-system"),
        "revision": mesh.get("revision", "default"),
        "nativeSidecars": mesh.get("nativeSidecars", False),
        "cni": mesh.get("cni", True),
    }


def _network(network: Mapping[str, Any]) -> dict[str, Any]:
    dns = network.get("dns", {})
    record = {
        "dns": {
            "namespace": dns.get("namespace", "kube-system"),
            "podLabels": dns.get("podLabels", {"k8s-app": "kube-dns"}),
        },
        "privateRanges": network.get("privateRanges", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]),
        "apiServer": network.get("apiServer", []),
        "clusterDomain": network.get("clusterDomain", "cluster.local"),
    }
    if "nodeLocalAddress" in dns:
        record["nodeLocalDns"] = f"{dns['nodeLocalAddress']}/32"
    return record


__all__ = ["cluster_record", "gateway_record", "principals", "waypoint_peer"]
