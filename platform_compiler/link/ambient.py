"""What ambient mode cannot express, told at the team's line: it has no proxy beside each program."""

from collections.abc import Mapping

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.link.facts import ClusterFacts
from platform_compiler.link.model import AccessRule, CidrSource, Interface, Linked, Port, Target
from platform_compiler.link.teams import called_so
from platform_compiler.link.waypoints import served_by_waypoint
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, at, key_span, nearest, plain


def check_ambient(linked: Linked, facts: dict[str, ClusterFacts], loaded: Loaded, bag: Bag) -> None:
    """Report what applications of ambient clusters ask for and cannot have there."""
    for cluster, targets in linked.targets.items():
        if facts[cluster].mesh_mode != "ambient":
            continue
        named = called_so(targets)
        for target in targets.values():
            if target.interface.kind != "app":
                continue
            _check_versions(target, bag)
            if target.interface.meshed:
                _check_rules(target, bag)
                _check_ports(target, bag)
                _check_metrics(target, loaded, bag)
                _check_waypoint_name(target, targets, linked, bag)
                _check_version_names(target, named, bag)
        _check_gateway_api(cluster, linked, loaded, bag)


def _check_rules(target: Target, bag: Bag) -> None:
    interface = target.interface
    for rule in interface.access:
        for source in rule.sources:
            if isinstance(source, CidrSource) and any(port.protocol != "udp" for port in _covered(rule, interface)):
                bag.add(
                    "PC2422",
                    f"callers of {source.cidr} have no identity, and `{target.ref}` is in the mesh",
                    source.span,
                    also=[Label(interface.span, f"in the mesh on `{target.cluster}`")],
                    help="let them come through a gateway, or take the application out with `mesh: {member: false}`",
                )
    for rule in (*interface.access, *interface.deny):
        for name in rule.ports or ():
            port = interface.ports.get(name)
            if port and port.l7 and port.internal and (rule.paths or rule.methods or rule.jwt):
                bag.add(
                    "PC2420",
                    f"rule `{rule.name}` reads requests on `{name}`, which is no port of the Service",
                    rule.span,
                    also=[
                        Label(port.span, f"on `{target.cluster}` only a waypoint reads requests: it serves Services")
                    ],
                    help="take `internal` from the port, or paths, methods and jwt from the rule",
                )


def _covered(rule: AccessRule, interface: Interface) -> list[Port]:
    if rule.ports is not None:
        return [port for name, port in interface.ports.items() if name in rule.ports]
    return [port for port in interface.ports.values() if not port.internal]


def _check_ports(target: Target, bag: Bag) -> None:
    node = at(target.spec, "mesh", "mtls")
    default = plain(node) if node else "strict"
    for port in target.interface.ports.values():
        if port.mtls is not None and port.mtls != default:
            span = at(target.spec, "ports", port.name, "mtls")
            bag.add(
                "PC2421",
                f"port `{port.name}` cannot differ from the others in mutual TLS on `{target.cluster}`",
                span.span if span else port.span,
                also=[Label(node.span, "what holds for the application")] if node else (),
                help="set `mesh.mtls` for all its ports, or put the port into an application of its own",
            )


def _check_metrics(target: Target, loaded: Loaded, bag: Bag) -> None:
    """Report metrics that Prometheus would be refused: without an identity it could only be let in with everybody."""
    metrics = at(target.spec, "observe", "metrics")
    reader = at(loaded.clusters[target.cluster].spec, "prometheus")
    if metrics is None or at(reader, "podLabels") is None:
        return
    meshed = at(reader, "meshed")
    if (meshed is not None and plain(meshed)) and at(reader, "serviceAccount") is not None:
        return
    bag.add(
        "PC2426",
        f"Prometheus of `{target.cluster}` has no identity, and `{target.ref}` lets in nobody without one",
        metrics.span,
        also=[Label(reader.span, "who reads metrics there")] if reader else (),
        help="let it join the mesh, and say so: `prometheus: {meshed: true, serviceAccount: ...}`",
    )


def _check_versions(target: Target, bag: Bag) -> None:
    versions = at(target.spec, "versions")
    ports = target.interface.ports.values()
    if not isinstance(versions, MapNode) or not versions.entries:
        return
    if target.interface.meshed and any(port.l7 and served_by_waypoint(port) for port in ports):
        return
    bag.add(
        "PC2423",
        f"nothing shares requests out between versions of `{target.ref}` on `{target.cluster}`",
        key_span(target.spec, "versions"),
        also=[Label(target.interface.span, "no port of its Service can be read by a waypoint")],
        help="give it an HTTP or gRPC port and let it be in the mesh, or run one version",
    )


def _check_waypoint_name(target: Target, targets: Mapping[str, Target], linked: Linked, bag: Bag) -> None:
    """Report an application that is called like the waypoint of its namespace."""
    interface = target.interface
    if interface.name == WAYPOINT and any(
        cluster == target.cluster and targets[ref].interface.namespace == interface.namespace
        for cluster, ref in linked.waypoints
    ):
        bag.add(
            "PC2425",
            f"`{interface.namespace}` needs a waypoint on `{target.cluster}`, which is called `{WAYPOINT}` too",
            interface.span,
            help="rename the application, or move it to another namespace",
        )


def _check_version_names(target: Target, named: Mapping[tuple[str, str], list[Target]], bag: Bag) -> None:
    """Report an application that is called like the Service of a version of another."""
    interface, versions = target.interface, at(target.spec, "versions")
    names = versions.entries if isinstance(versions, MapNode) else {}
    for version in {"stable", *names} if names else ():
        for other in named.get((interface.namespace, f"{interface.name}-{version}"), ()):
            bag.add(
                "PC2425",
                f"a version of `{target.ref}` needs the Service `{other.interface.name}` on `{target.cluster}`",
                key_span(target.spec, "versions"),
                also=[Label(other.interface.span, "called the same")],
                help="rename the application or the version",
            )


WAYPOINT = "waypoint"
"""What the waypoint of a namespace is called; so are its Deployment, Service and ServiceAccount."""


def _check_gateway_api(cluster: str, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    manifest = loaded.clusters[cluster]
    needing = sorted(ref for where, ref in linked.waypoints if where == cluster)
    if needing and at(manifest.spec, "versions", "gatewayApi") is None:
        target = linked.targets[cluster][needing[0]]
        bag.add(
            "PC2424",
            f"`{cluster}` needs waypoints, and nobody says that it has the Gateway API",
            nearest(manifest.spec, "versions", "gatewayApi"),
            also=[Label(target.interface.span, "needs one first")],
            help='install it, and say which minor version: `versions: {gatewayApi: "1.4"}`',
        )
