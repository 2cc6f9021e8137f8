"""Semantic versions; what is built from the same source (`+build`) does not count when they are compared."""

import re
from functools import lru_cache
from typing import Any, TypeAlias

from platform_compiler.cel.functions.declare import Function, free, introduced, member
from platform_compiler.cel.functions.values import tagged

Key: TypeAlias = tuple[int, int, int, tuple[int, tuple[tuple[int, int, str], ...]]]

_NUMBER = r"(0|[1-9][0-9]*)"
_WORD = r"[0-9A-Za-z-]+"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_WORD}(?:\.{_WORD})*))?(?:\+({_WORD}(?:\.{_WORD})*))?\Z", re.ASCII
)
_LARGEST = 2**64 - 1
_PARTS = 3


def semver(text: str, normalize: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- the language's own shape
    """Return the version that a text says."""
    words = _normalized(text) if normalize else text
    key(words)
    return {"@semver": words.partition("+")[0]}


def is_semver(text: str, normalize: bool = False) -> bool:  # noqa: FBT001, FBT002
    """Tell whether a text is a version."""
    try:
        semver(text, normalize)
    except ValueError:
        return False
    return True


def _normalized(text: str) -> str:
    """Drop a `v` and leading zeros, and fill up a short version."""
    parts = [_stripped(part) for part in text.removeprefix("v").split(".", _PARTS - 1)]
    if len(parts) < _PARTS and set(parts[-1]) & set("+-"):
        raise ValueError("a short version cannot have a pre-release or build metadata")
    return ".".join(parts + ["0"] * (_PARTS - len(parts)))


def _stripped(part: str) -> str:
    bare = part.lstrip("0") if len(part) > 1 else part
    return bare if bare[:1].isascii() and bare[:1].isdigit() else ("0" if len(part) > 1 else "") + bare


@lru_cache(maxsize=1024)
def key(text: str) -> Key:
    """Return what a version is ordered by.

    Raises:
        ValueError: it is no version.
    """
    found = _VERSION.match(text)
    if found is None:
        raise ValueError(f"`{text}` is not a semantic version")
    major, minor, patch = (_bounded(found[index]) for index in (1, 2, 3))
    return major, minor, patch, _prerelease(found[4])


def _prerelease(words: str | None) -> tuple[int, tuple[tuple[int, int, str], ...]]:
    """A version without one comes last; numbers come before words."""
    if words is None:
        return (1, ())
    return (0, tuple((0, _bounded(word), "") if word.isdigit() else (1, 0, word) for word in words.split(".")))


def _bounded(digits: str) -> int:
    if len(digits) > 1 and digits.startswith("0"):
        raise ValueError(f"`{digits}` in a version must not begin with a zero")
    if int(digits) > _LARGEST:
        raise ValueError(f"`{digits}` in a version is too large")
    return int(digits)


def major(value: dict[str, Any]) -> int:
    """Return the first number."""
    return key(tagged(value, "@semver"))[0]


def minor(value: dict[str, Any]) -> int:
    """Return the second number."""
    return key(tagged(value, "@semver"))[1]


def patch(value: dict[str, Any]) -> int:
    """Return the third number."""
    return key(tagged(value, "@semver"))[2]


_MAP = "map(string, dyn)"
_SINCE = introduced(33)
FUNCTIONS = (
    Function(
        "semver",
        (
            free("string_to_semver", ("string",), _MAP, semver, _SINCE),
            free("string_bool_to_semver", ("string", "bool"), _MAP, semver, _SINCE),
        ),
    ),
    Function(
        "isSemver",
        (
            free("is_semver_string", ("string",), "bool", is_semver, _SINCE),
            free("is_semver_string_bool", ("string", "bool"), "bool", is_semver, _SINCE),
        ),
    ),
    Function("major", (member("semver_major", (_MAP,), "int", major, _SINCE),)),
    Function("minor", (member("semver_minor", (_MAP,), "int", minor, _SINCE),)),
    Function("patch", (member("semver_patch", (_MAP,), "int", patch, _SINCE),)),
)
