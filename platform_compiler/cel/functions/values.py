"""Values of the language as Python sees them: their types, when two are the same, and which comes first.

The engine cannot hold the API server's own types, so such a value is a map with one tagged key, say `@quantity`.
Values that Kubernetes holds equal are equal maps.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

_TAGGED = {
    "@quantity": "kubernetes.Quantity",
    "@semver": "kubernetes.Semver",
    "@url": "kubernetes.URL",
    "@ip": "net.IP",
    "@cidr": "net.CIDR",
    "@format": "kubernetes.NamedFormat",
    "@authorizer": "kubernetes.authorization.Authorizer",
}
_PLAIN: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "bool"),  # before numbers: Python's truth values are numbers, the language's are not
    (int, "int"),
    (float, "double"),
    (str, "string"),
    ((bytes, bytearray), "bytes"),
    (type(None), "null_type"),
    (list, "list"),
    (timedelta, "google.protobuf.Duration"),
    (datetime, "google.protobuf.Timestamp"),
)
COMPARABLE = frozenset(
    {"bool", "int", "double", "string", "bytes", "google.protobuf.Duration", "google.protobuf.Timestamp"}
)
NUMBERS = frozenset({"int", "double"})


class NoSuchOverloadError(ValueError):
    """A function was given values of types that it does not take."""

    def __init__(self, *given: object) -> None:
        super().__init__(f"no such overload for {', '.join(map(type_name, given))}")


def type_name(value: object) -> str:
    """Return the name of a value's type, as the API server has it."""
    for kinds, name in _PLAIN:
        if isinstance(value, kinds):
            return name
    if isinstance(value, Mapping):
        return next((_TAGGED[key] for key in value if key in _TAGGED), "map")
    return "type"


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are the same: numbers by value, all else by type and value."""
    mine, other = type_name(left), type_name(right)
    if mine != other:
        return {mine, other} <= NUMBERS and bool(left == right)
    if mine == "list":
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def order(left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1, or nothing when two values have no order."""
    mine, other = type_name(left), type_name(right)
    if (mine != other and not {mine, other} <= NUMBERS) or mine not in COMPARABLE:
        return None
    return int(left > right) - int(left < right)


def tagged(value: Mapping[str, Any], tag: str) -> Any:
    """Return what a tagged map holds.

    Raises:
        NoSuchOverloadError: it is no such map.
    """
    if tag not in value:
        raise NoSuchOverloadError(value)
    return value[tag]
