"""The expressions of a policy one by one, as they are written: variables are names here and not bound."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from platform_compiler.cel.engine import Expression, language
from platform_compiler.cel.tree import Part, Tree, names_in
from platform_compiler.diagnostics import Span
from platform_compiler.policy.compiled import NAMES
from platform_compiler.policy.flaws import place_in
from platform_compiler.policy.model import Policy, Text
from platform_compiler.source.node import ScalarNode, at

PREFIX = "variables."
Role: TypeAlias = Literal["variable", "condition", "validation", "message", "audit"]


@dataclass(frozen=True)
class Written:
    """One expression: what it is for, its name or position among its likes, and its tree."""

    role: Role
    name: str
    text: Text
    expression: Expression

    @cached_property
    def tree(self) -> Tree:
        """The checked syntax tree."""
        return self.expression.tree()

    @cached_property
    def offsets(self) -> Mapping[int, int]:
        """Where every part begins in the text."""
        return {entry.key: entry.value for entry in self.tree.source_info.positions}


@dataclass(frozen=True)
class Sheet:
    """All expressions of a policy, and the bytes of the file they stand in."""

    policy: Policy
    all: tuple[Written, ...]
    data: bytes

    @cached_property
    def variables(self) -> dict[str, Written]:
        """Variables by the name that expressions call them by."""
        return {PREFIX + one.name: one for one in self.of("variable")}

    def of(self, *roles: Role) -> Iterator[Written]:
        """Yield the expressions that are for something."""
        return (one for one in self.all if one.role in roles)

    def span(self, written: Written, part: Part) -> Span:
        """Return where a part of an expression stands."""
        return self.span_at(written, written.offsets.get(part.id, 0))

    def span_at(self, written: Written, offset: int = 0) -> Span:
        """Return where a character of an expression stands."""
        node = at(self.policy.tree, *written.text.path)
        assert isinstance(node, ScalarNode)
        before = written.text.text[:offset]
        return place_in(node, self.data, before.count("\n") + 1, len(before) - before.rfind("\n"))

    def names(self, written: Written) -> frozenset[str]:
        """Return every name that an expression reads, also by way of variables."""
        found = set(names_in(written.tree))
        for name in reversed(self.variables):
            if name in found:
                found |= names_in(self.variables[name].tree)
        return frozenset(found)


def sheet_of(policy: Policy, data: bytes) -> Sheet:
    """Return the expressions of a policy that compiles."""
    speech = language(*NAMES)
    found: list[Written] = []
    for name, text in policy.variables:
        expression = speech.compile(text.text)
        speech = speech.with_names({PREFIX + name: expression.type})
        found.append(Written("variable", name, text, expression))
    others: list[tuple[Role, str, Text]] = [("condition", name, text) for name, text in policy.conditions]
    for index, validation in enumerate(policy.validations):
        others.append(("validation", str(index), validation.expression))
        if validation.message_expression:
            others.append(("message", str(index), validation.message_expression))
    others += [("audit", name, text) for name, text in policy.audits]
    found += [Written(role, name, text, speech.compile(text.text)) for role, name, text in others]
    return Sheet(policy, tuple(found), data)
