"""Gateways on a cluster as templates see them: whose proxies they are, what they listen for, and what they reach."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from platform_compiler.context.common import identity_providers
from platform_compiler.context.identities import enters_by_sidecar, principals
from platform_compiler.context.names import resource_name
from platform_compiler.context.ports import HBONE, network_ports
from platform_compiler.layers.placement import text
from platform_compiler.link.ambient import WAYPOINT
from platform_compiler.link.model import Linked, Port, Route
from platform_compiler.link.tls import mode_of, own_secret, owner_of_host, stands_apart, tls_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
Hosts = dict[str, dict[str, tuple[Route, ...]]]
"""The routes of every host, by the gateway that has it and by its name."""
_REDIRECT = 308
_TLS = {"1.0": "TLSV1_0", "1.1": "TLSV1_1", "1.2": "TLSV1_2", "1.3": "TLSV1_3"}
_PORTS = {"http": 80, "https": 443}


def gateway_records(cluster: str, spec: Mapping[str, Any], loaded: Loaded, linked: Linked) -> dict[str, Record]:
    """Return the gateways that have proxies on a cluster."""
    hosts: Hosts = {name: {} for name in sorted(spec.get("gateways", {}))}
    for fqdn, routes in hosts_of(cluster, linked):
        hosts[owner_of_host(routes).gateway][fqdn] = routes
    return {name: _gateway(name, spec, loaded, hosts, cluster, linked) for name in hosts}


def hosts_of(cluster: str, linked: Linked) -> list[tuple[str, tuple[Route, ...]]]:
    """Return the hosts of a cluster with their routes, by name."""
    return sorted((fqdn, routes) for (where, fqdn), routes in linked.hosts.items() if where == cluster)


def answers_plain(routes: Iterable[Route]) -> bool:
    """Whether plain http is answered on a host, with a redirect and nothing else."""
    owner = owner_of_host(routes)
    if owner.exposure.passthrough:
        return False
    setting = at(owner.target.spec, "expose", owner.exposure.name, "httpRedirect")
    return True if setting is None else bool(plain(setting))


def wildcard_domain(gateway: str, cluster: str, environment: str, loaded: Loaded) -> str | None:
    """Return the domain whose hosts share one certificate, where the gateway has such a thing."""
    manifest = loaded.gateways.get(gateway)
    wildcard = at(manifest.spec, "tls", "wildcard") if manifest else None
    if manifest is None or wildcard is None or not plain(wildcard):
        return None
    return text(manifest.spec, "clusters", cluster, "domain") or text(manifest.spec, "domains", environment)


def under_wildcard(fqdn: str, domain: str | None, routes: Iterable[Route]) -> bool:
    """Whether a host shares the listener of a wildcard, whose certificate is good for it: `*.` stands for one label."""
    return domain is not None and fqdn.partition(".")[2] == domain and not stands_apart(routes)


def secured(fqdn: str, routes: Iterable[Route]) -> Record:
    """Return the certificate of a host, and what is asked of its clients."""
    listed = tuple(routes)
    owner, secret = owner_of_host(listed), own_secret(listed)
    if owner.exposure.passthrough:
        return {"certificate": "", "issued": False, "mode": "PASSTHROUGH", "passthrough": True}
    authority = text(tls_of(owner), "clientCA")
    record: Record = {
        "certificate": secret or f"{resource_name(fqdn)}-tls",
        "issued": secret is None,
        "passthrough": False,
    }
    mutual = mode_of(owner) == "mutual" and authority is not None
    return {**record, "mode": "MUTUAL", "clientCA": authority} if mutual else {**record, "mode": "SIMPLE"}


def _gateway(  # noqa: PLR0913, PLR0917 -- what a gateway is made of
    name: str, spec: Mapping[str, Any], loaded: Loaded, by_gateway: Hosts, cluster: str, linked: Linked
) -> Record:
    manifest, plane, hosts = loaded.gateways.get(name), spec["gateways"][name], by_gateway[name]
    settings: Record = plain(manifest.spec) if manifest else {}
    tls = settings.get("tls", {})
    routes = [route for found in hosts.values() for route in found if route.gateway == name]
    domain = wildcard_domain(name, cluster, spec["environment"], loaded)
    shared = {fqdn: found for fqdn, found in hosts.items() if under_wildcard(fqdn, domain, found)}
    record = {
        "name": name,
        "namespace": plane["namespace"],
        "podLabels": plane["podLabels"],
        "serviceAccount": plane["serviceAccount"],
        "principals": principals(spec, plane["namespace"], plane["serviceAccount"]),
        "issuer": tls.get("issuer", ""),
        "minVersion": _TLS[tls.get("minVersion", "1.2")],
        "tlsVersion": tls.get("minVersion", "1.2"),
        "httpRedirect": settings.get("httpRedirect", _REDIRECT),
        "sidecar": enters_by_sidecar(spec),
        "reach": _reach(routes, linked),
        "hosts": [
            {**_listener(fqdn, found, plane["namespace"], [found]), **secured(fqdn, found)}
            for fqdn, found in hosts.items()
            if fqdn not in shared
        ],
        "owners": sorted(
            {owner_of_host(hosts[fqdn]).target.interface.namespace for fqdn in hosts if fqdn not in shared}
        ),
        "keys": _keys(routes, identity_providers(loaded, spec["environment"])),
        "passedThrough": sorted(
            fqdn
            for other, its in spec["gateways"].items()
            if its["namespace"] == plane["namespace"] and its["podLabels"] == plane["podLabels"]
            for fqdn, found in by_gateway[other].items()
            if owner_of_host(found).exposure.passthrough
        ),
    }
    if "rateLimit" in settings:
        record["rateLimit"] = settings["rateLimit"]
    if "class" in plane:
        record["className"] = plane["class"]
    if shared:
        every = tuple(route for found in shared.values() for route in found)
        record["wildcard"] = _listener(f"*.{domain}", every, plane["namespace"], shared.values())
    return record


def _listener(fqdn: str, routes: Iterable[Route], namespace: str, hosts: Iterable[Iterable[Route]]) -> Record:
    """Return what the Gateway itself listens for: a host, its certificate, and whose routes may answer."""
    resource = resource_name(fqdn)
    return {
        "fqdn": fqdn,
        "resourceName": resource,
        "certificate": f"{resource}-tls",
        "issued": True,
        "passthrough": False,
        "namespaces": sorted({route.target.interface.namespace for route in routes}),
        "plain": any(answers_plain(found) for found in hosts),
        "gatewayNamespace": namespace,
    }


def _keys(routes: Iterable[Route], providers: Mapping[str, Mapping[str, Any]]) -> list[Record]:
    """Return where the keys of the tokens are that routes ask for."""
    found: dict[tuple[str, int], Record] = {}
    for route in routes:
        name = text(route.target.spec, "expose", route.exposure.name, "auth", "jwt")
        if name is not None and name in providers:
            parts = urlsplit(providers[name]["jwksUri"])
            host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
            protocol = "HTTP" if parts.scheme == "http" else "TLS"
            found[host, port] = {"host": host, "port": port, "protocol": protocol, "resourceName": resource_name(host)}
    return [found[key] for key in sorted(found)]


def _reach(routes: Iterable[Route], linked: Linked) -> list[Record]:
    """Return the pods that routes lead to, one row an application or a waypoint."""
    through: dict[str, str] = {}
    ports: dict[tuple[str, str], set[Port]] = {}
    hosts: dict[tuple[str, str], str] = {}
    meshed: dict[tuple[str, str], bool] = {}
    for route in routes:
        if route.exposure.redirects:
            continue
        interface = route.target.interface
        if (route.target.cluster, route.target.ref) in linked.waypoints:
            through.setdefault(interface.namespace, interface.hosts[0])
            continue
        key = (interface.namespace, interface.name)
        ports.setdefault(key, set()).add(route.port)
        meshed[key] = interface.meshed
        hosts[key] = interface.hosts[0]
    return [
        {
            "namespace": namespace,
            "podLabels": {"app.kubernetes.io/name": name},
            "host": hosts[namespace, name],
            "networkPorts": network_ports(found, tunnelled=meshed[namespace, name]),
        }
        for (namespace, name), found in sorted(ports.items())
    ] + [
        {**waypoint_peer(namespace), "host": host, "networkPorts": [{"protocol": "TCP", "port": HBONE}]}
        for namespace, host in sorted(through.items())
    ]


def waypoint_peer(namespace: str) -> Record:
    """Return the pods of a namespace's waypoint as a NetworkPolicy names them."""
    return {"namespace": namespace, "podLabels": {"gateway.networking.k8s.io/gateway-name": WAYPOINT}}
