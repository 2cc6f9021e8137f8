"""The notation that the profile is written in: it reads like the objects themselves.

    apps/v1 Deployment:                         a kind; `v1beta1+v1 VirtualService` gives several versions one shape,
                                                `(cluster)` behind says that the kind has no namespace, `@1.30` since
                                                when there is one
    key: type                                   may be there
    key!: type                                  must be there; no key that is not named may
    key@1.29: type                              since that version of what the file describes
    key#: [type]                                a list without repetition
    key#name: [type]                            a list of maps that differ in `name` (or in several: `#port,protocol`)
    key+: type                                  not empty
    key..16: type                               at most 16 items, entries or characters
    a|b, A, =a                                  one of these words; a single one needs a capital or `=`
    a|b@1.29                                    a word since that version
    [type]                                      a list
    {"*": type}                                 any key; `"*name"`: any key that is of the type `name` or `$name`
    $name                                       a shape defined in the same file or in a `shared*.yaml` beside it
    &$name                                      the same by reference, for shapes that hold themselves
    ...: $name                                  everything of that shape, and what follows
    exactly one of: [a, b]                      of these keys, or of several lists; also `at most`, `at least`
    where key is type: {...}                    if a key is there and of a type (`where key is A|B`): `needs: [keys]`,
                                                `without: [keys]`, and keys with closer types; `where key is type or
                                                absent`, `where key is there`
    int, int 0..100, int 1.., number 0..100     bounds are inclusive
    int 301|302                                 one of these numbers
    str, str 1..63                              a length
    /^[a-z]+$/                                  text that the pattern is found in
    /^[a-z]+$/ small letters                    the same, with what it is in words
    one or other                                either type

`key!+..16#name@1.30` combines marks in this order. Other words are the types of `types.py`.
`apiVersion`, `kind`, `metadata` and `status` go without saying.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_compiler.schema.groups import AT_LEAST, AT_MOST, EXACTLY, condition
from platform_compiler.schema.walk import Schema
from platform_compiler.verify.profile.types import TYPES
from platform_compiler.verify.versions import Version, version

_KEY = re.compile(
    r"(?P<name>.+?)(?P<required>!)?(?P<filled>\+)?(?:\.\.(?P<most>[0-9]+))?(?P<unique>#[\w,]*)?(?:@(?P<since>[0-9.]+))?\Z"
)
_PATTERN = re.compile(r"/(?P<pattern>.*?)/(?: (?P<words>.*))?\Z")
_WHERE = re.compile(r"where (?P<key>\S+) is (?P<type>.+?)(?P<absent> or absent)?\Z")
_LEAST = {"array": "minItems", "object": "minProperties", "string": "minLength"}
_MOST = {"array": "maxItems", "object": "maxProperties", "string": "maxLength"}
_BOUNDED = re.compile(r"(?P<kind>int|number|str) (?P<low>-?[0-9.]*?)\.\.(?P<high>[0-9.]*)\Z")
_GROUPS = (EXACTLY, AT_MOST, AT_LEAST)
_BOUNDS = {
    "int": ("integer", "minimum", "maximum"),
    "number": ("number", "minimum", "maximum"),
    "str": ("string", "minLength", "maxLength"),
}


class Reader:
    """Turns notation into JSON Schema for one version of what a file describes; `shapes` are the `$names`.

    Equal shapes become one and the same schema. `definitions` are the shapes that are referred to.
    """

    def __init__(self, shapes: Mapping[str, Any], now: Version) -> None:
        self.shapes: Final = shapes
        self.now: Final = now
        self.definitions: Final[dict[str, Schema]] = {}
        self._known: Final[dict[str, Schema]] = {}

    def schema(self, notation: Any) -> Schema:
        """Return the schema of a type."""
        if isinstance(notation, list):
            return {"type": "array", "items": self.schema(notation[0])}
        if isinstance(notation, dict):
            return self._mapping(dict(self._spread(notation)))
        return self._word(notation) if isinstance(notation, str) else {"const": notation}

    def _word(self, notation: str) -> Schema:
        known = TYPES.get(notation)
        if known is not None:
            return known
        if pattern := _PATTERN.match(notation):
            words = {"x-words": pattern["words"]} if pattern["words"] else {}
            return {"type": "string", "pattern": pattern["pattern"], **words}
        if " or " in notation:
            return {"anyOf": [self.schema(word) for word in notation.split(" or ")]}
        if notation.startswith("$"):
            return self._shape(notation)
        if notation.startswith("&"):
            return self._reference(notation[1:])
        return _bounded(notation) or self._words(notation)

    def _words(self, notation: str) -> Schema:
        words = notation.removeprefix("=").split("|")
        assert len(words) > 1 or not notation[0].islower(), f"`{notation}` is no type"
        dated = (word.partition("@") for word in words)
        return {"type": "string", "enum": [word for word, _, since in dated if not since or version(since) <= self.now]}

    def _shape(self, name: str) -> Schema:
        if name not in self._known:
            self._known[name] = self.schema(self.shapes[name])
        return self._known[name]

    def _reference(self, name: str) -> Schema:
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.schema(self.shapes[name])
        return {"$ref": f"#/$defs/{name}"}

    def _spread(self, notation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, value in notation.items():
            if key == "...":
                yield from self._spread(self.shapes[value])
            else:
                yield key, value

    def _mapping(self, notation: dict[str, Any]) -> Schema:
        schema: Schema = {"type": "object"}
        for key in list(notation):
            if key.startswith("*"):
                schema["additionalProperties"] = self.schema(notation.pop(key))
                if key != "*":
                    schema["propertyNames"] = self.schema(key[1:])
        groups = [(word, keys) for word in _GROUPS if word in notation for keys in _key_lists(notation.pop(word))]
        conditions = [self._where(key, notation.pop(key)) for key in list(notation) if key.startswith("where ")]
        properties: dict[str, Schema] = {}
        later: dict[str, str] = {}
        required: list[str] = []
        for key, value in notation.items():
            if key.isalnum():  # most have no mark
                properties[key] = self.schema(value)
                continue
            marks = _KEY.match(key)
            assert marks is not None, key
            if marks["since"] and version(marks["since"]) > self.now:
                later[marks["name"]] = marks["since"]
                continue
            properties[marks["name"]] = self._marked(self.schema(value), marks)
            if marks["required"]:
                required.append(marks["name"])
        if properties or "additionalProperties" not in schema:
            schema.setdefault("additionalProperties", False)
            schema |= {"properties": properties, "required": required}
        if later:
            schema["x-since"] = later
        known = [(word, [key for key in keys if key not in later]) for word, keys in groups]
        conditions = [*(condition(word, keys) for word, keys in known if keys), *conditions]
        return schema | ({"allOf": conditions} if conditions else {})

    def _where(self, clause: str, notation: dict[str, Any]) -> Schema:
        """Return what has to hold where a key is of a type."""
        match = _WHERE.match(clause)
        assert match is not None, clause
        key, there = match["key"], match["type"] == "there"
        needed = [] if match["absent"] else [key]
        premise = {"type": "object", "required": needed} | (
            {} if there else {"properties": {key: self.schema(match["type"])}}
        )
        closer = {name: value for name, value in notation.items() if name not in ("needs", "without")}
        without: list[str] = notation.get("without", [])
        then = self._mapping(closer) | {"additionalProperties": True}
        then["required"] = [*then["required"], *notation.get("needs", [])]
        then |= {"not": {"anyOf": [{"required": [name]} for name in without]}} if without else {}
        return {
            "if": premise,
            "then": then,
            "x-where": [key, match["type"]],
            "x-without": without,
        }

    @staticmethod
    def _marked(schema: Schema, marks: re.Match[str]) -> Schema:
        if marks["filled"]:
            schema = schema | {_LEAST[schema["type"]]: 1}
        if marks["most"]:
            schema = schema | {_MOST[schema["type"]]: int(marks["most"])}
        if marks["unique"] == "#":
            schema = schema | {"uniqueItems": True}
        elif marks["unique"]:
            schema = schema | {"x-unique": marks["unique"][1:].split(",")}
        return schema


def _bounded(word: str) -> Schema | None:
    match = _BOUNDED.match(word)
    if match is None:
        numbers = re.fullmatch(r"int ([0-9]+(?:\|[0-9]+)*)", word)
        return {"type": "integer", "enum": [int(number) for number in numbers[1].split("|")]} if numbers else None
    kind, least, most = _BOUNDS[match["kind"]]
    number = float if kind == "number" else int
    bounds = {name: number(match[end]) for name, end in ((least, "low"), (most, "high")) if match[end]}
    return {"type": kind, **bounds}


def _key_lists(keys: list[Any]) -> list[list[str]]:
    return keys if isinstance(keys[0], list) else [keys]
