"""Which of two quantities or two semantic versions comes first: both have the same functions for it."""

from typing import Any

from platform_compiler.cel.functions import quantity, semver
from platform_compiler.cel.functions.declare import Function, introduced, member
from platform_compiler.cel.functions.values import NoSuchOverloadError


def compare_to(left: dict[str, Any], right: dict[str, Any]) -> int:
    """Return -1, 0 or 1."""
    mine, other = _key(left, right), _key(right, left)
    return int(mine > other) - int(mine < other)


def is_less_than(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Tell whether the first is less."""
    return compare_to(left, right) < 0


def is_greater_than(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Tell whether the first is greater."""
    return compare_to(left, right) > 0


def _key(value: dict[str, Any], other: dict[str, Any]) -> Any:
    if "@quantity" in value and "@quantity" in other:
        return quantity.nanos_of(value)
    if "@semver" in value and "@semver" in other:
        return semver.key(value["@semver"])
    raise NoSuchOverloadError(value, other)


_MAP = "map(string, dyn)"
_SINCE = introduced(28)  # for quantities; versions came later, but nobody has one without `semver()`
FUNCTIONS = (
    Function("compareTo", (member("compare_to", (_MAP, _MAP), "int", compare_to, _SINCE),)),
    Function("isLessThan", (member("is_less_than", (_MAP, _MAP), "bool", is_less_than, _SINCE),)),
    Function("isGreaterThan", (member("is_greater_than", (_MAP, _MAP), "bool", is_greater_than, _SINCE),)),
)
