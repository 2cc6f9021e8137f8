"""AuthorizationPolicies, read once: what they do, and their rules with the places of their parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.istio.scope import SECURITY
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import Wanted, World, wanted_of

REQUEST_AUTH = "request.auth."
_REQUEST = "request."
_PRINCIPAL = re.compile(r"([^/*]+)/ns/([^/*]+)/sa/([^/*]+)\Z")


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


class Caller(NamedTuple):
    """A caller that a rule names: where, and its trust domain, empty for that of the cluster itself."""

    path: Path
    domain: str
    namespace: str
    account: str


class Policy(NamedTuple):
    """A policy: what it does with what its rules match, and whether it counts; a dry run admits and denies nobody."""

    item: Item
    action: str
    in_force: bool
    wanted: Wanted | None
    """The pods that it selects, None where it names none."""
    rules: Sequence[Rule]
    parts: Sequence[Part]
    """The sources and operations of all rules."""
    named: frozenset[str]
    """The fields that say something in any of them."""
    ports: Sequence[tuple[Path, str]]
    """Every port that its rules name, with its place."""
    callers: Sequence[Caller]


def policies(world: World) -> Sequence[Policy]:
    """Return every AuthorizationPolicy, read once."""
    return world.once(_policies)


def in_force(world: World) -> Iterator[Policy]:
    """Yield the AuthorizationPolicies that count."""
    return (policy for policy in policies(world) if policy.in_force)


def _policies(world: World) -> Sequence[Policy]:
    return [Policy(item, *told) for item, told in world.read(SECURITY, "AuthorizationPolicy", _told)]


_Told: TypeAlias = tuple[
    str,
    bool,
    Wanted | None,
    Sequence[Rule],
    Sequence[Part],
    frozenset[str],
    Sequence[tuple[Path, str]],
    Sequence[Caller],
]
"""What a policy says: a Policy without its object."""


def _told(body: Body) -> _Told:
    metadata, spec = a_map(body, "metadata"), a_map(body, "spec")
    own = text(metadata, "namespace") or "default"
    labels = a_map(spec, "selector", "matchLabels")
    rules = [_rule(("spec", "rules", i), rule) for i, rule in maps(spec, "rules")]
    parts = [part for rule in rules for part in (*rule.sources, *rule.operations)]
    return (
        text(spec, "action") or "ALLOW",
        text(metadata, "annotations", "istio.io/dry-run") != "true",
        wanted_of(own, labels) if labels else None,
        rules,
        parts,
        frozenset([field for part in parts for field in part.fields]),
        [port for rule in rules for operation in rule.operations for port in _ports(operation)],
        [caller for rule in rules for source in rule.sources for caller in _callers(source, own)],
    )


def _ports(operation: Part) -> list[tuple[Path, str]]:
    path, _, fields = operation
    return [((*path, "ports", i), port) for i, port in enumerate(fields.get("ports", ())) if isinstance(port, str)]


def _callers(source: Part, own: str) -> Iterator[Caller]:
    """Yield the callers that a source names one by one, and not by a pattern."""
    path, _, fields = source
    for i, principal in enumerate(fields.get("principals", ())):
        if isinstance(principal, str) and (found := _identity(principal)):
            yield Caller((*path, "principals", i), *found)
    for i, name in enumerate(fields.get("serviceAccounts", ())):
        if isinstance(name, str):
            namespace, _, account = name.rpartition("/")
            yield Caller((*path, "serviceAccounts", i), "", namespace or own, account)


@lru_cache(maxsize=4096)
def _identity(principal: str) -> tuple[str, str, str] | None:
    """Return trust domain, namespace and service account, None where a principal is a pattern."""
    found = _PRINCIPAL.match(principal)
    return (found[1], found[2], found[3]) if found else None


def _rule(path: Path, body: Body) -> Rule:
    sources = _parts(path, body, "from", "source") if "from" in body else ()
    operations = _parts(path, body, "to", "operation") if "to" in body else ()
    conditions = [_part((*path, "when", i), entry) for i, entry in maps(body, "when")] if "when" in body else ()
    return Rule(path, body, sources, operations, conditions)


def _parts(path: Path, rule: Body, field: str, below: str) -> list[Part]:
    return [_part((*path, field, i, below), a_map(entry, below)) for i, entry in maps(rule, field)]


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
