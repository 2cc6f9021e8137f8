"""Who reaches whom, computed from objects alone: network policies on both sides, then what the proxy is told.

It is written from the documentation of Kubernetes and Istio, and knows nothing of the compiler.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """What policies see of a pod: its namespace, labels, ports and identity; an address where that counts.

    Network policies select no `machine`, and know it by its address alone.
    """

    namespace: str
    labels: tuple[tuple[str, str], ...]
    ports: tuple[int, ...]
    principal: str
    address: str = ""
    machine: bool = False


@dataclass(frozen=True)
class Token:
    """A token that is signed by whom it says."""

    issuer: str
    audience: str = ""
    claims: tuple[tuple[str, str], ...] = ()
    bearer: str = "Authorization"


@dataclass(frozen=True)
class Request:
    """A connection to a port, and what is asked on it."""

    port: int
    method: str = "POST"
    path: str = "/"
    host: str = ""
    token: Token | None = None
    headers: tuple[tuple[str, str], ...] = ()
    sni: str = ""


class Cluster:
    """The policies and pods among the objects of one cluster."""

    def __init__(self, bodies: Iterable[Body], trust_domain: str) -> None:
        listed = list(bodies)
        self._bodies = listed
        self.network = [body for body in listed if body["kind"] == "NetworkPolicy"]
        self.authorization = [body for body in listed if body["kind"] == "AuthorizationPolicy"]
        self.authentication = [body for body in listed if body["kind"] == "RequestAuthentication"]
        self.namespaces = {body["metadata"]["name"] for body in listed if body["kind"] == "Namespace"}
        self.pods = {body["metadata"]["name"]: _pod(body, trust_domain) for body in listed if _runs(body)}
        gateway = f"{trust_domain}/ns/istio-ingress/sa/ingress"
        self.gateway = Pod("istio-ingress", (("istio", "ingress"),), (), gateway)

    def connects(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether both network policies let a connection through."""
        return self._open(source, target, port, "egress", "to") and self._open(target, source, port, "ingress", "from")

    def _open(self, mine: Pod, other: Pod, port: int, direction: str, key: str) -> bool:
        chosen = [
            policy["spec"]
            for policy in self.network
            if policy["metadata"]["namespace"] == mine.namespace
            and direction.title() in policy["spec"]["policyTypes"]
            and _selects(policy["spec"]["podSelector"], mine)
        ]
        if not chosen or mine.machine:
            return True
        return any(
            any(entry["port"] == port for entry in rule["ports"]) and any(_peer(peer, other) for peer in rule[key])
            for spec in chosen
            for rule in spec.get(direction, [])
        )

    def authorizes(self, source: Pod, target: Pod, request: Request) -> bool:
        """Whether the target's proxy lets a request through: a DENY wins, and without a fitting ALLOW nothing does."""
        accepted = self._accepted(target, request)
        if request.token and accepted is None:
            return False
        chosen = [policy["spec"] for policy in _for(self.authorization, target)]
        denied = any(_fits(spec, source, request, accepted) for spec in chosen if spec.get("action") == "DENY")
        allowed = any(_fits(spec, source, request, accepted) for spec in chosen if spec.get("action") != "DENY")
        return not denied and allowed

    def _accepted(self, target: Pod, request: Request) -> Token | None:
        """Return the token as far as the proxy reads it; None where it is missing, unread or refused."""
        token = request.token
        rules = [rule for body in _for(self.authentication, target) for rule in body["spec"]["jwtRules"]]
        for rule in rules if token else ():
            assert token
            named = [header["name"] for header in rule.get("fromHeaders", [])] + rule.get("fromCookies", [])
            known = rule["issuer"] == token.issuer and token.audience in rule.get("audiences", [token.audience])
            if known and token.bearer in named + rule.get("fromParams", []):
                return token
        return None

    def reaches(self, source: Pod, target: Pod, request: Request) -> bool:
        """Whether a request gets through at every level."""
        return self.connects(source, target, request.port) and self.authorizes(source, target, request)

    def shares(self, host: str, request: Request) -> dict[str, int]:
        """Return which subset gets how many percent of requests like this one that are sent to a Service."""
        routes = [
            route
            for body in self._bodies
            if body["kind"] == "VirtualService" and host in body["spec"]["hosts"]
            for route in body["spec"]["http"]
        ]
        chosen = next(route for route in routes if any(_takes(match, request) for match in route.get("match", [{}])))
        return {to["destination"].get("subset", ""): to.get("weight", 100) for to in chosen["route"]}


