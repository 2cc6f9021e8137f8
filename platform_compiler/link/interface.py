"""From a merged tree to the interface: what others may know of a manifest on one cluster."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from platform_compiler.diagnostics import Span
from platform_compiler.layers.model import Settings
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.facts import entries
from platform_compiler.link.model import (
    AccessRule,
    Address,
    Call,
    CidrSource,
    Exposure,
    GatewaySource,
    Interface,
    NamespaceSource,
    PathPattern,
    Port,
    PrincipalSource,
    RefSource,
    Source,
)
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span, plain

_KINDS: dict[str, Literal["app", "external", "raw"]] = {
    "Application": "app",
    "ExternalService": "external",
    "RawResources": "raw",
}


_EVERY = PathPattern("/*")

READ = (
    *("access", "calls", "deny", "env", "expose", "hosts", "identity", "init", "location", "mesh", "ports", "sidecars"),
    "versions",
)
"""The settings that an interface is read from."""


def interface_of(settings: Settings, namespace: str, cluster_domain: str, *, meshed: bool) -> Interface:
    """Return the interface of one target; `namespace` is its real one, with the environment's suffix."""
    manifest, spec = settings.manifest, settings.spec
    assert manifest.team is not None
    is_app = manifest.kind == "Application"
    hosts = (f"{manifest.name}.{namespace}.svc.{cluster_domain}",) if is_app else tuple(strings(at(spec, "hosts")))
    team = manifest.team
    return Interface(
        kind=_KINDS[manifest.kind],
        ref=f"{team}/{manifest.name}",
        team=team,
        name=manifest.name,
        namespace=namespace,
        service_account=manifest.name if is_app else text(spec, "identity", "serviceAccount") or manifest.name,
        ports={name: _port(name, node) for name, node in _entries(spec, "ports")},
        hosts=hosts,
        calls=tuple([_call(ref, node, span, team) for ref, node, span in _keyed(spec, "calls")]),
        access=tuple([_rule(name, node, span, team) for name, node, span in _keyed(spec, "access")]),
        deny=tuple([_rule(name, node, span, team) for name, node, span in _keyed(spec, "deny")]),
        exposes=tuple([_exposure(name, node, span, manifest.name) for name, node, span in _keyed(spec, "expose")]),
        addresses=tuple(_addresses(spec)),
        formerly=tuple(strings(at(manifest.document, "metadata", "formerly"))),
        meshed=meshed and (not _is(at(spec, "mesh", "member"), value=False) if is_app else is_machine(spec)),
        span=_name_span(manifest.document),
        has_peers=settings.workload is not None and settings.workload.has_peers,
    )


def is_machine(spec: Node) -> bool:
    """Whether an external service is machines that run a proxy of the mesh."""
    return text(spec, "location") == "mesh"


def _name_span(document: MapNode) -> Span:
    node = at(document, "metadata", "name")
    return node.span if node else document.span


def _entries(node: Node | None, *pointer: str) -> Sequence[tuple[str, Node]]:
    """Return the entries of a mapping in key order; none when there is no mapping."""
    found = at(node, *pointer)
    return sorted(found.entries.items()) if isinstance(found, MapNode) else ()


def _keyed(spec: MapNode, key: str) -> Sequence[tuple[str, Node, Span]]:
    """Return name, node and the key's span of each entry, in key order."""
    found = spec.entries.get(key)
    if not isinstance(found, MapNode):
        return ()
    return [(name, found.entries[name], key_span(found, name)) for name in sorted(found.entries)]


def _is(node: Node | None, *, value: bool) -> bool:
    return isinstance(node, ScalarNode) and node.value is value


def _port(name: str, node: Node) -> Port:
    values: dict[str, Any] = plain(node)
    return Port(
        name=name,
        port=values["port"],
        target_port=values.get("targetPort", values["port"]),
        protocol=values.get("protocol", "http"),
        internal=values.get("internal", False),
        container=values.get("container"),
        mtls=values.get("mtls"),
        span=node.span,
    )


def patterns(node: Node | None) -> tuple[PathPattern, ...]:
    """Return a list of paths as patterns, sorted; a list that holds `/*` is everything, hence empty."""
    found = listed_paths(node)
    return () if _EVERY in found else found


