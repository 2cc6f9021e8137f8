"""Does a tree have the shape of its kind? A fast validator accepts; a walk over schema and tree words what it refuses.

The walk knows the part of JSON Schema that our own schemas use, and gives each finding the exact span of a key or
value.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.shipped import shipped
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, key_span, plain
from platform_compiler.source.scalars import ambiguity

Schema = dict[str, Any]


@cache
def schema_for(kind: str) -> Schema:
    """Return the shipped schema of a kind of document."""
    text = (shipped("schemas") / f"{kind.lower()}.schema.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


@cache
def _validator(kind: str, *, spec_only: bool) -> Any:
    schema = schema_for(kind)
    if spec_only:
        schema = {**schema["properties"]["spec"], "$defs": schema["$defs"]}
    return jsonschema_rs.validator_for(schema)


def has_shape(kind: str, document: MapNode, bag: Bag) -> bool:
    """Return whether a document has its kind's shape; report every breach."""
    clear = _report_ambiguous(document, bag)
    if not _has_whole_float(document) and _validator(kind, spec_only=False).is_valid(plain(document)):
        return clear
    schema = schema_for(kind)
    return not _Walk(schema["$defs"], bag).judge(schema, document, "the document")


def spec_has_shape(kind: str, spec: MapNode, bag: Bag) -> bool:
    """Return whether a merged `spec` has its kind's shape; each breach is reported where the value came from."""
    if _validator(kind, spec_only=True).is_valid(plain(spec)):
        return True
    schema = schema_for(kind)
    return not _Walk(schema["$defs"], bag).judge(schema["properties"]["spec"], spec, "`spec`")


def _has_whole_float(node: Node) -> bool:
    """Whether a number such as `1e3` stands somewhere: JSON Schema takes it for an integer, people wrote text."""
    if isinstance(node, ScalarNode):
        return type(node.value) is float and node.value.is_integer()
    return any(map(_has_whole_float, node.entries.values() if isinstance(node, MapNode) else node.items))


def _report_ambiguous(node: Node, bag: Bag) -> bool:
    """Report plain strings that other YAML readers take for something else; return whether there is none."""
    if isinstance(node, ScalarNode):
        leading_zero = isinstance(node.value, int) and node.text[:1] == "0" and node.text != "0"
        if node.quoted or not (isinstance(node.value, str) or leading_zero) or not (reason := ambiguity(node.text)):
            return True
        bag.add("PC1104", f"{reason}; a string is meant here", node.span, help=f'quote it: `"{node.text}"`')
        return False
    children = node.entries.values() if isinstance(node, MapNode) else node.items
    return all([_report_ambiguous(child, bag) for child in children])  # noqa: C419 -- every child is to be looked at