def _runs(body: Body) -> bool:
    return bool(body["kind"] == "Deployment")


def _pod(deployment: Body, trust_domain: str) -> Pod:
    template = deployment["spec"]["template"]
    namespace = deployment["metadata"]["namespace"]
    ports = [port["containerPort"] for c in template["spec"]["containers"] for port in c.get("ports", [])]
    principal = f"{trust_domain}/ns/{namespace}/sa/{template['spec']['serviceAccountName']}"
    return Pod(namespace, tuple(sorted(template["metadata"]["labels"].items())), tuple(ports), principal)


def _for(policies: Iterable[Body], target: Pod) -> list[Body]:
    return [
        policy
        for policy in policies
        if policy["metadata"]["namespace"] == target.namespace and _selects(policy["spec"].get("selector", {}), target)
    ]


def _selects(selector: Mapping[str, Any], pod: Pod) -> bool:
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= dict(pod.labels).items()


def _peer(peer: Body, pod: Pod) -> bool:
    if "ipBlock" in peer:
        blocks = [ip_network(block) for block in (peer["ipBlock"]["cidr"], *peer["ipBlock"].get("except", []))]
        found = [bool(pod.address) and ip_address(pod.address) in block for block in blocks]
        return found[0] and not any(found[1:])
    if pod.machine:
        return False
    namespace = {"kubernetes.io/metadata.name": pod.namespace}
    wanted: dict[str, str] = peer["namespaceSelector"]["matchLabels"] if "namespaceSelector" in peer else {}
    return wanted.items() <= namespace.items() and _selects(peer.get("podSelector", {}), pod)


def _fits(spec: Body, source: Pod, request: Request, token: Token | None) -> bool:
    return any(_rule_fits(rule, source, request, token) for rule in spec.get("rules", []))


def _rule_fits(rule: Body, source: Pod, request: Request, token: Token | None) -> bool:
    if rule.get("from") and not any(_source_fits(entry["source"], source, token) for entry in rule["from"]):
        return False
    if rule.get("to") and not any(_operation_fits(entry["operation"], request) for entry in rule["to"]):
        return False
    return all(_condition_fits(condition, request, token) for condition in rule.get("when", []))


def _source_fits(wanted: Body, source: Pod, token: Token | None) -> bool:
    facts = {
        "principals": source.principal,
        "namespaces": source.namespace if source.principal else "",
        "requestPrincipals": f"{token.issuer}/someone" if token else "",
    }
    for key, patterns in wanted.items():
        if key in {"ipBlocks", "remoteIpBlocks"}:
            if not (source.address and any(ip_address(source.address) in ip_network(block) for block in patterns)):
                return False
        elif key.startswith("not"):
            fact = facts[key[3].lower() + key[4:]]
            if fact and any(_matches(pattern, fact) for pattern in patterns):
                return False
        elif not (facts[key] and any(_matches(pattern, facts[key]) for pattern in patterns)):
            return False
    return True


def _operation_fits(wanted: Body, request: Request) -> bool:
    asked = {"ports": str(request.port), "methods": request.method, "paths": request.path, "hosts": request.host}
    for key, patterns in wanted.items():
        excluded = key.startswith("not")
        fact = asked[key[3].lower() + key[4:]] if excluded else asked[key]
        if any(_matches(pattern, fact) for pattern in patterns) == excluded:
            return False
    return True


def _condition_fits(condition: Body, request: Request, token: Token | None) -> bool:
    if condition["key"] == "connection.sni":
        return request.sni in condition["values"]
    if token is None:
        return False
    claims = dict(token.claims)
    key = condition["key"]
    fact = token.audience if key == "request.auth.audiences" else claims.get(key[len("request.auth.claims[") : -1], "")
    return any(_matches(pattern, part) for pattern in condition["values"] for part in fact.split())


def _takes(match: Body, request: Request) -> bool:
    headers = dict(request.headers)
    uri = match.get("uri", {"prefix": "/"})
    path: bool = request.path == uri["exact"] if "exact" in uri else request.path.startswith(uri["prefix"])
    method = match.get("method", {"exact": request.method})
    methods = [method["exact"]] if "exact" in method else method["regex"].split("|")
    asked = all(headers.get(name) == value["exact"] for name, value in match.get("headers", {}).items())
    return path and asked and request.method in methods and match.get("port", request.port) == request.port


def _matches(pattern: str, text: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
