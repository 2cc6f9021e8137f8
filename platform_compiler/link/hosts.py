"""Exposures become routes: the gateway is there and may be used, the host is owned, and no two routes collide."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import strings, text
from platform_compiler.link.addresses import primary_port
from platform_compiler.link.facts import ClusterFacts, entries, owners_of
from platform_compiler.link.interface import listed_paths, split_ref
from platform_compiler.link.model import TLS_PROTOCOLS, Exposure, PathPattern, Port, Route, Target
from platform_compiler.link.paths import meet
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import Node, at, key_span

_ALL = PathPattern("/*")


def routes_of(target: Target, loaded: Loaded, facts: ClusterFacts, bag: Bag) -> tuple[Route, ...]:
    """Return the routes of one target's exposures that are in order; report the others."""
    if not target.interface.exposes:
        return ()
    routes = []
    closed = listed_paths(at(loaded.platform.spec, "closedPaths")) if loaded.platform else ()
    for exposure in target.interface.exposes:
        gateway = _gateway(target, exposure, loaded, bag)
        port = _port(target, exposure, bag)
        if gateway is None or port is None:
            continue
        host = _host(target, exposure, gateway, loaded, facts, bag)
        if host is not None:
            routes.append(Route(target, exposure, gateway.name, host, target.ref, port, closed))
    return tuple(routes)


def _gateway(target: Target, exposure: Exposure, loaded: Loaded, bag: Bag) -> Manifest | None:
    gateway = loaded.gateways.get(exposure.gateway)
    node = at(target.spec, "expose", exposure.name, "gateway")
    span = node.span if node else exposure.span
    if gateway is None:
        if f"gateways/{exposure.gateway}.yaml" not in loaded.broken:
            near = did_you_mean(exposure.gateway, loaded.gateways)
            listed = ", ".join(f"`{name}`" for name in sorted(loaded.gateways)) or "none"
            cure = f"did you mean `{near}`?" if near else f"gateways are {listed}"
            bag.add("PC2301", f"there is no gateway `{exposure.gateway}`", span, help=cure)
        return None
    cluster = loaded.clusters[target.cluster]
    if at(cluster.spec, "gateways", gateway.name) is None:
        bag.add(
            "PC2302",
            f"gateway `{gateway.name}` has no proxies on cluster `{cluster.name}`",
            span,
            also=[Label(cluster.spec.span, "nothing under `gateways` here")],
            help=f"place the application elsewhere, or ask the platform team to add the gateway to {cluster.path}",
        )
        return None
    return gateway if _allowed(target, gateway, loaded, span, bag) else None


def _allowed(target: Target, gateway: Manifest, loaded: Loaded, span: object, bag: Bag) -> bool:
    name = target.interface.team
    team = loaded.teams.get(name)
    wanted: list[tuple[Node | None, bool]] = [
        (at(gateway.spec, "teams"), any(fnmatchcase(name, glob) for glob in strings(at(gateway.spec, "teams"))))
    ]
    mine = at(team.spec, "gateways") if team else None
    if mine is not None:
        wanted.append((mine, gateway.name in strings(mine)))
    for node, allowed in wanted:
        if not allowed and node is not None:
            bag.add(
                "PC2303",
                f"team `{name}` may not use gateway `{gateway.name}`",
                span,  # type: ignore[arg-type]
                also=[Label(node.span, "not named here")],
                help="use another gateway, or ask the platform team",
            )
            return False
    return True


def _port(target: Target, exposure: Exposure, bag: Bag) -> Port | None:
    ports = target.interface.ports
    port = ports.get(exposure.port) if exposure.port else primary_port(target.interface)
    if port is None:
        if exposure.port is None:
            listed = ", ".join(f"`{name}`" for name in ports) or "none"
            bag.add(
                "PC2202",
                f"`{target.ref}` has no primary port to expose",
                exposure.span,
                help=f"name one: `port: ...`; its ports are {listed}",
            )
        return None  # an unknown name is told by the rules within one manifest
    why, cure = _unfit(exposure, port)
    if why:
        bag.add("PC2307", f"port `{port.name}` {why}", exposure.span, also=[Label(port.span, "this port")], help=cure)
        return None
    return port


def _unfit(exposure: Exposure, port: Port) -> tuple[str, str]:
    """Return why a gateway cannot lead to a port, and what to do; nothing where it can."""
    if exposure.passthrough:
        cure = "expose a port that speaks https or tls and is not internal, or let the gateway end TLS"
        why = f"speaks {port.protocol}: a client that is passed through to it finds no TLS"
        fits = port.protocol in TLS_PROTOCOLS
    else:
        cure = "expose a port that speaks http, http2 or grpc and is not internal"
        if port.protocol in TLS_PROTOCOLS:
            cure += "; or let the program end TLS: `tls: {mode: passthrough}`"
        why, fits = f"speaks {port.protocol}, which a gateway cannot route by path", port.l7
    if port.internal:
        return "is internal", cure
    return ("", "") if fits else (why, cure)


