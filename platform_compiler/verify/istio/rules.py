"""AuthorizationPolicies, read once: what they do, and their rules with the places of their parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias

from platform_compiler.objects import Body, Path, a_map, maps, text, texts
from platform_compiler.verify.istio.literals import portless, why_never
from platform_compiler.verify.istio.reading import Selection, selection_of
from platform_compiler.verify.istio.scope import SECURITY
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import World

REQUEST_AUTH = "request.auth."
_REQUEST = "request."
_CALLERS = ("principals", "serviceAccounts")
_SIDES = frozenset({"from", "to"})
_PLAIN = frozenset({"principals", "namespaces", "hosts", "ports", "methods", "paths"})
"""Fields of which no more is judged than what they list."""
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


Caller: TypeAlias = tuple[str, str, str]
"""A caller that a rule names: trust domain, empty for that of the cluster itself, namespace and service account."""


@dataclass(frozen=True, eq=False)
class Policy:
    """What a policy says: what it does with what its rules match, and for which pods."""

    body: Body
    action: str
    in_force: bool
    """Whether it counts; a dry run admits and denies nobody."""
    selection: Selection
    """The pods that it selects; no labels where it names none."""
    ports: frozenset[str]
    """Every port that its rules name."""
    callers: frozenset[Caller]
    """Every caller that its rules name, and not by a pattern."""
    is_plain: bool
    """Whether its rules say in the plainest way who may do what, so that nothing is wrong with them by themselves."""

    @cached_property
    def rules(self) -> Sequence[Rule]:
        """Its rules in full."""
        return [_rule(("spec", "rules", i), rule) for i, rule in maps(self.body, "spec", "rules")]


def policies(world: World) -> Sequence[tuple[Item, Policy]]:
    """Return every AuthorizationPolicy, read once."""
    return world.once(_policies)


def in_force(world: World) -> Iterator[tuple[Item, Policy]]:
    """Yield the AuthorizationPolicies that count."""
    return (told for told in policies(world) if told[1].in_force)


def named(policy: Policy, field: str) -> Iterator[tuple[Path, str]]:
    """Yield the texts that a field of sources and operations lists, with their places."""
    for rule in policy.rules:
        for part in (*rule.sources, *rule.operations):
            for i, value in enumerate(part.fields.get(field, ())):
                if isinstance(value, str):
                    yield (*part.path, field, i), value


def places_of(policy: Policy, caller: Caller) -> Iterator[Path]:
    """Yield where a policy names a caller."""
    for field in _CALLERS:
        for path, name in named(policy, field):
            if _caller(field, name, policy.selection.namespace) == caller:
                yield path


def _caller(field: str, name: str, own: str) -> Caller | None:
    """Return the caller that a policy of namespace `own` names, None where it is a pattern."""
    if field == "principals":
        return _identity(name)
    namespace, _, account = name.rpartition("/")
    return "", namespace or own, account


def _policies(world: World) -> Sequence[tuple[Item, Policy]]:
    return list(world.read(SECURITY, "AuthorizationPolicy", _policy))


def _policy(body: Body) -> Policy:
    metadata, spec = a_map(body, "metadata"), a_map(body, "spec")
    own, rules = text(metadata, "namespace") or "default", [rule for _, rule in maps(spec, "rules")]
    sources = [a_map(entry, "source") for rule in rules for _, entry in maps(rule, "from")]
    operations = [a_map(entry, "operation") for rule in rules for _, entry in maps(rule, "to")]
    callers = [
        _caller(field, name, own)
        for field in _CALLERS
        for source in sources
        if field in source
        for name in texts(source, field)
    ]
    return Policy(
        body,
        text(spec, "action") or "ALLOW",
        text(metadata, "annotations", "istio.io/dry-run") != "true",
        selection_of(own, a_map(spec, "selector", "matchLabels")),
        frozenset([port for operation in operations if "ports" in operation for port in texts(operation, "ports")]),
        frozenset([caller for caller in callers if caller]),
        bool(rules) and _is_plain(spec, rules, (*sources, *operations)),
    )


@lru_cache(maxsize=4096)
def _identity(principal: str) -> Caller | None:
    found = _PRINCIPAL.match(principal)
    return (found[1], found[2], found[3]) if found else None


def _is_plain(spec: Body, rules: Sequence[Body], parts: Sequence[Body]) -> bool:
    """Whether rules name callers and requests outright, each by one source and one operation at most."""
    if spec.get("action", "ALLOW") != "ALLOW" or "provider" in spec or not all(map(_has_one_of_each, rules)):
        return False
    try:
        return all(parts) and all(_are_plain(field, tuple(told)) for part in parts for field, told in part.items())
    except TypeError:  # what is no list of texts
        return False


def _has_one_of_each(rule: Body) -> bool:
    """Whether a rule is of one source, one operation or both, and of nothing else."""
    for side, entries in rule.items():
        if side not in _SIDES or not (isinstance(entries, list) and len(entries) == 1 and isinstance(entries[0], dict)):
            return False
    return bool(rule)


@lru_cache(maxsize=4096)
def _are_plain(field: str, values: tuple[object, ...]) -> bool:
    """Whether a field lists what it means, each once."""
    told = [value for value in values if isinstance(value, str)]
    return (
        field in _PLAIN
        and 0 < len(values) == len(set(told))
        and not any(why_never(field, value) for value in told)
        and (field != "hosts" or portless(told) is None)
    )


def _rule(path: Path, body: Body) -> Rule:
    return Rule(
        path,
        body,
        [_part((*path, "from", i, "source"), a_map(entry, "source")) for i, entry in maps(body, "from")],
        [_part((*path, "to", i, "operation"), a_map(entry, "operation")) for i, entry in maps(body, "to")],
        [_part((*path, "when", i), entry) for i, entry in maps(body, "when")] if "when" in body else (),
    )


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
