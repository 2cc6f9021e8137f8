"""What linking reads and what it yields: small frozen records, never whole manifests.

A `Target` is one manifest (Application or ExternalService) on one cluster, with its merged tree and its `Interface`.
Linking joins interfaces into `Link`s (who calls whom, through which grants) and `Route`s (what a gateway admits).
Nothing here prints, reads files or knows Kubernetes; `context/` turns it into what templates see.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from platform_compiler.diagnostics import Span
from platform_compiler.source.node import MapNode

Protocol: TypeAlias = Literal["http", "http2", "grpc", "https", "tcp", "tls", "udp"]
L7_PROTOCOLS: frozenset[str] = frozenset({"http", "http2", "grpc"})
"""Protocols whose requests a proxy can read: only these may carry paths and methods."""
TLS_PROTOCOLS: frozenset[str] = frozenset({"https", "tls"})
"""Protocols on which the program itself speaks TLS, so that its connections can be passed through."""


class Port(NamedTuple):
    """A port of an application or external service; `port` is the Service's, `target_port` the pod's."""

    name: str
    port: int
    target_port: int
    protocol: Protocol
    internal: bool
    container: str | None
    mtls: Literal["strict", "permissive"] | None
    span: Span

    @property
    def l7(self) -> bool:
        """Whether a proxy can read requests on it."""
        return self.protocol in L7_PROTOCOLS


class PathPattern(NamedTuple):
    """One path of the path language: `/a` exact, `/a/*` = `/a` and all below it by segment, `/*` all."""

    text: str

    @property
    def kind(self) -> Literal["exact", "below", "all"]:
        """How it matches."""
        if self.text == "/*":
            return "all"
        return "below" if self.text.endswith("/*") else "exact"

    @property
    def base(self) -> str:
        """The path without `/*` (`/` for all)."""
        return self.text.removesuffix("/*") or "/"


class RefSource(NamedTuple):
    """`web`, `shop/cart`, `shop/*` or `*/*` in `access.*.from`; `team` and `name` may be `*`."""

    team: str
    name: str
    span: Span


class NamespaceSource(NamedTuple):
    """Every workload of the namespaces that carry these labels."""

    labels: tuple[tuple[str, str], ...]
    span: Span


class GatewaySource(NamedTuple):
    """The identity of a Gateway's data plane."""

    gateway: str
    span: Span


class PrincipalSource(NamedTuple):
    """An identity outside the platform repository, such as `spiffe://corp/ns/legacy/sa/erp`."""

    principal: str
    span: Span
    cidr: str | None = None
    """Where it connects from: network policies know no identities."""

    @property
    def name(self) -> str:
        """The identity as rules write it."""
        return self.principal.removeprefix("spiffe://")


class CidrSource(NamedTuple):
    """An address range; at the network level only."""

    cidr: str
    span: Span


Source: TypeAlias = RefSource | NamespaceSource | GatewaySource | PrincipalSource | CidrSource


class AccessRule(NamedTuple):
    """One rule of `access` (or of `deny`, where `sources` empty means everybody)."""

    name: str
    sources: tuple[Source, ...]
    ports: tuple[str, ...] | None
    paths: tuple[PathPattern, ...]
    methods: tuple[str, ...]
    jwt: str | None
    audiences: tuple[str, ...]
    claims: tuple[tuple[str, tuple[str, ...]], ...]
    span: Span


class Call(NamedTuple):
    """One entry of `calls`: the reference as written (`ref`), and the `team/name` that it means (`callee`)."""

    ref: str
    callee: str
    ports: tuple[str, ...] | None
    paths: tuple[PathPattern, ...]
    methods: tuple[str, ...]
    optional: bool
    span: Span


class Exposure(NamedTuple):
    """One entry of `expose`, before its gateway and host are resolved."""

    name: str
    gateway: str
    host: str
    port: str | None
    paths: tuple[PathPattern, ...]
    methods: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    delegate: Mapping[str, tuple[PathPattern, ...]]
    span: Span
    host_span: Span
    opens: tuple[PathPattern, ...] = ()
    public: tuple[PathPattern, ...] = ()
    rewrite: str | None = None
    redirects: bool = False
    cors: bool = False
    passthrough: bool = False
    """Whether TLS ends at the program, so that its gateway reads no request."""
    ranges: tuple[str, ...] = ()
    """Whence clients may come; none: from anywhere."""


