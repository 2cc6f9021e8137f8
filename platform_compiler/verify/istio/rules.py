"""AuthorizationPolicies, read once: what they do, and their rules with the places of their parts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text, texts
from platform_compiler.verify.istio.scope import SECURITY
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World

REQUEST_AUTH = "request.auth."
_REQUEST = "request."


class Part(NamedTuple):
    """A source, an operation or a condition, where it stands in its object, and its fields that say something.

    Each field comes with its list, an empty one where it holds none.
    """

    path: Path
    body: Body
    fields: Mapping[str, Sequence[Any]]


class Rule(NamedTuple):
    """A rule of a policy: who it is about, what, and what else must hold."""

    path: Path
    body: Body
    sources: Sequence[Part]
    operations: Sequence[Part]
    conditions: Sequence[Part]


class Policy(NamedTuple):
    """A policy: what it does with what its rules match, and whether it counts; a dry run admits and denies nobody."""

    item: Item
    action: str
    in_force: bool
    rules: Sequence[Rule]
    ports: Sequence[tuple[Path, str]]
    """Every port that its rules name, with its place."""


def policies(world: World) -> Sequence[Policy]:
    """Return every AuthorizationPolicy, read once."""
    return world.once(_policies)


def in_force(world: World) -> Iterator[Policy]:
    """Yield the AuthorizationPolicies that count."""
    return (policy for policy in policies(world) if policy.in_force)


def _policies(world: World) -> Sequence[Policy]:
    return [Policy(item, *told) for item, told in world.read(SECURITY, "AuthorizationPolicy", _told)]


def _told(body: Body) -> tuple[str, bool, Sequence[Rule], Sequence[tuple[Path, str]]]:
    action = text(body, "spec", "action") or "ALLOW"
    counts = text(body, "metadata", "annotations", "istio.io/dry-run") != "true"
    rules = [_rule(("spec", "rules", i), rule) for i, rule in maps(body, "spec", "rules")]
    ports = [port for rule in rules for operation in rule.operations for port in _ports(operation)]
    return action, counts, rules, ports


def _ports(operation: Part) -> list[tuple[Path, str]]:
    path, body, _ = operation
    return [((*path, "ports", i), port) for i, port in enumerate(texts(body, "ports"))]


def _rule(path: Path, body: Body) -> Rule:
    sources = [_part((*path, "from", i, "source"), a_map(entry, "source")) for i, entry in maps(body, "from")]
    operations = [_part((*path, "to", i, "operation"), a_map(entry, "operation")) for i, entry in maps(body, "to")]
    conditions = [_part((*path, "when", i), entry) for i, entry in maps(body, "when")] if "when" in body else ()
    return Rule(path, body, sources, operations, conditions)


def _part(path: Path, body: Body) -> Part:
    return Part(path, body, {field: told if isinstance(told, list) else () for field, told in body.items() if told})


def speaks_of_requests(condition: Part) -> bool:
    """Whether a condition needs a request, so that plain connections never meet it."""
    return text(condition.body, "key").startswith(_REQUEST)


def speaks_of_tokens(rule: Rule) -> bool:
    """Whether a rule looks at the token of a request."""
    named = ("requestPrincipals", "notRequestPrincipals")
    return any(field in source.fields for source in rule.sources for field in named) or any(
        text(condition.body, "key").startswith(REQUEST_AUTH) for condition in rule.conditions
    )
