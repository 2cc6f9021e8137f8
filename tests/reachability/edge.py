"""Who gets in at Istio's gateway, and to which Service, computed from objects alone.

A connection finds its server by the name that it asks for. Where TLS ends there, requests are read; where it is passed
through, nothing is, and of a DENY rule only what says something of connections counts: that makes it refuse more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from tests.reachability.simulator import Cluster, Request

Body = dict[str, Any]
_OF_REQUESTS = ("hosts", "notHosts", "paths", "notPaths", "methods", "notMethods")


@dataclass(frozen=True)
class Client:
    """Somebody outside: where it comes from, which name its connection asks for, and what it asks on it."""

    address: str
    sni: str
    host: str = ""
    path: str = "/"
    method: str = "GET"


class Edge:
    """One gateway's servers, policies and routes, before a cluster."""

    def __init__(self, bodies: Iterable[Body], cluster: Cluster, namespace: str, labels: dict[str, str]) -> None:
        mine = [body for body in bodies if body["metadata"].get("namespace") == namespace]
        self._cluster = cluster
        self._gateways = [b for b in mine if b["kind"] == "Gateway" and b["spec"]["selector"] == labels]
        self._routes = [b for b in mine if b["kind"] == "VirtualService"]
        self._denials = [
            b["spec"]
            for b in mine
            if b["kind"] == "AuthorizationPolicy" and b["spec"]["selector"]["matchLabels"].items() <= labels.items()
        ]
        assert {spec["action"] for spec in self._denials} <= {"DENY"}

    def leads(self, client: Client) -> tuple[str, int] | None:
        """Return the Service and port that a client's request or connection is sent to."""
        door = self._door(client.sni)
        if door is None:
            return None
        name, server = door
        raw = server["tls"]["mode"] == "PASSTHROUGH"
        if any(_fits(rule, client, raw=raw) for spec in self._denials for rule in spec["rules"]):
            return None
        bound = [route["spec"] for route in self._routes if name in route["spec"]["gateways"]]
        if raw:
            found = (r for spec in bound for r in spec.get("tls", []) if client.sni in r["match"][0]["sniHosts"])
        else:
            ours = [spec for spec in bound if client.host in spec["hosts"] and _serves(server, client.host)]
            found = (r for spec in ours for r in spec.get("http", []) if _takes(r, client))
        chosen = next(found, None)
        to = chosen["route"][0]["destination"] if chosen and "route" in chosen else None
        return (to["host"].partition(".")[0], to["port"]["number"]) if to else None

    def reaches(self, client: Client, target: str, pod_port: int) -> bool:
        """Whether a client gets to a program by way of the gateway, whatever is asked at its pods."""
        led = self.leads(client)
        pod = self._cluster.pods[target]
        request = Request(pod_port, client.method, client.path, client.host)
        return led is not None and led[0] == target and self._cluster.reaches(self._cluster.gateway, pod, request)

    def _door(self, sni: str) -> tuple[str, Body] | None:
        servers = [
            (gateway["metadata"]["name"], server)
            for gateway in self._gateways
            for server in gateway["spec"]["servers"]
            if server["port"]["number"] == 443
        ]
        exact = [door for door in servers if sni in door[1]["hosts"]]
        return next(iter(exact or [door for door in servers if _serves(door[1], sni)]), None)


def _serves(server: Body, host: str) -> bool:
    return any(host == own or (own.startswith("*") and host.endswith(own[1:])) for own in server["hosts"])


def _takes(route: Body, client: Client) -> bool:
    for match in route.get("match", [{}]):
        uri = match.get("uri", {"prefix": "/"})
        path = client.path == uri["exact"] if "exact" in uri else client.path.startswith(uri["prefix"])
        methods = match.get("method", {"exact": client.method})
        method = client.method in (methods.get("exact"), *methods.get("regex", "").split("|"))
        if path and method and match.get("port", 443) == 443:
            return True
    return False


def _fits(rule: Body, client: Client, *, raw: bool) -> bool:
    return (
        any(_source(entry["source"], client) for entry in rule["from"])
        and (not rule.get("to") or any(_operation(entry["operation"], client, raw=raw) for entry in rule["to"]))
        and all(_condition(condition, client) for condition in rule.get("when", []))
    )


def _source(wanted: Body, client: Client) -> bool:
    (blocks,) = wanted.values()
    assert list(wanted) == ["notRemoteIpBlocks"]
    return not any(ip_address(client.address) in ip_network(block) for block in blocks)


def _operation(wanted: Body, client: Client, *, raw: bool) -> bool:
    asked = {"hosts": client.host, "paths": client.path, "methods": client.method}
    for key, patterns in wanted.items():
        assert key in _OF_REQUESTS
        if raw:
            continue
        excluded = key.startswith("not")
        fact = asked[key[3].lower() + key[4:] if excluded else key]
        if any(_matches(pattern, fact) for pattern in patterns) == excluded:
            return False
    return True


def _condition(condition: Body, client: Client) -> bool:
    assert condition["key"] == "connection.sni"
    return client.sni in condition.get("values", [client.sni]) and client.sni not in condition.get("notValues", [])


def _matches(pattern: str, text: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
