"""The gateway on the way out, as the cluster's templates see it: who may leave by it, and to which hosts.

Callers' proxies reach it by mutual TLS, and ask for the host by its name there (SNI). So the gateway knows who calls
whom whatever the program speaks, and has for each host a way of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_compiler.context.callers import callers
from platform_compiler.context.names import label_name
from platform_compiler.context.once import Once
from platform_compiler.context.outside import external_ways, outside_of
from platform_compiler.context.ports import named, network_ports
from platform_compiler.link.egress import leaves_by_gateway
from platform_compiler.link.model import Link, Linked, Target

Record = dict[str, Any]
Specs = Mapping[str, Mapping[str, Any]]
NAME = "egress"
"""What its objects are called, its Service among them: so it is ours to say which port that leads to."""
_POD_LABELS = {"istio": "egressgateway"}
_PORT = 8443
_HTTP2 = {"http": {"h2UpgradePolicy": "UPGRADE"}}
"""The gateway's Service says nothing of HTTP/2, which gRPC needs."""


def with_egress(record: Record, cluster: str, linked: Linked, specs: Specs) -> Record:
    """Return a cluster's record with its gateway on the way out, where it has one."""
    spec = specs[cluster]
    declared = spec.get("mesh", {}).get("egress")
    if declared is None:
        return record
    gateway = _gateway(declared, record)
    leaving = list(_leaving(cluster, linked))
    found = {**gateway, **_ways(leaving, gateway, specs), **_open(leaving)}
    return {**record, "mesh": {**record["mesh"], "egress": found}}


def _gateway(declared: Mapping[str, Any], cluster: Record) -> Record:
    """Return the facts of the gateway, with the defaults of what is left out."""
    namespace = declared.get("namespace", cluster["mesh"]["rootNamespace"])
    port = declared.get("port", _PORT)
    return {
        "name": NAME,
        "namespace": namespace,
        "podLabels": declared.get("podLabels", _POD_LABELS),
        "host": f"{NAME}.{namespace}.svc.{cluster['network']['clusterDomain']}",
        "port": port,
        "networkPorts": [{"protocol": "TCP", "port": port}],
    }


def _leaving(cluster: str, linked: Linked) -> Iterator[tuple[Target, tuple[Link, ...]]]:
    """Yield the external services of a cluster that are called by way of the gateway, with their callers."""
    for ref, target in linked.targets[cluster].items():
        links = linked.links_in.get((cluster, ref), ())
        if links and leaves_by_gateway(target):
            yield target, links


def _ways(leaving: Iterable[tuple[Target, tuple[Link, ...]]], gateway: Record, specs: Specs) -> Record:
    ways, who = [], {}
    for target, links in leaving:
        records = callers(target, links, (), specs, "strict", Once(), behind=False)
        who.update({(record["kind"], record["ref"]): record for record in records})
        principals = sorted({principal for record in records for principal in record["principals"]})
        port = next(iter(target.interface.ports.values()))  # there is one, linking says
        ways += [_way(host, principals, port.protocol, l7=port.l7) for host in target.interface.hosts]
    found = [who[key] for key in sorted(who)]
    namespaces = {record["namespace"] for record in found if "namespace" in record} - {gateway["namespace"]}
    return {
        "ways": sorted(ways, key=lambda way: str(way["host"])),
        "callers": [
            {"namespace": record["namespace"], "podLabels": record["podLabels"]}
            for record in found
            if "podLabels" in record
        ],
        "addresses": sorted({cidr for record in found for cidr in record.get("addresses", [])}),
        "exportTo": [".", *sorted(namespaces)],
    }


def _way(host: str, principals: list[str], protocol: str, *, l7: bool) -> Record:
    policy: Record = {"tls": {"mode": "ISTIO_MUTUAL", "sni": host}}
    if protocol in {"grpc", "http2"}:
        policy["connectionPool"] = _HTTP2
    return {
        "name": label_name(host),
        "host": host,
        "protocol": "HTTPS" if l7 else "TLS",
        "hosts": [host, f"{host}:*"] if l7 else [],
        "principals": principals,
        "policy": policy,
    }


def _open(leaving: Iterable[tuple[Target, tuple[Link, ...]]]) -> Record:
    """Return what the gateway may reach outside: no more than its callers ask for."""
    called = []
    for target, links in leaving:
        ports = named(target.interface, (name for link in links for grant in link.grants for name in grant.ports))
        ways, unknown = external_ways(target, ports)
        called.append({"ways": ways, "open": unknown, "networkPorts": network_ports(ports, tunnelled=False)})
    return outside_of(called)


def through_gateway(called: Iterable[Mapping[str, Any]], cluster: Mapping[str, Any]) -> list[Record]:
    """Return the gateway on the way out, as often as somebody needs it: once or not at all."""
    gateway = cluster["mesh"].get("egress")
    if gateway is None or not any(call.get("egress") == "gateway" for call in called):
        return []
    return [{key: gateway[key] for key in ("namespace", "podLabels", "host", "networkPorts")}]