def _host(  # noqa: PLR0913, PLR0917 -- everything that decides a host
    target: Target, exposure: Exposure, gateway: Manifest, loaded: Loaded, facts: ClusterFacts, bag: Bag
) -> str | None:
    """Return the full host name of an exposure, or None after saying why it has none."""
    if "." in exposure.host:
        return exposure.host if _owned(target, exposure, loaded, bag) else None
    if facts.environment not in loaded.environments:
        return None  # told at the cluster
    domain = text(gateway.spec, "clusters", facts.name, "domain") or text(gateway.spec, "domains", facts.environment)
    if domain is None:
        domains = at(gateway.spec, "domains")
        bag.add(
            "PC2304",
            f"gateway `{gateway.name}` has no domain in `{facts.environment}`",
            exposure.host_span,
            also=[Label(domains.span, "its domains")] if domains else (),
            help=f"write an absolute host, or ask the platform team to add `{facts.environment}` to {gateway.path}",
        )
        return None
    return domain if exposure.host == "@" else f"{exposure.host}.{domain}"


def _owned(target: Target, exposure: Exposure, loaded: Loaded, bag: Bag) -> bool:
    """Whether an absolute host lies in the team's domains; `*.a.b` takes every name below `a.b`, not `a.b` itself."""
    team = loaded.teams.get(target.interface.team)
    domains = at(team.spec, "domains") if team else None
    for domain in strings(domains):
        if exposure.host == domain or (domain.startswith("*.") and exposure.host.endswith(domain[1:])):
            return True
    if _delegated(exposure.host, target, loaded):
        return True
    place = domains.span if domains else (key_span(team.spec, "owners") if team else exposure.span)
    bag.add(
        "PC2305",
        f"host `{exposure.host}` is in no domain of team `{target.interface.team}`",
        exposure.host_span,
        also=[Label(place, "its domains" if domains else "it has no `domains`")],
        help="write a relative host, or ask the platform team to add the domain",
    )
    return False


def _delegated(host: str, target: Target, loaded: Loaded) -> bool:
    """Whether another team's document delegates paths of this host to the target."""
    for manifest in loaded.workloads.values():
        for node in entries(manifest.spec.entries.get("expose")).values():
            delegates = entries(at(node, "delegate")) if text(node, "host") == host else ()
            if any("/".join(split_ref(ref, manifest.team or "")) == target.ref for ref in delegates):
                return True
    return False


def settle_hosts(routes: Iterable[Route], loaded: Loaded, bag: Bag) -> dict[str, tuple[Route, ...]]:
    """Return the routes of one cluster by host, each with its owner, most specific path first; report collisions."""
    by_host: dict[str, list[Route]] = {}
    for route in routes:
        by_host.setdefault(route.host, []).append(route)
    return {host: _settle(host, found, loaded, bag) for host, found in sorted(by_host.items())}


def _settle(host: str, routes: list[Route], loaded: Loaded, bag: Bag) -> tuple[Route, ...]:
    owners = [route for route in routes if not _receives(route, routes)]
    owner = min(owners or routes, key=lambda r: (bool(r.exposure.paths), r.target.ref, r.exposure.name))
    settled = [
        r._replace(owner=owner.target.ref)
        for r in sorted(routes, key=lambda r: (_rank(r), r.target.ref, r.exposure.name))
    ]
    for position, one in enumerate(settled):
        for other in settled[position + 1 :]:
            if _collide(one, other):
                first, second = sorted((one, other), key=lambda r: (r.target.ref != owner.target.ref, r.target.ref))
                bag.add(
                    "PC2306",
                    f"`{second.target.ref}` and `{first.target.ref}` both answer `{host}` on the same paths",
                    second.exposure.span,
                    also=[Label(first.exposure.span, "the other one")],
                    help=f"take another host or path, or ask {owners_of(first.target.interface.team, loaded)} to "
                    f"delegate paths to you:\n  delegate: {{{second.target.ref}: [/part/*]}}",
                )
    return tuple(settled)


def _receives(route: Route, routes: list[Route]) -> bool:
    """Whether a route stands on paths that another one delegates to its application."""
    return any(_delegates(other, route) for other in routes if other is not route)


def _delegates(owner: Route, receiver: Route) -> bool:
    for ref, paths in owner.exposure.delegate.items():
        if "/".join(split_ref(ref, owner.target.interface.team)) == receiver.target.ref:
            return all(
                any(meet(mine, given) == mine for given in (paths or (_ALL,)))
                for mine in (receiver.exposure.paths or (_ALL,))
            )
    return False


def _collide(one: Route, other: Route) -> bool:
    if one.exposure.headers != other.exposure.headers:
        return False
    if one.exposure.methods and other.exposure.methods and not set(one.exposure.methods) & set(other.exposure.methods):
        return False
    if _delegates(one, other) or _delegates(other, one):
        return False
    mine, theirs = one.exposure.paths or (_ALL,), other.exposure.paths or (_ALL,)
    if one.target.interface.team == other.target.interface.team:
        return bool(set(mine) & set(theirs))  # inside a team the more specific path wins
    return any(meet(a, b) is not None for a in mine for b in theirs)


def _rank(route: Route) -> tuple[int, int]:
    """Sort exact paths first, then longer prefixes, then everything else."""
    paths: Mapping[str, int] = {"exact": 0, "below": 1, "all": 2}
    return min(((paths[p.kind], -len(p.base)) for p in route.exposure.paths or (_ALL,)), default=(2, 0))
