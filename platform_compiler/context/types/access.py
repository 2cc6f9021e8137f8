"""Who may call whom, and with what."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.pods import Labels, NetworkPort, PortRecord


class PathRecord(TypedDict):
    """A path of the path language in every form that a part needs."""

    text: Annotated[str, "as written"]
    kind: Annotated[str, "exact, below or all"]
    authz: Annotated[list[str], "for an AuthorizationPolicy"]
    virtualService: Annotated[list[Any], "for a VirtualService's `uri`"]
    httpRoute: Annotated[Any, "for an HTTPRoute's `path`"]


class RuleRecord(TypedDict):
    """What a caller may do."""

    name: Annotated[str, "the access rule, `implied`, or the exposure"]
    ports: Annotated[list[PortRecord], "on which ports"]
    podPorts: Annotated[list[str], "the pod's ports as text, for an AuthorizationPolicy at the pod"]
    servicePorts: Annotated[list[str], "the Service's ports as text, for an AuthorizationPolicy at a waypoint"]
    methods: Annotated[list[str], "with which methods; empty: all"]
    paths: Annotated[list[PathRecord], "on which paths; empty: all"]
    authzPaths: Annotated[list[str], "the same for an AuthorizationPolicy"]
    hosts: Annotated[list[str], "under which host names; empty: all"]
    notAuthzPaths: Annotated[list[str], "but not on these paths, for an AuthorizationPolicy"]
    requestPrincipals: Annotated[list[str], "with a token of one of these; empty: none is asked for"]
    notRequestPrincipals: Annotated[list[str], "without a token of any of these; empty: that is not asked"]
    conditions: Annotated[list["ConditionRecord"], "what the token must say"]


class ConditionRecord(TypedDict):
    """Something that must hold of a request, in an AuthorizationPolicy's shape."""

    key: Annotated[str, "the attribute"]
    values: Annotated[list[str], "one of these"]


class DeniedRecord(RuleRecord):
    """What is denied, to whom."""

    sources: Annotated[list[Any], "to whom, as an AuthorizationPolicy's `from`; empty: everybody"]


class TokenRecord(TypedDict):
    """A token that the proxy reads, and passes on."""

    issuer: Annotated[str, "who signs it"]
    jwksUri: Annotated[str, "where the keys are"]
    audiences: Annotated[list[str], "for whom it may be"]
    headers: NotRequired[Annotated[list[Any], "headers that it may be in"]]
    cookies: NotRequired[Annotated[list[str], "cookies that it may be in"]]
    parameters: NotRequired[Annotated[list[str], "query parameters that it may be in"]]


class CallerRecord(TypedDict):
    """One that may call."""

    ref: Annotated[str, "`team/name`, the gateway's name, or the address"]
    kind: Annotated[str, "app (its own peers too), gateway, machine, principal, cidr or prometheus"]
    name: Annotated[str, "its name"]
    namespace: NotRequired[Annotated[str, "where it runs"]]
    podLabels: NotRequired[Annotated[Labels, "labels of its pods; absent where none are on this cluster"]]
    principals: Annotated[list[str], "its identities"]
    cidr: NotRequired[Annotated[str, "its addresses"]]
    addresses: NotRequired[Annotated[list[str], "addresses of a machine or principal, which has an identity besides"]]
    networkPorts: Annotated[list[NetworkPort], "pod ports it may reach; empty: all through a waypoint"]
    rules: Annotated[list[RuleRecord], "what it may do"]


class AdmittedRecord(TypedDict):
    """One rule of one caller with an identity: the rows of an AuthorizationPolicy."""

    caller: Annotated[CallerRecord, "who"]
    rule: Annotated[RuleRecord, "what"]


class AuthorizerRecord(TypedDict):
    """Who is asked whether a request may pass."""

    name: Annotated[str, "its name"]
    provider: Annotated[str, "its name among Istio's extension providers"]
    namespace: Annotated[str, "where it runs"]
    host: Annotated[str, "its Service's full name"]
    podLabels: Annotated[Labels, "labels of its pods"]
    networkPorts: Annotated[list[NetworkPort], "the ports of its pods"]
    rules: Annotated[list[RuleRecord], "what it is asked about"]


class OutsideRecord(TypedDict):
    """Addresses outside the cluster with the same ports."""

    cidrs: Annotated[list[str], "the addresses"]
    networkPorts: Annotated[list[NetworkPort], "their ports"]


class CallRecord(TypedDict):
    """One that is called."""

    ref: Annotated[str, "`team/name`, or `kubernetes`"]
    kind: Annotated[str, "app, external, kubernetes, collector, or read: by Prometheus alone"]
    name: Annotated[str, "its name"]
    namespace: Annotated[str, "where it runs"]
    hosts: Annotated[list[str], "its host names"]
    ports: Annotated[list[PortRecord], "its ports"]
    podLabels: NotRequired[Annotated[Labels, "labels of its pods; absent where none are on this cluster"]]
    here: Annotated[bool, "whether it is on this cluster"]
    clusters: Annotated[list[str], "the clusters of the mesh where it answers"]
    cidrs: Annotated[list[str], "its addresses, where it has fixed ones"]
    ways: Annotated[list["OutsideRecord"], "the same with the ports there"]
    open: Annotated[bool, "whether its addresses are unknown: then every public address on its ports is meant"]
    networkPorts: Annotated[list[NetworkPort], "its pods' ports; empty: all through a waypoint or gateway"]
    egress: NotRequired[Annotated[str, "`gateway` where the cluster's egress gateway leads there"]]
