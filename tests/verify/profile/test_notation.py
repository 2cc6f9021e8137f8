"""What the notation of the profile comes to as JSON Schema, what that refuses, and in which words."""

from typing import Any

import pytest
from jsonschema_rs import validator_for

from platform_compiler.diagnostics import Bag
from platform_compiler.schema.walk import breaches
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.verify.profile.notation import Reader

SHAPES = {"$tree": {"name!": "str", "below": ["&$tree"]}, "$base": {"a": "str", "b!": "int"}}


def schema(notation: Any, now: tuple[int, int] = (1, 30)) -> dict[str, Any]:
    return Reader(SHAPES, now).schema(notation)


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("int 1..5", {"type": "integer", "minimum": 1, "maximum": 5}),
        ("a|b", {"type": "string", "enum": ["a", "b"]}),
        ("a|b@1.31", {"type": "string", "enum": ["a"]}),
        ("a|b@1.30", {"type": "string", "enum": ["a", "b"]}),
        ("=a", {"type": "string", "enum": ["a"]}),
        ("/^a$/", {"type": "string", "pattern": "^a$"}),
        ("str or int", {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (["bool"], {"type": "array", "items": {"type": "boolean"}}),
        ({"*": "int"}, {"type": "object", "additionalProperties": {"type": "integer"}}),
    ],
)
def test_words(notation: Any, expected: dict[str, Any]) -> None:
    assert schema(notation) == expected


def test_keys_of_later_versions_are_unknown_until_then() -> None:
    notation = {"a": "str", "b@1.31": "str", "exactly one of": ["a", "b"]}
    early, late = schema(notation), schema(notation, (1, 31))
    assert (set(early["properties"]), early["x-since"]) == ({"a"}, {"b": "1.31"})
    assert set(late["properties"]) == {"a", "b"}
    assert early["allOf"][0]["x-group"] == ["exactly one of", ["a"]]


def test_a_group_of_which_nothing_is_known_yet_demands_nothing() -> None:
    assert "allOf" not in schema({"a@1.31": "str", "exactly one of": ["a"]})


def test_shapes_are_spread_and_what_follows_wins() -> None:
    found = schema({"...": "$base", "a": "int", "c": "str"})
    assert set(found["properties"]) == {"a", "b", "c"}
    assert found["properties"]["a"] == {"type": "integer"}
    assert found["required"] == ["b"]


def test_shapes_hold_themselves_by_reference() -> None:
    reader = Reader(SHAPES, (1, 30))
    assert reader.schema({"root": "&$tree"})["properties"]["root"] == {"$ref": "#/$defs/$tree"}
    assert reader.definitions["$tree"]["properties"]["below"]["items"] == {"$ref": "#/$defs/$tree"}


def test_a_misspelt_type_is_told() -> None:
    with pytest.raises(AssertionError, match="`strr` is no type"):
        schema({"a": "strr"})


WHERE_OTHER = {
    "mode": "Open|Shut",
    "size": "int",
    "name": "str",
    "where mode is Open": {"needs": ["size"], "size": "int 1..", "without": ["name"]},
}
CASES: list[tuple[Any, str, list[str]]] = [
    ({"a..2": ["int"]}, "a: [1, 2]", []),
    ({"a..2": ["int"]}, "a: [1, 2, 3]", ["`a` has 3 items; at most 2 fit"]),
    ({"a..1": {"*": "int"}}, "a: {b: 1, c: 2}", ["`a` has 2 entries; at most 1 fit"]),
    ({"a..2": "str"}, "a: abc", ["`a` has 3 characters; at most 2 fit"]),
    ({"a": "/^[a-z]+$/ small letters"}, "a: B", ["`a` cannot be `B`"]),
    ({"a": "/^[a-z]+$/ small letters"}, 'a: "b\\n"', ["`a` cannot be `b\n`"]),
    ({"a": "int 1|2"}, "a: 3", ["`a` cannot be `3`"]),
    ({"a": "int 1|2"}, "a: 2", []),
    ({"a": {"*$key": "int"}}, "a: {X: 1}", ["a key cannot be `X`"]),
    (WHERE_OTHER, "mode: Shut", []),
    (WHERE_OTHER, "name: x", []),
    (WHERE_OTHER, "{mode: Open, size: 1}", []),
    (WHERE_OTHER, "{mode: Open}", ["it lacks `size` where `mode` is `Open`"]),
    (WHERE_OTHER, "{mode: Open, size: 0}", ["`size` where `mode` is `Open` is 0"]),
    (WHERE_OTHER, "{mode: Open, size: 1, name: x}", ["it cannot have `name` where `mode` is `Open`"]),
    ({"a": "int", "b": "int", "where a is there": {"needs": ["b"]}}, "a: 1", ["it lacks `b` beside `a`"]),
    ({"a": "int", "b": "int", "where a is there": {"needs": ["b"]}}, "b: 1", []),
    (
        {"a": "A|B", "b": "int", "where a is A or absent": {"without": ["b"]}},
        "b: 1",
        ["it cannot have `b` without `a`"],
    ),
    (
        {"a": "A|B", "b": "int", "c": "int", "where a is B": {"at least one of": ["b", "c"]}},
        "a: B",
        ["it has none of `b`, `c`"],
    ),
    ({"a": "str", "b": "int", "where a is /^x/": {"without": ["b"]}}, "{a: z, b: 1}", []),
]


@pytest.mark.parametrize(("notation", "text", "words"), CASES)
def test_notation_and_its_words(notation: Any, text: str, words: list[str]) -> None:
    schema = Reader({"$key": "/^[a-z]+$/ small letters"}, (1, 0)).schema(notation)
    tree = read_yaml("a.yaml", text.encode(), Bag())
    assert tree is not None
    assert [breach.message for breach in breaches(schema, tree, "it")] == words
    assert validator_for(schema).is_valid(plain(tree)) == (not words)
