"""External services as templates see them: what stands outside or beside the clusters, and who may see it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_compiler.context.admission import admitted
from platform_compiler.context.external_traffic import by_host, destination_policy, region_of, virtual_services
from platform_compiler.context.identities_outside import certificate_folder, identity_of
from platform_compiler.context.names import pod_labels
from platform_compiler.context.observe import slo_record
from platform_compiler.context.ports import port_record
from platform_compiler.context.probes import probes
from platform_compiler.link.addresses import primary_port
from platform_compiler.link.egress import leaves_by_gateway
from platform_compiler.link.externals import originates
from platform_compiler.link.model import Link, Target
from platform_compiler.link.resolution import resolution_of
from platform_compiler.source.node import plain

Record = dict[str, Any]


def external_record(
    target: Target, links: Iterable[Link], who: Iterable[Record], cluster: Mapping[str, Any], specs: Mapping[str, Any]
) -> Record:
    """Return one external service on one cluster; it is visible where somebody calls it, and nowhere else."""
    spec: Record = plain(target.spec)
    interface = target.interface
    gateway = cluster["mesh"].get("egress") if leaves_by_gateway(target) else None
    callers = {link.caller.interface.namespace for link in links} | ({gateway["namespace"]} if gateway else set())
    identity = identity_of(target, specs)
    resolution = resolution_of(spec, dynamic=cluster["has"]["dynamicDns"])
    endpoints = sorted(spec.get("endpoints", {}).items())
    record = {
        "name": interface.name,
        "ref": interface.ref,
        "hosts": list(interface.hosts),
        "addresses": list(_addresses(spec, resolution)),
        "ports": {name: port_record(port, "permissive") for name, port in sorted(interface.ports.items())},
        "location": "MESH_INTERNAL" if spec.get("location") == "mesh" else "MESH_EXTERNAL",
        "resolution": resolution,
        "endpoints": [_endpoint(endpoint, cluster["region"]) for _, endpoint in endpoints],
        "machines": [
            {"name": name, **_endpoint(endpoint, cluster["region"])} for name, endpoint in endpoints if interface.meshed
        ],
        "exportTo": [".", *sorted(callers - {interface.namespace})],
        "selector": pod_labels(interface),
        "egress": spec.get("egress", "direct"),
        "origin": spec.get("tls", {}).get("origin", "application"),
        "calls": bool(spec.get("calls")),
        "balanced": resolution in {"STATIC", "DNS"},
        "reads": any(port.l7 for port in interface.ports.values()),
        "virtualServices": virtual_services(target, spec, gateway),
        "destinationRules": list(_destination_rules(target, spec, cluster["region"])),
        "admitted": [_with_own_ports(row, spec) for row in admitted(who)],
    }
    if "readiness" in spec.get("health", {}):
        checks = probes({"readiness": spec["health"]["readiness"]}, interface.ports, primary_port(interface))
        record["probe"] = checks["readinessProbe"]
    if "accessLog" in spec.get("observe", {}):
        record["accessLog"] = spec["observe"]["accessLog"]
    if "slo" in spec.get("observe", {}):
        record |= {"slo": slo_record(spec["observe"]["slo"]), "counted": _counted(target)}
    return {**record, "identity": identity} if identity else record


def _counted(target: Target) -> str:
    """Return by which labels of their metrics callers' proxies tell it from others; the last hop alone counts."""
    hosts = "|".join(host.replace(".", "[.]").replace("*", "[*]") for host in target.interface.hosts)
    namespace = target.interface.namespace
    return f'reporter="source",destination_service_namespace="{namespace}",destination_service_name=~"{hosts}"'


def _addresses(spec: Record, resolution: str) -> Iterator[str]:
    """Yield what callers dial; where names are looked up, Istio takes one address alone, and not as a range of one."""
    for address in spec.get("addresses", []):
        yield address.partition("/")[0] if resolution.endswith("DNS") else address


def _with_own_ports(row: Record, spec: Record) -> Record:
    """Return what a caller may do with the ports that single machines have instead of the declared ones."""
    rule = row["rule"]
    names = {port["name"] for port in rule["ports"]}
    endpoints = spec.get("endpoints", {}).values()
    own = {str(number) for e in endpoints for name, number in e.get("ports", {}).items() if name in names}
    return {**row, "rule": {**rule, "podPorts": sorted({*rule["podPorts"], *own}, key=int)}}


def _endpoint(endpoint: Record, here: str) -> Record:
    """Return an address with its place; a zone alone is one of the cluster's region, `here`."""
    record: Record = {"address": endpoint["address"]}
    for key in ("ports", "labels", "weight"):
        if endpoint.get(key):
            record[key] = endpoint[key]
    region = region_of(endpoint, here)
    place = "/".join(filter(None, (region, endpoint.get("zone"))))
    return {**record, "locality": place} if place else record


def _destination_rules(target: Target, spec: Record, here: str) -> Iterator[Record]:
    """Yield a row for each host to which proxies start TLS, or for which somebody asked for limits."""
    shared = destination_policy(spec, here)
    for name, alone in by_host(target):
        (host,) = alone.interface.hosts
        policy = {**shared, "tls": _tls(target, spec["tls"], host)} if originates(target) else shared
        if policy:
            yield {"resourceName": name, "host": host, "policy": policy}


def _tls(target: Target, tls: Record, host: str) -> Record:
    """Return how proxies speak TLS, with the name and the certificate that they insist on always written out."""
    folder = certificate_folder(target)
    name = tls.get("sni") or (None if host.startswith("*.") else host)
    record: Record = {"mode": "MUTUAL" if "clientCertificate" in tls else "SIMPLE"}
    if name:
        record["sni"] = name
    names = tls.get("subjectAltNames") or ([name] if name else [])
    if names:
        record["subjectAltNames"] = names
    if "ca" in tls:
        record["caCertificates"] = f"{folder}/ca/ca.crt"
    if "clientCertificate" in tls:
        record["clientCertificate"] = f"{folder}/client/tls.crt"
        record["privateKey"] = f"{folder}/client/tls.key"
    return record
