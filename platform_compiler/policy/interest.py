"""Which policies have to be asked about changes at all: those that may say more of them than of a new object.

That is so where a rule is for changes or deletions only, where an expression reads what was, or where labels select,
since those that an object had count too. It is told from the policies alone, before anything of a cluster is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from platform_compiler.cel.tree import names_in
from platform_compiler.diagnostics import Bag
from platform_compiler.objects import Body, group_of, kind_of, makes_pods
from platform_compiler.policy.match import names_kind
from platform_compiler.policy.plurals import resource_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from platform_compiler.policy.compiled import Compiled
    from platform_compiler.policy.model import Match, Policy, Rule
    from platform_compiler.policy.repository import Policies
    from platform_compiler.policy.sets import PolicySet
    from platform_compiler.policy.subject import Operation

_WHAT_WAS = frozenset({"oldObject", "request"})
"""What expressions read that is not the same when an object is made and when it is changed."""


@dataclass(frozen=True, slots=True)
class Interest:
    """The policies that may say more of a change, or of a deletion, than of a new object; by name."""

    updates: Mapping[str, Policy]
    deletes: Mapping[str, Policy]

    def __bool__(self) -> bool:
        return bool(self.updates or self.deletes)

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return frozenset((*self.updates, *self.deletes))

    def asks(self, body: Body, *, goes: bool) -> bool:
        """Whether one of them is for objects of this kind, or for the pods that they make."""
        group, kind = group_of(body), kind_of(body)
        return any(
            names_kind(policy.match, group, resource_of(kind))
            or (makes_pods(kind) and policy.expands and names_kind(policy.match, "", "pods"))
            for policy in (self.deletes if goes else self.updates).values()
        )


def interest(
    policies: Policies, sets: Iterable[PolicySet], names: frozenset[str], *, manifests: bool = False
) -> Interest:
    """Return which of some policies, on resources or on manifests, have to be asked where the state before is known.

    `sets` and the repository's own bindings say for which labels they hold.
    """
    of_manifests = policies.for_manifests(names)
    ready = policies.ready(of_manifests if manifests else names - of_manifests, Bag())
    limits = {binding.policy: binding.match for binding in policies.own.bindings.values() if binding.match}
    labelled = {name for one in sets for entry in one.enforce if entry.labels for name in one.named(ready)}
    updates = {
        name: one.policy
        for name, one in ready.items()
        if _names("UPDATE", one.policy.match)
        and (
            name in labelled
            or any(_tells_apart(match) for match in (one.policy.match, limits.get(name)) if match)
            or _reads_what_was(one)
        )
    }
    return Interest(updates, {name: one.policy for name, one in ready.items() if _names("DELETE", one.policy.match)})


def _names(operation: Operation, match: Match) -> bool:
    return any(_is_for(rule, operation) for rule in match.rules)


def _is_for(rule: Rule, operation: Operation) -> bool:
    return operation in rule.operations or "*" in rule.operations


def _tells_apart(match: Match) -> bool:
    """Whether a change may be meant where the same object made anew is not: labels count as they were, too."""
    only_updates = any(_is_for(rule, "UPDATE") and not _is_for(rule, "CREATE") for rule in match.rules)
    but_creates = any(_is_for(rule, "CREATE") and not _is_for(rule, "UPDATE") for rule in match.excluded)
    return bool(match.objects) or only_updates or but_creates


def _reads_what_was(compiled: Compiled) -> bool:
    policy = compiled.policy
    written = [one.expression.text for one in policy.validations]
    written += [text.text for _, text in (*policy.conditions, *policy.variables)]
    if not any(name in words for words in written for name in _WHAT_WAS):
        return False
    read = chain((one for _, one in compiled.conditions), compiled.validations)
    return any(names_in(one.tree()) & _WHAT_WAS for one in read)
