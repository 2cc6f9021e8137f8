"""Wording what a JSON Schema refuses: a walk over schema and node tree that gives each breach its exact span.

A compiled validator only says no; people need the nearest name, the bounds, the alternatives. The walk knows the part
of JSON Schema that our own schemas use; what it does not know it does not judge.
"""

import json
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from functools import partial
from typing import Any, NamedTuple

from platform_compiler.diagnostics import Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.schema.cures import as_another_type, quoted, with_unit
from platform_compiler.schema.patterns import matches
from platform_compiler.schema.ranges import unclear_range
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, key_span, plain
from platform_compiler.source.scalars import ambiguity

Schema = dict[str, Any]


class Rule(Enum):
    """What kind of breach it is."""

    UNKNOWN_KEY = auto()
    MISSING_KEY = auto()
    WRONG_TYPE = auto()
    AMBIGUOUS = auto()
    INVALID = auto()
    EMPTY = auto()
    NO_ALTERNATIVE = auto()


class Breach(NamedTuple):
    """One thing that a schema refuses: in words, where, and the cure (may be empty)."""

    rule: Rule
    message: str
    span: Span
    cure: str


def breaches(schema: Schema, node: Node, what: str, definitions: Mapping[str, Schema] | None = None) -> list[Breach]:
    """Return everything that `schema` refuses in `node`, which the words call `what`."""
    walk = _Walk(definitions or {})
    walk.judge(schema, node, what)
    return walk.breaches


