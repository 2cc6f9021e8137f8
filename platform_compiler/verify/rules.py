"""Does an object keep the rules in CEL of its kind? What the API server would refuse by them, and in whose words.

A rule that has no value for an object refuses it, as it does on the API server.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from platform_compiler.cel.engine import Activation, EvaluationError, activation
from platform_compiler.diagnostics import Label, Span
from platform_compiler.objects import Path
from platform_compiler.schema.ruled import KindRules, Rule, Ruled, Unusable, rules_of
from platform_compiler.schema.seen import seen
from platform_compiler.schema.walk import Schema
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.places import dotted

_LONGEST_MESSAGE = 5 * 1024
_READABLE = 160
_CURES = {
    "FieldValueRequired": "a value is needed here: ",
    "FieldValueForbidden": "no value may stand here: ",
    "FieldValueDuplicate": "the value is there already: ",
}


@dataclass(frozen=True, slots=True)
class _SchemaFile:
    """Where a schema stands that was imported."""

    file: str

    def labels(self, path: Path, words: str, *, on_key: bool) -> tuple[Label, ...]:  # noqa: ARG002 -- as the protocol says
        return (Label(Span(self.file), words),)


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a kind, with the schema that they were written for."""

    schema: Schema
    kept: Ruled | None
    unusable: tuple[Fault, ...]

    def broken(self, item: Item) -> Iterator[Fault]:
        """Yield what an object breaks; its shape must be sound."""
        if self.kept is not None:
            yield from _judged(self.kept, seen(self.schema, item.body, self.schema.get("$defs", {})), (), item)


def rules(kind: str, schema: Schema, file: str) -> Rules:
    """Return the rules of a kind, whose schema stands in a file below schemas/."""
    found: KindRules = rules_of(schema)
    place = Item({"kind": kind}, "", _SchemaFile(file))
    return Rules(schema, found.ruled, tuple(_useless(place, one) for one in found.unusable))


def _useless(place: Item, unusable: Unusable) -> Fault:
    field = f" of `{dotted(unusable.path).replace('[0]', '[]')}`" if unusable.path else ""
    words = f"a rule{field} does not compile: {unusable.words}"
    return Fault(
        "PC5013", place, (), words, f"{_shown(unusable.text)} is judged nowhere until it is taken out or mended"
    )


def _judged(ruled: Ruled, value: Any, path: Path, item: Item) -> Iterator[Fault]:
    if value is None:
        return
    if ruled.rules:
        yield from _here(ruled.rules, value, path, item)
    if isinstance(value, dict):
        for key, (name, below) in ruled.properties.items():
            if key in value:
                yield from _judged(below, value[key], (*path, name), item)
        if rest := ruled.rest:
            for key, one in value.items():
                yield from _judged(rest, one, (*path, key), item)
    elif isinstance(value, list) and (items := ruled.items):
        for i, one in enumerate(value):
            yield from _judged(items, one, (*path, i), item)


def _here(own: tuple[Rule, ...], value: Any, path: Path, item: Item) -> Iterator[Fault]:
    """Yield the rules of one value that refuse it."""
    try:
        given = activation({"self": value})
    except EvaluationError as trouble:
        yield _unjudged(item, path, own[0], str(trouble))
        return
    for rule in own:
        try:
            verdict = rule.judge.value(given)
        except EvaluationError as trouble:
            yield _unjudged(item, path, rule, str(trouble))
            continue
        if verdict is False:
            words = f"a rule of its kind refuses it: {_message(rule, given)}"
            cure = f"{_CURES.get(rule.reason, '')}the rule is {_shown(rule.text)}"
            yield Fault("PC5011", item, (*path, *rule.field_path), words, cure)
        elif verdict is not True:
            yield _unjudged(item, path, rule, "its value is neither true nor false")


def _unjudged(item: Item, path: Path, rule: Rule, trouble: str) -> Fault:
    words = f"a rule of its kind has no verdict: {trouble}"
    return Fault("PC5012", item, path, words, f"the API server refuses it, too; the rule is {_shown(rule.text)}")


def _message(rule: Rule, given: Activation) -> str:
    """Return what the author of a rule says of a value; what cannot be said gives way to the fixed words."""
    said = _worked_out(rule, given)
    if said and "\n" not in said and len(said.encode()) <= _LONGEST_MESSAGE:
        return said
    return " ".join(rule.message.split()) or f"failed rule: {_shown(rule.text)}"


def _worked_out(rule: Rule, given: Activation) -> str:
    if rule.message_expression is None:
        return ""
    try:
        said = rule.message_expression.value(given)
    except EvaluationError:
        return ""
    return said.strip() if isinstance(said, str) else ""


def _shown(text: str) -> str:
    """Return a rule on one line, cut where it is too long to read."""
    line = " ".join(text.split())
    return f"`{line}`" if len(line) <= _READABLE else f"`{line[:_READABLE]}...`"