class Address(NamedTuple):
    """An `env` value that is an address: of a callee, of myself, or of my own exposure."""

    variable: str
    kind: Literal["call", "self", "expose"]
    ref: str
    port: str | None
    format: Literal["url", "hostport", "host", "port"]
    span: Span

    @property
    def key(self) -> tuple[str, str, str | None, str]:
        """What decides its text, whoever asks for it."""
        return self.kind, self.ref, self.port, self.format


class Interface(NamedTuple):
    """What others may know of one manifest on one cluster."""

    kind: Literal["app", "external", "raw"]
    ref: str
    """`team/name`."""
    team: str
    name: str
    namespace: str
    service_account: str
    ports: Mapping[str, Port]
    hosts: tuple[str, ...]
    calls: tuple[Call, ...]
    access: tuple[AccessRule, ...]
    deny: tuple[AccessRule, ...]
    exposes: tuple[Exposure, ...]
    addresses: tuple[Address, ...]
    formerly: tuple[str, ...]
    meshed: bool
    span: Span
    has_peers: bool = False
    """Whether its pods may reach each other on internal ports, by names of their own."""


class Target(NamedTuple):
    """One manifest on one cluster: the merged tree of its `spec` (every leaf keeps its origin) and its interface."""

    cluster: str
    path: str
    spec: MapNode
    interface: Interface

    @property
    def ref(self) -> str:
        """`team/name`."""
        return self.interface.ref


class Grant(NamedTuple):
    """What one access rule lets one caller do: the intersection of `access` and `calls`.

    `ports` are names of the callee's ports, never empty; no `paths` means every path, no `methods` every method.
    `rule` is the access rule's name, or `implied` for calls inside one team that no rule names.
    """

    rule: str
    ports: tuple[str, ...]
    paths: tuple[PathPattern, ...]
    methods: tuple[str, ...]
    jwt: str | None = None
    audiences: tuple[str, ...] = ()
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Link(NamedTuple):
    """A resolved call: `caller` and `callee` are targets, on the same cluster or on two clusters of one mesh."""

    caller: Target
    callee: Target
    call: Call
    grants: tuple[Grant, ...]


class Route(NamedTuple):
    """A resolved exposure: this target's `port` answers `host` on `gateway` for these paths and methods."""

    target: Target
    exposure: Exposure
    gateway: str
    host: str
    owner: str
    port: Port
    closed: tuple[PathPattern, ...] = ()
    """Paths that the platform closes to gateways."""


class Linked(NamedTuple):
    """Everything linking found, keyed for those who read it.

    `targets` by cluster then `team/name`, both sorted; `links_out` and `links_in` by (cluster, `team/name`), sorted
    by the other side's ref then cluster; `routes` by (cluster, `team/name`), in order of exposure name;
    `hosts` by (cluster, host): the routes of every team on it, most specific path first.
    `links_in` of a target holds the callers of all clusters of its mesh that reach it; `reached` has for each
    cluster the others of its mesh that ways lead to; `waypoints` has the (cluster, `team/name`) of all that stands
    behind the waypoint of their namespace.
    """

    targets: Mapping[str, Mapping[str, Target]]
    links_out: Mapping[tuple[str, str], tuple[Link, ...]]
    links_in: Mapping[tuple[str, str], tuple[Link, ...]]
    routes: Mapping[tuple[str, str], tuple[Route, ...]]
    hosts: Mapping[tuple[str, str], tuple[Route, ...]]
    reached: Mapping[str, tuple[str, ...]]
    waypoints: frozenset[tuple[str, str]] = frozenset()

    def elsewhere(self, target: Target) -> tuple[Target, ...]:
        """Return the same application on the other clusters that ways lead to, where it is in the mesh too."""
        if target.interface.kind != "app" or not target.interface.meshed:
            return ()
        found = (self.targets[cluster].get(target.ref) for cluster in self.reached.get(target.cluster, ()))
        return tuple(other for other in found if other is not None and other.interface.meshed)
