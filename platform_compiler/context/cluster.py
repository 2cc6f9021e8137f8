"""The cluster as templates see it: facts with their defaults, and its gateways with what they reach."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.ports import HBONE, network_ports
from platform_compiler.link.ambient import WAYPOINT
from platform_compiler.link.facts import mesh_mode
from platform_compiler.link.model import Linked, Port, Route
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import plain

_REDIRECT = 308
_TLS = {"1.0": "TLSV1_0", "1.1": "TLSV1_1", "1.2": "TLSV1_2", "1.3": "TLSV1_3"}


def principals(spec: Mapping[str, Any], namespace: str, account: str) -> list[str]:
    """Return an identity under every trust domain of a cluster's mesh, its own first."""
    mesh = spec.get("mesh", {})
    domains = dict.fromkeys([mesh.get("trustDomain", "cluster.local"), *mesh.get("trustDomainAliases", [])])
    return [f"{domain}/ns/{namespace}/sa/{account}" for domain in domains]


def cluster_record(cluster: Manifest, loaded: Loaded, linked: Linked) -> dict[str, Any]:
    """Return one cluster; its gateways are those with a data plane here."""
    spec: dict[str, Any] = plain(cluster.spec)
    record = {
        "name": cluster.name,
        "region": spec["region"],
        "versions": spec["versions"],
        "mesh": _mesh(cluster.name, spec),
        "network": _network(spec.get("network", {})),
        "gateways": {
            name: _gateway(name, plane, spec, loaded, _routes(cluster.name, name, linked), linked)
            for name, plane in sorted(spec.get("gateways", {}).items())
        },
        "has": {
            "containerResource": _minor(spec["versions"]["kubernetes"]) >= (1, 30),
            "nativeSidecars": spec.get("mesh", {}).get("nativeSidecars", False),
            "sidecarContainers": _minor(spec["versions"]["kubernetes"]) >= (1, 29),
        },
    }
    prometheus = spec.get("prometheus")
    if prometheus and "podLabels" in prometheus:
        record["prometheus"] = {"namespace": prometheus["namespace"], "podLabels": prometheus["podLabels"]}
    return record


def gateway_record(name: str, cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Return a gateway of a cluster's record."""
    found: dict[str, Any] = cluster["gateways"][name]
    return found


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


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
        "cni": mesh.get("cni", False),
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


def _routes(cluster: str, gateway: str, linked: Linked) -> list[Route]:
    found = (routes for (where, _), routes in sorted(linked.hosts.items()) if where == cluster)
    return [route for routes in found for route in routes if route.gateway == gateway]


def _gateway(  # noqa: PLR0913, PLR0917 -- what a gateway is made of
    name: str,
    plane: Mapping[str, Any],
    spec: Mapping[str, Any],
    loaded: Loaded,
    routes: Iterable[Route],
    linked: Linked,
) -> dict[str, Any]:
    manifest = loaded.gateways.get(name)
    settings: dict[str, Any] = plain(manifest.spec) if manifest else {}
    tls = settings.get("tls", {})
    return {
        "name": name,
        "namespace": plane["namespace"],
        "podLabels": plane["podLabels"],
        "serviceAccount": plane["serviceAccount"],
        "principals": principals(spec, plane["namespace"], plane["serviceAccount"]),
        "issuer": tls.get("issuer", ""),
        "minVersion": _TLS[tls.get("minVersion", "1.2")],
        "httpRedirect": settings.get("httpRedirect", _REDIRECT),
        "reach": _reach(routes, linked),
    }


def _reach(routes: Iterable[Route], linked: Linked) -> list[dict[str, Any]]:
    """Return the pods that routes lead to, one row an application or a waypoint."""
    through: set[str] = set()
    ports: dict[tuple[str, str], set[Port]] = {}
    meshed: dict[tuple[str, str], bool] = {}
    for route in routes:
        interface = route.target.interface
        if (route.target.cluster, route.target.ref) in linked.waypoints:
            through.add(interface.namespace)
            continue
        key = (interface.namespace, interface.name)
        ports.setdefault(key, set()).add(route.port)
        meshed[key] = interface.meshed
    return [
        {
            "namespace": namespace,
            "podLabels": {"app.kubernetes.io/name": name},
            "networkPorts": network_ports(found, tunnelled=meshed[namespace, name]),
        }
        for (namespace, name), found in sorted(ports.items())
    ] + [
        {**waypoint_peer(namespace), "networkPorts": [{"protocol": "TCP", "port": HBONE}]}
        for namespace in sorted(through)
    ]


def waypoint_peer(namespace: str) -> dict[str, Any]:
    """Return the pods of a namespace's waypoint as a NetworkPolicy names them."""
    return {"namespace": namespace, "podLabels": {"gateway.networking.k8s.io/gateway-name": WAYPOINT}}
