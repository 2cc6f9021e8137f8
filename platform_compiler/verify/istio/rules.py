"""The rules of AuthorizationPolicies, with the places of their parts."""

from collections.abc import Iterator
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


class Rule(NamedTuple):
    """A rule of a policy."""

    policy: Item
    path: Path
    body: Body

    @property
    def sources(self) -> list[Part]:
        """Who the rule is about."""
        return [Part((*self.path, "from", i, "source"), a_map(entry, "source")) for i, entry in maps(self.body, "from")]

    @property
    def operations(self) -> list[Part]:
        """What the rule is about."""
        return [
            Part((*self.path, "to", i, "operation"), a_map(entry, "operation")) for i, entry in maps(self.body, "to")
        ]

    @property
    def conditions(self) -> list[Part]:
        """What else must hold."""
        return [Part((*self.path, "when", i), entry) for i, entry in maps(self.body, "when")]


def policies(world: World) -> Iterator[Item]:
    """Yield the AuthorizationPolicies that are in force: a dry run admits and denies nobody."""
    for item in world.of(SECURITY, "AuthorizationPolicy"):
        if text(item.body, "metadata", "annotations", "istio.io/dry-run") != "true":
            yield item


def rules_of(policy: Item) -> list[Rule]:
    """Return the rules of a policy."""
    return [Rule(policy, ("spec", "rules", i), body) for i, body in maps(policy.body, "spec", "rules")]


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
