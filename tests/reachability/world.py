"""Who reaches whom on a cluster, computed from its resources alone, whatever mesh it has.

A request passes network policies on both sides of each hop, and whoever decides there: a proxy beside the program,
ztunnel (identities and pod ports), a waypoint (identities, Service ports, requests). What is not in the output is
given: pods of the platform, and that pods of one mesh speak mutual TLS with each other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tests.reachability.decisions import Asked, decided, read, readable
from tests.reachability.simulator import Token

Body = dict[str, Any]
Mode = Literal["none", "sidecar", "ambient"]
HBONE = 15008


@dataclass(frozen=True)
class Pod:
    """What policies see of a pod; `name` is that of the object it comes from."""

    name: str
    namespace: str
    labels: tuple[tuple[str, str], ...]
    principal: str
    mode: Mode
    gateway: bool = False


@dataclass(frozen=True)
class Request:
    """What is asked of a Service."""

    port: int
    method: str = "GET"
    path: str = "/"
    host: str = ""
    token: Token | None = None


class World:
    """The objects of one cluster; `gateway` is the platform's own, which the output does not hold."""

    def __init__(self, bodies: list[Body], gateway_mode: Mode, domain: str = "cluster.local") -> None:
        self._bodies = bodies
        self._domain = domain
        self._namespaces = {b["metadata"]["name"]: b["metadata"]["labels"] for b in self._of("Namespace")}
        self.pods = {pod.name: pod for pod in map(self._pod, self._of("Deployment"))}
        self.services = {b["metadata"]["name"]: b for b in self._of("Service")}
        self.gateway = self.stranger("ingress", "istio-ingress", {"istio": "ingress"}, gateway_mode, gateway=True)
        self._waypoints = {
            (b["metadata"]["namespace"], b["metadata"]["name"]): self._waypoint(b)
            for b in self._of("Gateway")
            if b["spec"].get("gatewayClassName") == "istio-waypoint"
        }

    def stranger(
        self, account: str, namespace: str, labels: dict[str, str], mode: Mode, *, gateway: bool = False
    ) -> Pod:
        """Return a pod that is not in the output."""
        principal = "" if mode == "none" else f"{self._domain}/ns/{namespace}/sa/{account}"
        return Pod(account, namespace, tuple(sorted(labels.items())), principal, mode, gateway=gateway)

    def reaches(self, source: Pod, service: str, request: Request) -> bool:
        """Whether a request to a Service gets to its pods."""
        body = self.services[service]
        [port] = [p for p in body["spec"]["ports"] if p["port"] == request.port] or [None]
        targets = [pod for pod in self.pods.values() if self._behind(pod, body)]
        if port is None or not targets:
            return False
        waypoint = self._before(source, body)
        if waypoint is None:
            return all(self.reaches_pod(source, pod, port["targetPort"], request, port["protocol"]) for pod in targets)
        return (
            self.connects(source, waypoint, HBONE)
            and self._waypoint_lets(source, body, request)
            and all(self.reaches_pod(waypoint, pod, port["targetPort"], request) for pod in targets)
        )

    def reaches_pod(self, source: Pod, target: Pod, port: int, request: Request, protocol: str = "TCP") -> bool:
        """Whether a request to a pod's own address gets through."""
        meshed = "none" not in (source.mode, target.mode)
        if protocol == "UDP":
            return self.connects(source, target, port, "UDP")
        tunnelled = meshed and "ambient" in (source.mode, target.mode)
        if not self.connects(source, target, HBONE if tunnelled else port):
            return False
        if target.mode == "none":
            return True
        if not meshed and self._is_strict(target):
            return False
        chosen = self._for_pod(target)
        found = self._authentications(
            lambda spec: "targetRefs" not in spec and self._is_for(spec, target), target.namespace
        )
        return _lets(chosen, found if target.mode == "sidecar" else None, source, str(port), request)

    def connects(self, source: Pod, target: Pod, port: int, protocol: str = "TCP") -> bool:
        """Whether both network policies let a connection through."""
        return self._open(source, target, (protocol, port), "egress", "to") and self._open(
            target, source, (protocol, port), "ingress", "from"
        )

    def _open(self, mine: Pod, other: Pod, port: tuple[str, int], direction: str, key: str) -> bool:
        chosen = [
            policy["spec"]
            for policy in self._of("NetworkPolicy")
            if policy["metadata"]["namespace"] == mine.namespace
            and direction.title() in policy["spec"]["policyTypes"]
            and _selects(policy["spec"]["podSelector"], mine)
        ]
        if not chosen:
            return True
        return any(
            any((entry["protocol"], entry["port"]) == port for entry in rule["ports"])
            and any(_peer(peer, other) for peer in rule[key])
            for spec in chosen
            for rule in spec.get(direction, [])
        )

    def _before(self, source: Pod, service: Body) -> Pod | None:
        """Return the waypoint that a caller's request goes through."""
        labels = service["metadata"]["labels"]
        name = labels.get("istio.io/use-waypoint")
        if name is None or source.mode == "none":
            return None
        if source.gateway and labels.get("istio.io/ingress-use-waypoint") != "true":
            return None
        return self._waypoints[service["metadata"]["namespace"], name]

    def _waypoint_lets(self, source: Pod, service: Body, request: Request) -> bool:
        """Whether a waypoint passes a request on; without a policy that is bound to it or the Service it does."""
        chosen = [
            policy["spec"]
            for policy in self._of("AuthorizationPolicy")
            for ref in policy["spec"].get("targetRefs", [])
            if (ref["kind"] == "GatewayClass" and ref["name"] == "istio-waypoint")
            or (
                (ref["kind"], ref["name"]) == ("Service", service["metadata"]["name"])
                and policy["metadata"]["namespace"] == service["metadata"]["namespace"]
            )
        ]
        found = self._authentications(
            lambda spec: any(
                (ref["kind"], ref["name"]) == ("Service", service["metadata"]["name"])
                for ref in spec.get("targetRefs", [])
            ),
            service["metadata"]["namespace"],
        )
        return _lets(chosen, found, source, str(request.port), request)

    def _authentications(self, fits: Callable[[Body], bool], namespace: str) -> list[Body]:
        listed = [b["spec"] for b in self._of("RequestAuthentication") if b["metadata"]["namespace"] == namespace]
        return [spec for spec in listed if fits(spec)]

    @staticmethod
    def _is_for(spec: Body, pod: Pod) -> bool:
        return _selects(spec.get("selector", {}), pod)

    def _for_pod(self, target: Pod) -> list[Body]:
        return [
            policy["spec"]
            for policy in self._of("AuthorizationPolicy")
            if "targetRefs" not in policy["spec"]
            and policy["metadata"]["namespace"] in (target.namespace, "istio-system")
            and _selects(policy["spec"].get("selector", {}), target)
        ]

    def _is_strict(self, target: Pod) -> bool:
        found = [p for p in self._of("PeerAuthentication") if _selects(p["spec"].get("selector", {}), target)]
        own = [p for p in found if p["metadata"]["namespace"] == target.namespace] or found
        return any(policy["spec"]["mtls"]["mode"] == "STRICT" for policy in own)

    def _behind(self, pod: Pod, service: Body) -> bool:
        wanted: dict[str, str] = service["spec"]["selector"]
        return pod.namespace == service["metadata"]["namespace"] and wanted.items() <= dict(pod.labels).items()

    def _pod(self, deployment: Body) -> Pod:
        template, namespace = deployment["spec"]["template"], deployment["metadata"]["namespace"]
        labels: dict[str, str] = template["metadata"]["labels"]
        account = template["spec"]["serviceAccountName"]
        mode = self._mode(self._namespaces[namespace], labels)
        pod = self.stranger(account, namespace, labels, mode)
        return Pod(deployment["metadata"]["name"], namespace, pod.labels, pod.principal, mode)

    @staticmethod
    def _mode(namespace: dict[str, str], labels: dict[str, str]) -> Mode:
        if labels.get("istio.io/dataplane-mode", namespace.get("istio.io/dataplane-mode")) == "ambient":
            return "ambient"
        injected = "istio.io/rev" in namespace and labels.get("sidecar.istio.io/inject") != "false"
        return "sidecar" if injected else "none"

    def _waypoint(self, gateway: Body) -> Pod:
        name, namespace = gateway["metadata"]["name"], gateway["metadata"]["namespace"]
        labels = {"gateway.networking.k8s.io/gateway-name": name, **gateway["spec"]["infrastructure"]["labels"]}
        return self.stranger(name, namespace, labels, "ambient")

    def _of(self, kind: str) -> Iterator[Body]:
        return (body for body in self._bodies if body["kind"] == kind)


def _lets(policies: list[Body], authentications: list[Body] | None, source: Pod, port: str, request: Request) -> bool:
    """Whether a proxy, or ztunnel, which has no `authentications`, lets a request through."""
    tokens = authentications or []
    if not readable(tokens, request.token):
        return False
    token = read(tokens, request.token)
    asked = Asked(source.principal, port, request.method, request.path, request.host, token)
    return decided(policies, asked, reads=authentications is not None)


def _selects(selector: Body, pod: Pod) -> bool:
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= dict(pod.labels).items()


def _peer(peer: Body, pod: Pod) -> bool:
    if "ipBlock" in peer:
        return False
    namespace = {"kubernetes.io/metadata.name": pod.namespace}
    wanted: dict[str, str] = peer["namespaceSelector"]["matchLabels"]
    return wanted.items() <= namespace.items() and _selects(peer["podSelector"], pod)
