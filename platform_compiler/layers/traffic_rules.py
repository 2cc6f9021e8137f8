"""Rules within one manifest about requests: versions, affinity, failover and tokens."""

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.placement import text
from platform_compiler.source.node import MapNode, Node, at, key_span

_OPAQUE = ("https", "tls", "udp")
_OF_TOKENS = ("audiences", "claims", "tokenFrom")
_OF_AUTH = ("publicPaths", "required")


def entries(node: Node | None) -> dict[str, Node]:
    """Return the entries of a mapping, or nothing."""
    return dict(node.entries) if isinstance(node, MapNode) else {}


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
