"""Tokens that are asked for: who signs them is known, they are meant for us, and nothing leads around them."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import environment_of, strings
from platform_compiler.link.facts import entries
from platform_compiler.link.handshake import offered_ports
from platform_compiler.link.model import (
    AccessRule,
    GatewaySource,
    Linked,
    PathPattern,
    PrincipalSource,
    Route,
    Source,
    Target,
)
from platform_compiler.link.paths import intersection, meet
from platform_compiler.link.protection import (
    ALL,
    TokenRule,
    auth_of,
    methods_meet,
    public_paths,
    same_place,
    token_rule_of,
)
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, Node, at


def check_tokens(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report tokens that nobody can check, and ways around them."""
    routes = linked.routes.get((target.cluster, target.ref), ())
    providers = identity_providers(target.cluster, loaded)
    for wanted, place in _wanted(target, routes):
        _check_provider(wanted, place, providers, bag)
    for route in routes:
        _check_exposure(route, bag)
        for rule in target.interface.access:
            _check_way_around(rule, route, loaded, bag)
    for one, other in combinations(routes, 2):
        _check_pair(one, other, bag)


def identity_providers(cluster: str, loaded: Loaded) -> dict[str, Node]:
    """Return who signs tokens on a cluster, by name; the environment's own win."""
    stage = loaded.environments.get(environment_of(loaded.clusters[cluster]))
    platform = loaded.platform.spec if loaded.platform else None
    known = entries(at(platform, "identityProviders"))
    return known | entries(at(stage.spec, "identityProviders") if stage else None)


def _wanted(target: Target, routes: Iterable[Route]) -> Iterator[tuple[TokenRule, Span]]:
    for route in routes:
        wanted, node = token_rule_of(route), at(auth_of(route), "jwt")
        if wanted and node:
            yield wanted, node.span
    for rule in target.interface.access:
        node = at(target.spec, "access", rule.name, "jwt")
        if rule.jwt and node:
            yield TokenRule(rule.jwt, rule.audiences, rule.claims), node.span


def _check_provider(wanted: TokenRule, place: Span, providers: dict[str, Node], bag: Bag) -> None:
    provider = providers.get(wanted.provider)
    if provider is None:
        near = did_you_mean(wanted.provider, providers)
        listed = ", ".join(f"`{name}`" for name in sorted(providers)) or "none"
        cure = f"did you mean `{near}`?" if near else f"`identityProviders` of platform.yaml are {listed}"
        bag.add("PC2462", f"there is no identity provider `{wanted.provider}`", place, help=cure)
    elif not wanted.audiences and not strings(at(provider, "audiences")):
        bag.add(
            "PC2464",
            f"tokens of `{wanted.provider}` are taken whoever they are meant for",
            place,
            also=[Label(provider.span, "it names no audiences either")],
            help="name those you accept: `audiences: [...]`",
        )


def _check_exposure(route: Route, bag: Bag) -> None:
    auth = auth_of(route)
    needless = at(auth, "required")
    if route.target.interface.meshed and needless is not None and getattr(needless, "value", True) is False:
        bag.add(
            "PC2465",
            "a token that may be missing protects nothing",
            needless.span,
            help="list what needs no token under `publicPaths`",
        )
    own = route.exposure.paths
    public = at(auth, "publicPaths")
    for path in public_paths(route) if public else ():
        if intersection(own, (path,)) is None:
            bag.add(
                "PC2471",
                f"`{path.text}` is public, and not exposed",
                public.span if public else route.exposure.span,
                also=[Label(route.exposure.span, "what is exposed")],
                help="add it to `paths`, or take it out of `publicPaths`",
            )


def _check_pair(one: Route, other: Route, bag: Bag) -> None:
    """Report two exposures whose requests the program's proxy cannot tell apart, though only one needs the token.

    It sees hosts, ports, methods and paths; which of two paths is more specific decides, and nothing else can.
    """
    first, second = one.exposure, other.exposure
    alike = first.methods == second.methods and first.headers == second.headers
    if token_rule_of(one) == token_rule_of(other) or not same_place(one, other) or alike:
        return
    if methods_meet(first.methods, second.methods) and _paths_meet(first.paths, second.paths):
        bag.add(
            "PC2463",
            f"`{second.name}` and `{first.name}` take the same requests, and ask for different tokens",
            second.span,
            also=[Label(first.span, "the other one")],
            help="give them other paths, the same methods and headers, or one `auth`",
        )


def _check_way_around(rule: AccessRule, route: Route, loaded: Loaded, bag: Bag) -> None:
    wanted = token_rule_of(route)
    if wanted is None or (rule.jwt and TokenRule(rule.jwt, rule.audiences, rule.claims) == wanted):
        return
    if route.port not in offered_ports(rule, route.target.interface):
        return
    if not methods_meet(rule.methods, route.exposure.methods) or not _paths_meet(rule.paths, route.exposure.paths):
        return
    for source in rule.sources:
        if _is_gateway(source, route, loaded):
            bag.add(
                "PC2463",
                f"`{rule.name}` lets the gateway in without the token that `{route.exposure.name}` asks for",
                source.span,
                also=[Label(route.exposure.span, f"asks for a token of `{wanted.provider}`")],
                help="take the source out: exposing lets the gateway in",
            )


def _is_gateway(source: Source, route: Route, loaded: Loaded) -> bool:
    planes = entries(at(loaded.clusters[route.target.cluster].spec, "gateways"))
    mine = _account(planes.get(route.gateway))
    if isinstance(source, GatewaySource):
        return _account(planes.get(source.gateway)) == mine
    return isinstance(source, PrincipalSource) and source.principal.endswith(f"/ns/{mine[0]}/sa/{mine[1]}")


def _account(plane: Node | None) -> tuple[str, str]:
    found = entries(plane) if isinstance(plane, MapNode) else {}
    return getattr(found.get("namespace"), "text", ""), getattr(found.get("serviceAccount"), "text", "")


def _paths_meet(one: tuple[PathPattern, ...], other: tuple[PathPattern, ...]) -> bool:
    return any(meet(a, b) is not None for a in one or ALL for b in other or ALL)
