"""The rules in CEL of a kind, ready to judge: `x-kubernetes-validations` with the ways that lead to them.

Transition rules, which compare with the object that was there before, are left out: nobody gives one. Those that do
without it (`optionalOldSelf`) are told that there is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from platform_compiler.cel.engine import ANY, BadExpressionError, Expression, language
from platform_compiler.objects import Path, maps, text
from platform_compiler.schema.escaping import escaped
from platform_compiler.schema.openapi import RULES
from platform_compiler.schema.typed import typed
from platform_compiler.schema.walk import Schema

_SELF, _OLD = "self", "oldSelf"
_STEP = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]")


class Rule(NamedTuple):
    """One rule: its text, how to judge it, and what is said of a value that it refuses, at which field below it."""

    text: str
    judge: Expression
    message: str
    message_expression: Expression | None
    reason: str
    field_path: Path


class Unusable(NamedTuple):
    """A rule that does not compile: the field it belongs to, its text, and why."""

    path: Path
    text: str
    words: str


@dataclass(slots=True, eq=False)
class Ruled:
    """What of a schema leads to rules: those of this value, and the ways on by the names that rules use."""

    rules: tuple[Rule, ...] = ()
    properties: dict[str, tuple[str, "Ruled"]] = field(default_factory=dict)
    """By escaped name, the name itself and what is below."""
    items: "Ruled | None" = None
    rest: "Ruled | None" = None


class KindRules(NamedTuple):
    """All rules of a kind: None where none judges anything, and those that cannot."""

    ruled: Ruled | None
    unusable: tuple[Unusable, ...]


def rules_of(schema: Schema) -> KindRules:
    """Return the rules of a kind, compiled."""
    cutter = _Cutter(schema.get("$defs", {}))
    ruled = cutter.cut(schema, ())
    return KindRules(ruled, tuple(cutter.unusable))


@dataclass(slots=True)
class _Cutter:
    """Cuts one schema; a definition that refers to itself is cut once."""

    definitions: Mapping[str, Schema]
    unusable: list[Unusable] = field(default_factory=list)
    named: dict[str, Ruled | None] = field(default_factory=dict)

    def cut(self, schema: Any, path: Path) -> Ruled | None:
        """Return the way that a schema is, or None where it leads to no rule."""
        if not isinstance(schema, dict):
            return None
        if "$ref" not in schema:
            return self._below(schema, Ruled(), path)
        name = schema["$ref"].rpartition("/")[2]
        if name not in self.named:
            way = self.named[name] = Ruled()
            self.named[name] = self._below(self.definitions[name], way, path)
        return self.named[name]

    def _below(self, schema: Schema, way: Ruled, path: Path) -> Ruled | None:
        way.rules = tuple(self._rules(schema, path))
        for name, below in schema.get("properties", {}).items():
            if found := self.cut(below, (*path, name)):
                way.properties[escaped(name)] = (name, found)
        way.items = self.cut(schema.get("items"), (*path, 0))
        way.rest = self.cut(schema.get("additionalProperties"), (*path, "*"))
        return way if way.rules or way.properties or way.items or way.rest else None

    def _rules(self, schema: Schema, path: Path) -> Iterator[Rule]:
        for _, rule in maps(schema, RULES):
            words = text(rule, "rule")
            optional = rule.get("optionalOldSelf") is True
            judge = self._compiled(words, schema, path, ("bool", "dyn"), optional=optional)
            if judge is None:
                continue
            said = text(rule, "messageExpression")
            speaks = self._compiled(said, schema, path, ("string", "dyn"), optional=optional) if said else None
            where = _steps(text(rule, "fieldPath"))
            yield Rule(words, judge, text(rule, "message").strip(), speaks, text(rule, "reason"), where)

    def _compiled(
        self, words: str, schema: Schema, path: Path, types: tuple[str, ...], *, optional: bool
    ) -> Expression | None:
        """Return an expression compiled; None where it cannot be used, which is noted, or is never asked."""
        if not words.strip():
            return None
        try:
            found = _compiled(words, optional=optional)
        except BadExpressionError as bad:
            self.unusable.append(Unusable(path, words, str(bad)))
            return None
        if found is not None and found.type_name not in types:
            self.unusable.append(Unusable(path, words, f"its value is a {found.type_name}, not a {types[0]}"))
            return None
        return found and typed(found, schema, self.definitions)


@cache
def _compiled(words: str, *, optional: bool) -> Expression | None:
    """Return an expression compiled, None where it needs the object that was there before."""
    try:
        return language(_SELF).compile(words)
    except BadExpressionError:
        both = language(_SELF).with_names({_OLD: ANY})
        found = both.compile(words)
    if not optional:
        return None
    return both.bound(found, [(_OLD, both.compile("optional.none()"))])


def _steps(written: str) -> Path:
    """Return a `fieldPath` as a path: `.spec.ports['a.b']`."""
    return tuple(plain or re.sub(r"\\(.)", r"\1", quoted) for plain, quoted in _STEP.findall(written))