class _Walk:
    """Compares trees with schemas; every method returns how many breaches it reported."""

    def __init__(self, definitions: dict[str, Schema], bag: Bag) -> None:
        self._definitions = definitions
        self._bag = bag

    def judge(self, schema: Schema, node: Node, what: str) -> int:
        schema = self._resolved(schema)
        if "anyOf" in schema or "oneOf" in schema:
            return self._alternatives(schema, node, what)
        kind = schema.get("type")
        if isinstance(node, ScalarNode) and node.value is None and kind not in (None, "null"):
            cure = "write `{}` for an empty mapping, or remove the line" if kind == "object" else "give it a value"
            return self._report("PC1106", f"{what} has no value", node.span, cure)
        if kind == "object":
            return self._mapping(schema, node, what)
        if kind == "array":
            return self._list(schema, node, what)
        return self._scalar(schema, node, what) if kind or "enum" in schema or "const" in schema else 0

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            target = self._definitions[schema["$ref"].rpartition("/")[2]]
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def _report(self, code: str, message: str, span: Span, cure: str = "") -> int:
        self._bag.add(code, message, span, help=cure or ())
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
        for key in schema.get("required", ()):
            if key not in node.entries:
                found += self._missing(key, properties.get(key, {}), node, what)
        if len(node.entries) < schema.get("minProperties", 0):
            found += self._report("PC1106", f"{what} is empty", node.span, "give it at least one entry")
        return found

    def _key_name(self, names: Schema, key: str, span: Span) -> int:
        names = self._resolved(names)
        if re.search(names.get("pattern", ""), key) and len(key) <= names.get("maxLength", len(key)):
            return 0
        return self._report("PC1105", f"`{key}` is not {_described(names)}", span, _example(names))

    def _missing(self, key: str, schema: Schema, node: MapNode, what: str) -> int:
        meaning = schema.get("description", "")
        first = next(iter(node.keys.values()), node.span)
        span = first if node.entries else node.span
        return self._report("PC1102", f"{what} lacks `{key}`", span, f"add `{key}: ...`: {meaning}" if meaning else "")

    def _unknown_key(self, key: str, node: MapNode, properties: dict[str, Schema], what: str) -> int:
        near = did_you_mean(key, properties.keys() - node.entries.keys()) or did_you_mean(key, properties)
        if near:
            cure = f"did you mean `{near}`?"
        elif places := sorted(self._places_of(key)):
            cure = f"`{key}` belongs under {' or '.join(places[:3])}"
        else:
            cure = f"keys here are {', '.join(f'`{name}`' for name in sorted(properties))}"
        return self._report("PC1101", f"{what} has no key `{key}`", key_span(node, key), cure)

    def _places_of(self, key: str) -> Iterator[str]:
        """Yield the words under which `key` would have been right."""
        for name, definition in self._definitions.items():
            if key in definition.get("properties", {}) and not name.endswith("Overlay"):
                yield f"`{name[0].lower()}{name[1:]}`"

    def _list(self, schema: Schema, node: Node, what: str) -> int:
        if not isinstance(node, ListNode):
            return self._wrong_type("a list", node, what, schema)
        if len(node.items) < schema.get("minItems", 0):
            return self._report("PC1106", f"{what} is empty", node.span, "give it at least one item")
        items = schema.get("items", {})
        return sum(self.judge(items, item, f"an item of {what}") for item in node.items)

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
        near = did_you_mean(node.text, [str(c) for c in choices])
        listed = ", ".join(f"`{_written(c)}`" for c in choices)
        cure = f"did you mean `{near}`?" if near and near != node.text else f"it is one of {listed}"
        code = "PC1104" if not node.quoted and node.text in map(str, choices) and ambiguity(node.text) else "PC1105"
        return self._report(code, f"{what} cannot be `{node.text}`", node.span, cure)

    def _text(self, schema: Schema, node: ScalarNode, what: str, value: str) -> int:
        if len(value) > schema.get("maxLength", len(value)):
            return self._report(
                "PC1105", f"{what} has {len(value)} characters; at most {schema['maxLength']} fit", node.span
            )
        if len(value) < schema.get("minLength", 0) or not re.search(schema.get("pattern", ""), value):
            return self._report("PC1105", f"{what} cannot be `{value}`", node.span, _example(schema))
        if not node.quoted and (reason := ambiguity(node.text)) and "pattern" not in schema:
            return self._report("PC1104", f"{reason}; a string is meant here", node.span, f'quote it: `"{node.text}"`')
        return 0

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
            "PC1105", f"{what} is {node.text}", node.span, f"it is {' and '.join(filter(None, bounds))}"
        )

    def _wrong_type(self, wanted: str, node: Node, what: str, schema: Schema) -> int:
        if isinstance(node, ScalarNode):
            reason = None if node.quoted else ambiguity(node.text)
            if reason and schema.get("type") == "string":
                return self._report(
                    "PC1104", f"{reason}; a string is meant here", node.span, f'quote it: `"{node.text}"`'
                )
            cure = _example(schema)
            if node.quoted and schema.get("type") in ("integer", "number", "boolean"):
                cure = f"remove the quotes: `{node.text}`"
            return self._report("PC1103", f"{what} is `{node.text}`, where {wanted} belongs", node.span, cure)
        given = "a mapping" if isinstance(node, MapNode) else "a list"
        return self._report("PC1103", f"{what} is {given}, where {wanted} belongs", node.span, _example(schema))

    def _alternatives(self, schema: Schema, node: Node, what: str) -> int:
        """Judge against the alternative that the node most looks like; the others are not worth mentioning."""
        options = [self._resolved(option) for option in schema.get("anyOf") or schema["oneOf"]]
        trials = []
        for option in options:
            trial = Bag()
            if not _Walk(self._definitions, trial).judge(option, node, what):
                return 0
            trials.append((_likeness(option, node), option, trial))
        best, option, _ = max(trials, key=lambda t: t[0])
        ties = [t for t in trials if t[0] == best]
        if best > 0 and len(ties) == 1:
            return self.judge(option, node, what)
        return self._no_alternative([t[1] for t in ties] if best > 0 else options, schema, node, what)

    def _no_alternative(self, options: list[Schema], schema: Schema, node: Node, what: str) -> int:
        if isinstance(node, ScalarNode) and node.value is None:
            return self._report("PC1106", f"{what} has no value", node.span, "give it a value or remove the line")
        forms = " or ".join(dict.fromkeys(_form(option) for option in options))
        given = (
            f"`{node.text}`" if isinstance(node, ScalarNode) else "a mapping" if isinstance(node, MapNode) else "a list"
        )
        if isinstance(node, MapNode) and node.entries:
            given = f"`{{{', '.join(node.entries)}}}`"
        if isinstance(node, ScalarNode) and not node.quoted and isinstance(node.value, bool | float):
            return self._report(
                "PC1104", f"{ambiguity(node.text)}; a string is meant here", node.span, f'quote it: `"{node.text}"`'
            )
        return self._report(
            "PC1107", f"{what} cannot be {given}", node.span, f"it is {forms}. {_example(schema)}".strip()
        )


def _likeness(option: Schema, node: Node) -> int:
    """Return how much a node looks like an alternative: its type, then the keys they share."""
    kind = option.get("type")
    if isinstance(node, MapNode):
        if kind != "object":
            return 0
        known = option.get("properties", {})
        needed = set(option.get("required", ()))
        return 1 + sum(3 if key in needed else 2 for key in node.entries if key in known)
    if isinstance(node, ListNode):
        return int(kind == "array")
    return int(kind is not None and kind not in ("object", "array", "null") and _is(node.value, kind))


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


def _example(schema: Schema) -> str:
    examples = schema.get("examples")
    return f"for example `{_written(examples[0])}`" if examples else ""


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
