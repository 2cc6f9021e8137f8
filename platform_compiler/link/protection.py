"""What needs a token: exposures and access rules, and which paths each of them decides about."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from platform_compiler.layers.placement import strings, text
from platform_compiler.link.facts import entries
from platform_compiler.link.model import AccessRule, PathPattern, Route
from platform_compiler.link.paths import meet
from platform_compiler.source.node import Node, at

ALL = (PathPattern("/*"),)


class TokenRule(NamedTuple):
    """A token that is asked for: who signed it, for whom, and what it must say."""

    provider: str
    audiences: tuple[str, ...]
    claims: tuple[tuple[str, tuple[str, ...]], ...]
    required: bool = True
    """Whether a request without any token is refused; one with a bad token always is."""


def auth_of(route: Route) -> Node | None:
    """Return the `auth` of an exposure."""
    return at(route.target.spec, "expose", route.exposure.name, "auth")


def token_rule_of(route: Route) -> TokenRule | None:
    """Return the token that an exposure asks for."""
    auth = auth_of(route)
    provider = text(auth, "jwt")
    if provider is None:
        return None
    claims = sorted(entries(at(auth, "claims")).items())
    return TokenRule(
        provider,
        tuple(strings(at(auth, "audiences"))),
        tuple((claim, tuple(strings(node))) for claim, node in claims),
        getattr(at(auth, "required"), "value", True) is not False,
    )


def token_rules(access: Iterable[AccessRule], routes: Iterable[Route]) -> Iterator[tuple[TokenRule, str]]:
    """Yield every token that is asked for, with the name of the exposure, or `` for access rules."""
    for route in routes:
        wanted = token_rule_of(route)
        if wanted is not None:
            yield wanted, route.exposure.name
    for rule in access:
        if rule.jwt is not None:
            yield TokenRule(rule.jwt, rule.audiences, rule.claims), ""


def public_paths(route: Route) -> tuple[PathPattern, ...]:
    """Return the paths of an exposure that need no token."""
    return tuple(sorted({PathPattern(path) for path in strings(at(auth_of(route), "publicPaths"))}))


def carved_out(route: Route, others: Iterable[Route]) -> tuple[PathPattern, ...]:
    """Return the paths of other exposures that lie inside this one's, on the same host, under other conditions.

    Where paths are replaced on the way, none of them do: what the program sees of the two does not meet (PC2475).
    """
    return tuple(
        sorted(
            {
                theirs
                for other in others
                if other is not route and under_other_conditions(route, other)
                if route.exposure.rewrite is None and other.exposure.rewrite is None
                for mine in route.exposure.paths or ALL
                for theirs in other.exposure.paths or ALL
                if mine != theirs and meet(mine, theirs) == theirs
            }
        )
    )


def under_other_conditions(one: Route, other: Route) -> bool:
    """Whether two exposures take requests of the same host and method, and ask for different tokens."""
    alike = token_rule_of(one) == token_rule_of(other) or not same_place(one, other)
    return not alike and methods_meet(one.exposure.methods, other.exposure.methods)


def same_place(one: Route, other: Route) -> bool:
    """Whether two exposures answer the same host by the same port."""
    return one.host == other.host and one.port == other.port


def methods_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists of methods share one; an empty list is all of them."""
    return not one or not other or not set(one).isdisjoint(other)
