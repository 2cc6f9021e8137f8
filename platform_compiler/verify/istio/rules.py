"""The rules of AuthorizationPolicies, with the places of their parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.istio.scope import SECURITY
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World

REQUEST_AUTH = "request.auth."
_REQUEST = "request."


class Part(NamedTuple):
    """A rule, a source, an operation or a condition, and where it stands in its object."""

    path: Path
    body: Body


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a policy: who it is about, what, and what else must hold."""

    policy: Item
    path: Path
    body: Body
    sources: tuple[Part, ...]
    operations: tuple[Part, ...]
    conditions: tuple[Part, ...]


def policies(world: World) -> Iterator[Item]:
    """Yield the AuthorizationPolicies that are in force."""
    return (item for item in world.of(SECURITY, "AuthorizationPolicy") if in_force(item))


def in_force(policy: Item) -> bool:
    """Whether a policy counts: a dry run admits and denies nobody."""
    return text(policy.body, "metadata", "annotations", "istio.io/dry-run") != "true"


def rules_of(policy: Item) -> list[Rule]:
    """Return the rules of a policy."""
    return [_rule(policy, ("spec", "rules", i), body) for i, body in maps(policy.body, "spec", "rules")]


def _rule(policy: Item, path: Path, body: Body) -> Rule:
    sources = tuple(Part((*path, "from", i, "source"), a_map(entry, "source")) for i, entry in maps(body, "from"))
    operations = tuple(Part((*path, "to", i, "operation"), a_map(entry, "operation")) for i, entry in maps(body, "to"))
    conditions = tuple(Part((*path, "when", i), entry) for i, entry in maps(body, "when"))
    return Rule(policy, path, body, sources, operations, conditions)


def action_of(policy: Item) -> str:
    """Return what a policy does with what its rules match."""
    return text(policy.body, "spec", "action") or "ALLOW"


def speaks_of_requests(condition: Part) -> bool:
    """Whether a condition needs a request, so that plain connections never meet it."""
    return text(condition.body, "key").startswith(_REQUEST)


def speaks_of_tokens(rule: Rule) -> bool:
    """Whether a rule looks at the token of a request."""
    named = ("requestPrincipals", "notRequestPrincipals")
    return any(source.body.get(field) for source in rule.sources for field in named) or any(
        text(condition.body, "key").startswith(REQUEST_AUTH) for condition in rule.conditions
    )
