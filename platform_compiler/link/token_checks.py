"""Tokens that are asked for: who signs them is known, they are meant for us, and nothing leads around them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import environment_of, strings
from platform_compiler.link.edge import seen_from_outside, seen_paths, seen_public, within
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
    token_rule_of,
    under_other_conditions,
)
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, Node, at


def check_tokens(target: Target, linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Report tokens that nobody can check, and ways around them."""
    routes = linked.routes.get((target.cluster, target.ref), ())
    for wanted, place in _wanted(target, routes):
        _check_provider(wanted, place, identity_providers(target.cluster, loaded), bag)
    _check_authorizers(routes, loaded, bag)
    for route in routes:
        _check_exposure(route, bag)
        for rule in target.interface.access:
            _check_way_around(rule, route, loaded, bag)
    for one, other in combinations(routes, 2):
        _check_pair(one, other, bag)


def identity_providers(cluster: str, loaded: Loaded) -> Mapping[str, Node]:
    """Return who signs tokens on a cluster, by name; the environment's own win."""
    stage = loaded.environments.get(environment_of(loaded.clusters[cluster]))
    platform = loaded.platform.spec if loaded.platform else None
    known = entries(at(platform, "identityProviders"))
    return {**known, **entries(at(stage.spec, "identityProviders") if stage else None)}


def _wanted(target: Target, routes: Iterable[Route]) -> Iterator[tuple[TokenRule, Span]]:
    for route in routes:
        wanted, node = token_rule_of(route), at(auth_of(route), "jwt")
        if wanted and node:
            yield wanted, node.span
    for rule in target.interface.access:
        node = at(target.spec, "access", rule.name, "jwt") if rule.jwt else None
        if rule.jwt and node:
            yield TokenRule(rule.jwt, rule.audiences, rule.claims), node.span


def _check_provider(wanted: TokenRule, place: Span, providers: Mapping[str, Node], bag: Bag) -> None:
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


def _check_authorizers(routes: Iterable[Route], loaded: Loaded, bag: Bag) -> None:
    """Report authorizers that nobody declares, and a second one: a proxy asks one of them about everything."""
    first: Node | None = None
    for route in routes:
        node = at(auth_of(route), "external")
        if node is None:
            continue
        cluster = loaded.clusters[route.target.cluster]
        known = entries(at(cluster.spec, "authorizers"))
        name = getattr(node, "text", "")
        if name not in known:
            near = did_you_mean(name, known)
            listed = ", ".join(f"`{each}`" for each in known) or "none"
            cure = f"did you mean `{near}`?" if near else f"`authorizers` of {cluster.path} are {listed}"
            bag.add("PC2477", f"there is no authorizer `{name}` on `{cluster.name}`", node.span, help=cure)
        elif first is not None and getattr(first, "text", "") != name:
            bag.add(
                "PC2478",
                f"`{route.target.ref}` would ask two authorizers",
                node.span,
                also=[Label(first.span, "the other one")],
                help="Istio asks one for each program: name the same one, or part the program",
            )
        first = first or node


def _check_exposure(route: Route, bag: Bag) -> None:
    auth = auth_of(route)
    wanted, needless = token_rule_of(route), at(auth, "required")
    own = route.exposure.paths
    public = at(auth, "publicPaths")
    asked = at(auth, "claims") or public
    if wanted and not wanted.required and needless and asked:
        bag.add(
            "PC2465",
            "a token that may be missing protects nothing",
            needless.span,
            also=[Label(asked.span, "whoever leaves the token out need not care")],
            help="take `required: false` out, and list what needs no token under `publicPaths`",
        )
    _check_public_after_rewrite(route, bag)
    for path in public_paths(route) if public else ():
        if intersection(own, (path,)) is None:
            bag.add(
                "PC2471",
                f"`{path.text}` is public, and not exposed",
                public.span if public else route.exposure.span,
                also=[Label(route.exposure.span, "what is exposed")],
                help="add it to `paths`, or take it out of `publicPaths`",
            )


def _check_public_after_rewrite(route: Route, bag: Bag) -> None:
    """Report public paths that look to the program like others that need the token: its proxy sees them alone."""
    exposure = route.exposure
    if exposure.rewrite is None or not exposure.public or not route.target.interface.meshed:
        return
    for seen in seen_public(exposure):
        other = next((p for p in seen_from_outside(exposure, (seen,)) if not within(p, exposure.public)), None)
        if other is not None:
            public = at(auth_of(route), "publicPaths")
            bag.add(
                "PC2474",
                f"the program sees `{seen.text}` of public requests, and of `{other.text}`, which needs the token",
                public.span if public else exposure.span,
                help="give the public paths an exposure of their own with another `rewrite`, or none",
            )


def _check_pair(one: Route, other: Route, bag: Bag) -> None:
    """Report two exposures whose requests the program's proxy cannot tell apart, though only one needs the token.

    It sees hosts, ports, methods and paths; which of two paths is more specific decides, and nothing else can.
    """
    first, second = one.exposure, other.exposure
    if not under_other_conditions(one, other):
        return
    replaced = first.rewrite is not None or second.rewrite is not None
    if replaced and one.target.interface.meshed:
        _check_rewritten_pair(one, other, bag)
    elif (first.methods, first.headers) != (second.methods, second.headers) and _paths_meet(first.paths, second.paths):
        bag.add(
            "PC2463",
            f"`{second.name}` and `{first.name}` take the same requests, and ask for different tokens",
            second.span,
            also=[Label(first.span, "the other one")],
            help="give them other paths, the same methods and headers, or one `auth`",
        )


def _check_rewritten_pair(one: Route, other: Route, bag: Bag) -> None:
    """Report two exposures that the program's proxy cannot tell apart, since it sees paths as they were replaced."""
    if _paths_meet(seen_paths(one), seen_paths(other)):
        bag.add(
            "PC2475",
            f"the program sees the same paths of `{other.exposure.name}` and `{one.exposure.name}`, which ask for "
            "different tokens",
            other.exposure.span,
            also=[Label(one.exposure.span, "the other one")],
            help="let `rewrite` lead them to paths that do not overlap, or give them one `auth`",
        )


def _check_way_around(rule: AccessRule, route: Route, loaded: Loaded, bag: Bag) -> None:
    wanted = token_rule_of(route)
    if (
        wanted is None
        or not wanted.required
        or (rule.jwt and TokenRule(rule.jwt, rule.audiences, rule.claims) == wanted)
    ):
        return
    if route.port not in offered_ports(rule, route.target.interface):
        return
    if not methods_meet(rule.methods, route.exposure.methods) or not _paths_meet(rule.paths, seen_paths(route)):
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
