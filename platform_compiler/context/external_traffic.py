"""How requests and connections to an external service behave: VirtualServices and DestinationRules, one of each a host.

By way of the egress gateway there are two hops, and the second one decides: it alone waits, tries again and starts TLS.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from platform_compiler.context.client_policy import client_policy
from platform_compiler.context.names import label_name
from platform_compiler.context.traffic import traffic_record
from platform_compiler.link.model import Port, Target

Record = dict[str, Any]
_PLAIN = {"simple": "LEAST_REQUEST"}
"""What Istio does anyway."""


def by_host(target: Target) -> Iterator[tuple[str, Target]]:
    """Yield each host's resource name, and the target as if it had no other host."""
    interface = target.interface
    for position, host in enumerate(interface.hosts):
        name = interface.name if position == 0 else f"{interface.name}.{position + 1}"
        yield name, target._replace(interface=interface._replace(hosts=(host,)))


def virtual_services(target: Target, spec: Record, gateway: Mapping[str, Any] | None) -> list[Record]:
    """Return what leads requests, and by way of a gateway connections too; none where neither has to be said."""
    found = []
    for name, alone in by_host(target):
        rules = traffic_record(alone, spec)["rules"]
        (host,) = alone.interface.hosts
        record = {"resourceName": name, "host": host, "rules": rules}
        if gateway is not None:
            found.append({**record, **_two_hops(alone, rules, gateway)})
        elif rules:
            found.append(record)
    return found


def _two_hops(target: Target, rules: list[Record], gateway: Mapping[str, Any]) -> Record:
    """Return the routes from callers to the gateway, and from there on."""
    (host,), port = target.interface.hosts, next(iter(target.interface.ports.values()))  # there is one, linking says
    there = f"{gateway['namespace']}/{gateway['name']}"
    leave = {"host": gateway["host"], "port": gateway["port"], "subset": label_name(host)}
    record: Record = {"gateways": ["mesh", there], "rules": []}
    here = {"gateways": ["mesh"], "port": port.port}
    if port.l7:
        first = {"name": "to-gateway", "match": [here], "destinations": [leave], "retries": {"attempts": 0}}
        return {**record, "rules": [first, *(_from(there, rule, gateway) for rule in rules)]}
    arrived = {"match": [{"gateways": [there], "port": gateway["port"]}], "destinations": [_outside(host, port)]}
    if port.protocol in {"https", "tls"}:
        hello = {"match": [{**here, "sniHosts": [host]}], "destinations": [leave]}
        return {**record, "tls": [hello], "tcp": [arrived]}
    return {**record, "tcp": [{"match": [here], "destinations": [leave]}, arrived]}


def _from(gateway: str, rule: Record, facts: Mapping[str, Any]) -> Record:
    """Return a rule for requests that arrive at the gateway, on its port instead of the one that was dialled."""
    matches = [{**match, "gateways": [gateway], "port": facts["port"]} for match in rule["match"]]
    return {**rule, "match": matches}


def _outside(host: str, port: Port) -> Record:
    return {"host": host, "port": port.port}


def region_of(endpoint: Mapping[str, Any], here: str) -> str:
    """Return where an endpoint stands; a zone alone is one of the cluster's region, `here`."""
    region: str = endpoint.get("region", here if "zone" in endpoint else "")
    return region


def destination_policy(spec: Record, here: str) -> Record:
    """Return limits, ejection and balancing, as far as somebody asked for them.

    With ejection requests stay in their region as long as it answers, unless endpoints have weights across regions.
    """
    record = client_policy(spec)
    balancer = record["loadBalancer"]
    endpoints = spec.get("endpoints", {}).values()
    regions = {region_of(endpoint, here) for endpoint in endpoints} - {""}
    if "outlierDetection" in record and "localityLbSetting" not in balancer and len(regions) > 1:
        weighted = any("weight" in endpoint for endpoint in endpoints)
        balancer["localityLbSetting"] = {"enabled": not weighted}
    if balancer == _PLAIN:
        del record["loadBalancer"]
    return record
