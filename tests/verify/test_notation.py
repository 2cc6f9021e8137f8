"""What the notation of the profile comes to as JSON Schema."""

from typing import Any

import pytest

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