def listed_paths(node: Node | None) -> tuple[PathPattern, ...]:
    """Return a list of paths as patterns, sorted; here a list without entries is nothing, and `/*` is everything."""
    return tuple(sorted({PathPattern(path) for path in strings(node)})) if node is not None else ()


def _names(node: Node | None) -> tuple[str, ...] | None:
    return tuple(strings(node)) if node is not None else None


def _call(ref: str, node: Node, span: Span, team: str) -> Call:
    asked, callee = entries(node), "/".join(split_ref(ref, team))
    if not asked:
        return Call(ref, callee, None, (), (), optional=False, span=span)
    return Call(
        ref=ref,
        callee=callee,
        ports=_names(asked.get("ports")),
        paths=patterns(asked.get("paths")),
        methods=tuple(sorted(strings(asked.get("methods")))),
        optional=_is(asked.get("optional"), value=True),
        span=span,
    )


def split_ref(ref: str, team: str) -> tuple[str, str]:
    """Return the team and the name of a reference written by `team`."""
    owner, slash, name = ref.partition("/")
    return (owner, name) if slash else (team, ref)


def _rule(name: str, node: Node, span: Span, team: str) -> AccessRule:
    said = entries(node)
    sources = said.get("from")
    return AccessRule(
        name=name,
        sources=tuple([_source(item, team) for item in (sources.items if isinstance(sources, ListNode) else ())]),
        ports=_names(said.get("ports")),
        paths=patterns(said.get("paths")),
        methods=tuple(sorted(strings(said.get("methods")))),
        jwt=text(said.get("jwt")),
        audiences=tuple(strings(said.get("audiences"))),
        claims=tuple([(claim, tuple(strings(values))) for claim, values in _entries(said.get("claims"))]),
        span=span,
    )


def _source(item: Node, team: str) -> Source:
    if isinstance(item, ScalarNode):
        owner, name = split_ref(item.text, team)
        return RefSource(owner, name, item.span)
    if (gateway := text(item, "gateway")) is not None:
        return GatewaySource(gateway, item.span)
    if (principal := text(item, "principal")) is not None:
        return PrincipalSource(principal, item.span, text(item, "cidr"))
    if (cidr := text(item, "cidr")) is not None:
        return CidrSource(cidr, item.span)
    labels = tuple((key, str(plain(value))) for key, value in _entries(item, "namespaceLabels"))
    return NamespaceSource(labels, item.span)


def _exposure(name: str, node: Node, span: Span, app: str) -> Exposure:
    host = at(node, "host")
    return Exposure(
        name=name,
        gateway=text(node, "gateway") or "",
        host=text(node, "host") or app,
        port=text(node, "port"),
        paths=patterns(at(node, "paths")),
        methods=tuple(sorted(strings(at(node, "methods")))),
        headers=tuple((key, str(plain(value))) for key, value in _entries(node, "headers")),
        delegate={ref: patterns(paths) for ref, paths in _entries(node, "delegate")},
        span=span,
        host_span=host.span if host else span,
        opens=listed_paths(at(node, "opens")),
        public=listed_paths(at(node, "auth", "publicPaths")),
        rewrite=text(node, "rewrite", "prefix"),
        redirects=at(node, "redirect") is not None,
        cors=at(node, "cors") is not None,
        passthrough=text(node, "tls", "mode") == "passthrough",
        ranges=tuple(sorted(strings(at(node, "sourceRanges")))),
    )


def _addresses(spec: MapNode) -> Iterator[Address]:
    """Yield every env value that is an address, of the program, its other versions and its side containers."""
    beside = (part for part in ("init", "sidecars", "versions") if part in spec.entries)
    containers: list[Node] = [spec, *(container for part in beside for _, container in _entries(spec, part))]
    for container in containers:
        for variable, node in _entries(container, "env"):
            if type(node) is MapNode:
                yield from _addresses_in(variable, node)


def _addresses_in(variable: str, node: MapNode) -> Iterator[Address]:
    for kind in _ADDRESS_KINDS:
        if kind in node.entries and (ref := text(node.entries[kind])) is not None:
            port = ref if kind == "self" else text(node.entries.get("port"))
            form: Any = text(node.entries.get("format")) or "url"
            yield Address(variable, kind, ref, port, form, node.span)


_ADDRESS_KINDS: tuple[Literal["call", "self", "expose"], ...] = ("call", "self", "expose")
