"""Keys that exclude or need each other: how JSON Schema says it, and in which words people do (`x-group`)."""

from typing import Any

from platform_compiler.schema.walk import Schema

EXACTLY, AT_MOST, AT_LEAST = "exactly one of", "at most one of", "at least one of"


def condition(word: str, keys: list[str]) -> Schema:
    """Return the schema of `exactly one of`, `at most one of` or `at least one of` some keys."""
    present: list[Schema] = [{"required": [key]} for key in keys]
    if word == AT_LEAST:
        return {"anyOf": present, "x-group": [word, keys]}
    none: list[Schema] = [{"not": {"anyOf": present}}] if word == AT_MOST else []
    return {"oneOf": [*none, *present], "x-group": [word, keys]}


def condition_of(word: str, parts: list[Schema]) -> Schema:
    """Return `anyOf` or `oneOf` of some schemas, with the words for it where they speak of keys alone."""
    keys = [_key(part) for part in parts]
    first = parts[0]
    if all(keys):
        return condition(AT_LEAST if word == "anyOf" else EXACTLY, [str(key) for key in keys])
    if word == "oneOf" and first.keys() == {"not"} and all(keys[1:]):
        excluded = [_key(part) for part in first["not"].get("anyOf", [first["not"]])]
        if excluded == keys[1:]:
            return condition(AT_MOST, [str(key) for key in excluded])
    return {word: parts}


def _key(part: Any) -> str | None:
    """Return the key that a part demands, when that is all it says."""
    alone = isinstance(part, dict) and part.keys() == {"required"} and len(part["required"]) == 1
    return str(part["required"][0]) if alone else None