class _Walk:
    """Compares trees with schemas; every method returns how many breaches it found."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self.breaches: list[Breach] = []

    def judge(self, schema: Schema, node: Node, what: str) -> int:
        if "$ref" in schema:
            schema = self._resolved(schema)
        if "anyOf" in schema or "oneOf" in schema:
            return self._alternatives(schema, node, what)
        kind = schema.get("type")
        if isinstance(node, ScalarNode) and node.value is None and kind not in (None, "null"):
            cure = "write `{}` for an empty mapping, or remove the line" if kind == "object" else "give it a value"
            return self._report(Rule.EMPTY, f"{what} has no value", node.span, cure)
        if kind == "object":
            return self._mapping(schema, node, what)
        if kind == "array":
            return self._list(schema, node, what)
        return self._scalar(schema, node, what) if kind or "enum" in schema or "const" in schema else 0

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            target = self._definitions[schema["$ref"].rpartition("/")[2]]
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}} if len(schema) > 1 else target
        return schema

    def _report(self, rule: Rule, message: str, span: Span, cure: str = "") -> int:
        self.breaches.append(Breach(rule, message, span, cure))
        return 1

    def _mapping(self, schema: Schema, node: Node, what: str) -> int:
        if not isinstance(node, MapNode):
            return self._wrong_type("a mapping", node, what, schema)
        properties = schema.get("properties", {})
        names = schema.get("propertyNames")
        rest = schema.get("additionalProperties", True)
        found = 0
        for key, value in node.entries.items():
            if key in properties:
                found += self.judge(properties[key], value, f"`{key}`")
            elif rest is False:
                found += self._unknown_key(key, node, properties, what)
            else:
                if names is not None:
                    found += self._key_name(names, key, key_span(node, key))
                if isinstance(rest, dict):
                    found += self.judge(rest, value, f"`{key}`")
        missing = [key for key in schema.get("required", ()) if key not in node.entries]
        found += sum(self._missing(key, properties.get(key, {}), node, what) for key in missing)
        if len(node.entries) > schema.get("maxProperties", len(node.entries)):
            fits = f"{len(node.entries)} entries; at most {schema['maxProperties']} fit"
            found += self._report(Rule.INVALID, f"{what} has {fits}", node.span)
        if len(node.entries) < schema.get("minProperties", 0):
            found += self._report(Rule.EMPTY, f"{what} is empty", node.span, "give it at least one entry")
        return found + self._groups(schema, node, what)

    def _groups(self, schema: Schema, node: MapNode, what: str) -> int:
        conditions = schema.get("allOf")
        if conditions is None:
            return 0
        too_new = (
            schema.get("x-since", {}).keys() & node.entries.keys()
        )  # told as such, and it might be one of the group
        groups = [condition["x-group"] for condition in conditions if "x-group" in condition and not too_new]
        found = sum(self._group(word, keys, node, what) for word, keys in groups)
        return found + sum(self._where(condition, node, what) for condition in conditions if "x-where" in condition)

    def _where(self, condition: Schema, node: MapNode, what: str) -> int:
        """Judge what has to hold where a key is there, or has a certain value."""
        if _Trial(self._definitions).judge(condition["if"], node, what):
            return 0
        key, wanted = condition["x-where"]
        why = _why(key, wanted, node.entries.get(key))
        found = sum(
            self._report(
                Rule.INVALID, f"{what} cannot have `{other}` {why}", key_span(node, other), f"remove `{other}`"
            )
            for other in condition["x-without"]
            if other in node.entries
        )
        then = condition["then"]
        for other in then.get("required", ()):
            if other not in node.entries:
                at = key_span(node, key) if key in node.entries else node.span
                found += self._report(Rule.MISSING_KEY, f"{what} lacks `{other}` {why}", at, f"add `{other}`")
        found += self._groups(then, node, what)
        below = ((other, closer) for other, closer in then.get("properties", {}).items() if other in node.entries)
        return found + sum(self.judge(closer, node.entries[other], f"`{other}` {why}") for other, closer in below)

    def _group(self, word: str, keys: list[str], node: MapNode, what: str) -> int:
        """Judge keys that exclude or need each other: `exactly one of`, `at most one of`, `at least one of`."""
        present = [key for key in keys if key in node.entries]
        listed = ", ".join(f"`{key}`" for key in keys)
        if not present and word != "at most one of":
            return self._report(Rule.MISSING_KEY, f"{what} has none of {listed}", node.span, f"set {word} them")
        if len(present) > 1 and word != "at least one of":
            second = key_span(node, present[1])
            both = f"{what} has both `{present[0]}` and `{present[1]}`"
            return self._report(Rule.INVALID, both, second, f"set {word} {listed}")
        return 0

    def _key_name(self, names: Schema, key: str, span: Span) -> int:
        names = self._resolved(names)
        if matches(names.get("pattern", ""), key) and len(key) <= names.get("maxLength", len(key)):
            return 0
        if "enum" in names or "description" in names:
            return self._report(Rule.INVALID, f"`{key}` is not {_described(names)}", span, _example(names))
        cure = f"it is {names['x-words']}" if "x-words" in names else _example(names)
        return self._report(Rule.INVALID, f"a key cannot be `{key}`", span, cure)

    def _missing(self, key: str, schema: Schema, node: MapNode, what: str) -> int:
        meaning = schema.get("description", "")
        # Where layers are merged, the last one took it away; other files' keys may stand before its own.
        first = next((span for span in node.keys.values() if span.path == node.span.path), node.span)
        span = max(first, node.span)
        return self._report(
            Rule.MISSING_KEY, f"{what} lacks `{key}`", span, f"add `{key}: ...`: {meaning}" if meaning else ""
        )

    def _unknown_key(self, key: str, node: MapNode, properties: dict[str, Schema], what: str) -> int:
        near = did_you_mean(key, properties.keys() - node.entries.keys()) or did_you_mean(key, properties)
        if near:
            cure = f"did you mean `{near}`?"
        elif places := sorted(self._places_of(key)):
            cure = f"`{key}` belongs under {' or '.join(places[:3])}"
        else:
            cure = f"keys here are {', '.join(f'`{name}`' for name in sorted(properties))}"
        return self._report(Rule.UNKNOWN_KEY, f"{what} has no key `{key}`", key_span(node, key), cure)

    def _places_of(self, key: str) -> Iterator[str]:
        """Yield the words under which `key` would have been right."""
        for name, definition in self._definitions.items():
            if key in definition.get("properties", {}) and not name.endswith("Overlay"):
                yield f"`{name[0].lower()}{name[1:]}`"

    def _list(self, schema: Schema, node: Node, what: str) -> int:
        if not isinstance(node, ListNode):
            return self._wrong_type("a list", node, what, schema)
        if len(node.items) < schema.get("minItems", 0):
            return self._report(Rule.EMPTY, f"{what} is empty", node.span, "give it at least one item")
        if len(node.items) > schema.get("maxItems", len(node.items)):
            fits = f"{len(node.items)} items; at most {schema['maxItems']} fit"
            return self._report(Rule.INVALID, f"{what} has {fits}", node.items[schema["maxItems"]].span)
        items = schema.get("items", {})
        found = self._repeated(node, what) if schema.get("uniqueItems") else 0
        for item in node.items:
            found += self.judge(items, item, f"an item of {what}")
        return found

    def _repeated(self, node: ListNode, what: str) -> int:
        values = [plain(item) for item in node.items]
        twice = [i for i, value in enumerate(values) if value in values[:i]]
        return sum(
            self._report(Rule.INVALID, f"{what} holds `{values[i]}` twice", node.items[i].span, "keep one")
            for i in twice
        )

    def _scalar(self, schema: Schema, node: Node, what: str) -> int:
        if not isinstance(node, ScalarNode):
            return self._wrong_type(_described(schema), node, what, schema)
        value = node.value
        choices = [schema["const"]] if "const" in schema else schema.get("enum")
        if choices is not None and not (value in choices and type(value) in {type(c) for c in choices}):
            return self._bad_choice(choices, node, what)
        wanted = schema.get("type")
        if wanted is not None and not _is(value, wanted):
            return self._wrong_type(_described(schema), node, what, schema)
        if isinstance(value, str):
            return self._text(schema, node, what, value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(schema, node, what, value)
        return 0

    def _bad_choice(self, choices: list[Any], node: ScalarNode, what: str) -> int:
        reason = None if node.quoted else ambiguity(node.text)
        if reason and node.text in choices:
            return self._unquoted(reason, node)
        near = did_you_mean(node.text, [str(c) for c in choices])
        listed = ", ".join(f"`{_written(c)}`" for c in choices)
        cure = f"did you mean `{near}`?" if near and near != node.text else f"it is one of {listed}"
        return self._report(Rule.INVALID, f"{what} cannot be `{node.text}`", node.span, cure)

    def _text(self, schema: Schema, node: ScalarNode, what: str, value: str) -> int:
        if len(value) > schema.get("maxLength", len(value)):
            return self._report(
                Rule.INVALID, f"{what} has {len(value)} characters; at most {schema['maxLength']} fit", node.span
            )
        if len(value) < schema.get("minLength", 0) or ("pattern" in schema and not matches(schema["pattern"], value)):
            cure = f"it is {schema['x-words']}" if "x-words" in schema else _example(schema)
            cure = with_unit(schema, value) or cure
            return self._report(Rule.INVALID, f"{what} cannot be `{value}`", node.span, cure)
        if schema.get("x-range") and (unclear := unclear_range(value)):
            message, cure = unclear
            return self._report(Rule.INVALID, message, node.span, cure)
        if not node.quoted and (reason := ambiguity(node.text)) and "pattern" not in schema:
            return self._unquoted(reason, node)
        return 0

    def _unquoted(self, reason: str, node: ScalarNode) -> int:
        cure = f'quote it: `"{node.text}"`'
        return self._report(Rule.AMBIGUOUS, f"{reason}; a string is meant here", node.span, cure)

    def _fits(self, schema: Schema, node: ScalarNode) -> bool:
        return not _Trial(self._definitions).judge(schema, node, "")

    def _number(self, schema: Schema, node: ScalarNode, what: str, value: float) -> int:
        low, high = schema.get("minimum"), schema.get("maximum")
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        outside = (
            (low is not None and value < low)
            or (high is not None and value > high)
            or (above is not None and value <= above)
            or (below is not None and value >= below)
        )
        if not outside:
            return 0
        bounds = [f"at least {low}" if low is not None else "", f"at most {high}" if high is not None else ""]
        bounds += [f"above {above}" if above is not None else "", f"below {below}" if below is not None else ""]
        return self._report(
            Rule.INVALID, f"{what} is {node.text}", node.span, f"it is {' and '.join(filter(None, bounds))}"
        )

    def _wrong_type(self, wanted: str, node: Node, what: str, schema: Schema) -> int:
        if isinstance(node, ScalarNode):
            fits = partial(self._fits, schema)
            reason = None if node.quoted else ambiguity(node.text)
            if reason and schema.get("type") == "string":
                return self._unquoted(reason, node) if fits(quoted(node)) else self._text(schema, node, what, node.text)
            cure = as_another_type(node, fits) or _example(schema)
            return self._report(Rule.WRONG_TYPE, f"{what} is `{node.text}`, where {wanted} belongs", node.span, cure)
        given = "a mapping" if isinstance(node, MapNode) else "a list"
        return self._report(Rule.WRONG_TYPE, f"{what} is {given}, where {wanted} belongs", node.span, _example(schema))

    def _alternatives(self, schema: Schema, node: Node, what: str) -> int:
        """Judge against the alternative that the node most looks like; the others are not worth mentioning."""
        options = [self._resolved(option) for option in schema.get("anyOf") or schema["oneOf"]]
        trials = []
        for option in options:
            if not _Trial(self._definitions).judge(option, node, what):
                return 0
            trials.append((_likeness(option, node), option))
        best, option = max(trials, key=lambda t: t[0])
        ties = [t for t in trials if t[0] == best]
        if best > 0 and len(ties) == 1:
            return self.judge({**option, **_own_examples(schema, option)}, node, what)
        return self._no_alternative([t[1] for t in ties] if best > 0 else options, schema, node, what)

    def _no_alternative(self, options: list[Schema], schema: Schema, node: Node, what: str) -> int:
        if isinstance(node, ScalarNode) and node.value is None:
            return self._report(Rule.EMPTY, f"{what} has no value", node.span, "give it a value or remove the line")
        forms = " or ".join(dict.fromkeys(_form(option) for option in options))
        given = (
            f"`{node.text}`" if isinstance(node, ScalarNode) else "a mapping" if isinstance(node, MapNode) else "a list"
        )
        if isinstance(node, MapNode) and node.entries:
            given = f"`{{{', '.join(node.entries)}}}`"
        if isinstance(node, ScalarNode) and not node.quoted and (reason := ambiguity(node.text)):  # noqa: SIM102
            if any(self._fits(option, quoted(node)) for option in options):
                return self._unquoted(reason, node)
        return self._report(
            Rule.NO_ALTERNATIVE, f"{what} cannot be {given}", node.span, f"it is {forms}. {_example(schema)}".strip()
        )


class _Trial(_Walk):
    """Only counts: nobody reads the words, and to look for what was meant takes long."""

    def _unknown_key(self, *_: object) -> int:
        return 1

    def _wrong_type(self, *_: object) -> int:
        return 1

    def _bad_choice(self, *_: object) -> int:
        return 1

    def _missing(self, *_: object) -> int:
        return 1


def _why(key: str, wanted: str, value: Node | None) -> str:
    """Say in words what makes a rule about other keys hold."""
    if value is None:
        return f"without `{key}`"
    if isinstance(value, ScalarNode) and wanted != "there":
        return f"where `{key}` is `{value.text}`"
    return f"beside `{key}`"


def _likeness(option: Schema, node: Node) -> int:
    """Return how much a node looks like an alternative: its type, the keys they share, the words that tell it apart."""
    kind = option.get("type")
    if isinstance(node, MapNode):
        if kind != "object":
            return 0
        known = option.get("properties", {})
        needed = set(option.get("required", ()))
        shared = [key for key in node.entries if key in known]
        named = sum(_names(known[key], node.entries[key]) for key in shared)
        return 1 + sum(3 if key in needed else 2 for key in shared) + 4 * named
    if isinstance(node, ListNode):
        return int(kind == "array")
    return int(kind is not None and kind not in ("object", "array", "null") and _is(node.value, kind))


def _names(schema: Schema, node: Node) -> bool:
    """Whether a value is one of the words that a schema takes: `type: Localhost` says which alternative is meant."""
    return isinstance(node, ScalarNode) and node.value in schema.get("enum", ())


def _form(option: Schema) -> str:
    if option.get("type") == "object" and option.get("required"):
        return f"`{{{', '.join(option['required'])}: ...}}`"
    return _described(option)


def _is(value: object, kind: str) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return (kind == "string" and isinstance(value, str)) or (kind == "null" and value is None)


def _described(schema: Schema) -> str:
    kinds = {
        "string": "a string",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "object": "a mapping",
        "array": "a list",
        "null": "null",
    }
    if "enum" in schema:
        return "one of " + ", ".join(f"`{_written(c)}`" for c in schema["enum"])
    if "pattern" in schema and "description" in schema:
        return str(schema["description"])
    return kinds.get(schema.get("type", ""), "a value")


def _own_examples(schema: Schema, option: Schema) -> Schema:
    """Return the examples of a value that also are examples of one of its alternatives."""
    kept = [example for example in schema.get("examples", ()) if _is(example, option.get("type", ""))]
    return {"examples": kept} if kept else {}


def _example(schema: Schema) -> str:
    examples = schema.get("examples")
    return f"for example `{_written(examples[0])}`" if examples else ""


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
