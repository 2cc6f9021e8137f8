"""Rules within one manifest about requests: versions, affinity, failover and tokens."""

from collections.abc import Mapping

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.placement import strings, text
from platform_compiler.source.node import MapNode, Node, at, key_span

_OPAQUE = ("https", "tls", "udp")
_OF_TOKENS = ("audiences", "claims", "tokenFrom")
_OF_AUTH = ("publicPaths", "required")


def entries(node: Node | None) -> Mapping[str, Node]:
    """Return the entries of a mapping, or nothing."""
    return node.entries if isinstance(node, MapNode) else {}


def version_names(spec: MapNode, bag: Bag) -> None:
    """Report a version that is called like the spec itself."""
    versions = at(spec, "versions")
    if isinstance(versions, MapNode) and "stable" in versions.entries:
        bag.add(
            "PC1330",
            "`stable` is the version that the spec itself is",
            key_span(versions, "stable"),
            help="call it otherwise, such as `canary`",
        )


def version_ports(spec: MapNode, bag: Bag) -> None:
    """Report several versions on a port that nobody can share out between them."""
    if not entries(at(spec, "versions")):
        return
    for name, port in entries(at(spec, "ports")).items():
        protocol, internal = text(port, "protocol"), at(port, "internal")
        if protocol in _OPAQUE and not (internal and getattr(internal, "value", False)):
            bag.add(
                "PC1333",
                f"nobody can share out port `{name}`, which speaks {protocol}, between versions",
                key_span(spec, "versions"),
                also=[Label(port.span, "this port")],
                help="run one version, or put the port into an application of its own",
            )


def affinity(spec: MapNode, bag: Bag) -> None:
    """Report an affinity that does not say by what, says it twice, or leaves nothing to choose for a policy."""
    balancer = at(spec, "traffic", "loadBalancer")
    node = at(balancer, "affinity")
    if node is None:
        return
    by = [word for word in ("cookie", "header") if at(node, word) is not None]
    if len(by) != 1:
        told = "names both a cookie and a header" if by else "names neither a cookie nor a header"
        bag.add("PC1331", f"the affinity {told}", node.span, help="name one of them")
    lifetime = at(node, "ttl")
    if by == ["header"] and lifetime is not None:
        bag.add("PC1331", "a header has no lifetime", lifetime.span, help="take out `ttl`: it is for a cookie")
    policy = at(balancer, "policy")
    if policy is not None and text(balancer, "policy") != "leastRequest":
        bag.add(
            "PC1331",
            "the affinity chooses the replica, so the policy has nothing to choose",
            policy.span,
            also=[Label(node.span, "this affinity")],
            help="take out one of them",
        )


def failover_pairs(spec: MapNode, bag: Bag) -> None:
    """Report a region that fails over to itself."""
    for region, node in entries(at(spec, "resilience", "failover", "to")).items():
        if region == getattr(node, "value", None):
            bag.add("PC1332", f"`{region}` fails over to itself", node.span, help="name another region")


def token_words(spec: MapNode, bag: Bag) -> None:
    """Report conditions on a token where no token is asked for."""
    for rule in entries(at(spec, "access")).values():
        if at(rule, "jwt") is None:
            _without_token(rule, ("audiences", "claims"), bag)
    for exposure in entries(at(spec, "expose")).values():
        auth = at(exposure, "auth")
        if at(auth, "jwt") is None:
            words = _OF_TOKENS if at(auth, "external") is not None else (*_OF_TOKENS, *_OF_AUTH)
            _without_token(auth, words, bag)


def client_certificates(spec: MapNode, bag: Bag) -> None:
    """Report clients that shall prove who they are to nobody, and the other way round."""
    for exposure in entries(at(spec, "expose")).values():
        tls = at(exposure, "tls")
        authority, mutual = at(tls, "clientCA"), text(tls, "mode") == "mutual"
        if tls is not None and mutual and authority is None:
            bag.add(
                "PC1337",
                "`mutual` asks clients for a certificate, and nobody says who signs it",
                tls.span,
                help="name the Secret in the gateway's namespace that holds the authority: `clientCA: ...`",
            )
        if authority is not None and not mutual:
            bag.add(
                "PC1337",
                "`clientCA` is asked of nobody: TLS is not mutual",
                authority.span,
                help="write `mode: mutual`, or take it out",
            )


def _without_token(rule: Node | None, words: tuple[str, ...], bag: Bag) -> None:
    for word in words:
        node = at(rule, word)
        if node is not None:
            bag.add(
                "PC1334",
                f"`{word}` is about a token, and none is asked for",
                node.span,
                help="say who signs it: `jwt: ...`, a name of `identityProviders`",
            )


def idle_retries(spec: MapNode, bag: Bag) -> None:
    """Report how tries are made where the same document asks for none."""
    traffic = at(spec, "traffic")
    for scope in (traffic, *entries(at(traffic, "routes")).values()):
        attempts = at(scope, "retries", "attempts")
        if attempts is None or getattr(attempts, "value", None) != 0:
            continue
        for word in ("perTryTimeout", "retryOn"):
            node = at(scope, "retries", word)
            if node is not None and node.span.path == attempts.span.path:
                bag.add(
                    "PC1335",
                    f"`{word}` has no effect: nothing is tried again",
                    node.span,
                    also=[Label(attempts.span, "no attempts")],
                    help="take it out, or write how many `attempts` there are",
                )


def route_conditions(spec: MapNode, bag: Bag) -> None:
    """Report a route that takes every request: what all requests have in common is said above the routes."""
    routes = at(spec, "traffic", "routes")
    for name, route in entries(routes).items():
        narrows = [word for word in ("methods", "headers") if entries(at(route, word)) or strings(at(route, word))]
        paths = strings(at(route, "paths"))
        if not narrows and (not paths or "/*" in paths):
            bag.add(
                "PC1336",
                f"route `{name}` takes every request",
                key_span(routes, name) if isinstance(routes, MapNode) else route.span,
                help="name paths, methods or headers, or say it of all requests, above `routes`",
            )
