"""Lists: the functions of Kubernetes' own list library.

`sort`, `sortBy`, `distinct`, `slice`, `flatten`, `reverse` and `lists.range` come with the engine.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

from platform_compiler.cel.functions.declare import ALWAYS, Function, introduced, member
from platform_compiler.cel.functions.values import COMPARABLE, NoSuchOverloadError, order, same, type_name

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
"""An unsigned number is not told apart from a signed one here: what neither can hold is too large."""
_SUMS: dict[str, Any] = {"int": 0, "double": 0.0, "google.protobuf.Duration": timedelta()}


def is_sorted(values: list[Any]) -> bool:
    """Tell whether no value comes after a greater one."""
    _check_comparable(values)
    return all(order(left, right) != 1 for left, right in pairwise(values))


def total(values: list[Any]) -> Any:
    """Return the sum of numbers or durations of one type; of nothing it is 0."""
    kind = type_name(values[0]) if values else "int"
    if kind not in _SUMS:
        raise NoSuchOverloadError(values[0])
    found = _SUMS[kind]
    for value in values:
        if type_name(value) != kind:
            raise NoSuchOverloadError(found, value)
        found += value
        if kind == "int" and not _SMALLEST <= found <= _LARGEST:
            raise ValueError("integer overflow")
    return found


def least(values: list[Any]) -> Any:
    """Return the least value."""
    return _extreme("min", 1, values)


def greatest(values: list[Any]) -> Any:
    """Return the greatest value."""
    return _extreme("max", -1, values)


def index_of(values: list[Any], value: Any) -> int:
    """Return the first position of a value, or -1."""
    return next((index for index, one in enumerate(values) if same(one, value)), -1)


def last_index_of(values: list[Any], value: Any) -> int:
    """Return the last position of a value, or -1."""
    return next((index for index in range(len(values) - 1, -1, -1) if same(values[index], value)), -1)


def includes(target: Any, value: Any) -> bool:
    """Tell whether a list holds a value, or the target itself is it."""
    if isinstance(target, list):
        return any(same(one, value) for one in target)
    return same(target, value)


def _extreme(name: str, replaced: int, values: list[Any]) -> Any:
    if not values:
        raise ValueError(f"{name} called on empty list")
    _check_comparable(values)
    found = values[0]
    for value in values[1:]:
        if order(found, value) == replaced:
            found = value
    return found


def _check_comparable(values: list[Any]) -> None:
    for value in values:
        if type_name(value) not in COMPARABLE:
            raise NoSuchOverloadError(value)


_ANYTHING = {
    "string": "string",
    "int": "int",
    "uint": "uint",
    "double": "double",
    "bool": "bool",
    "bytes": "bytes",
    "duration": "duration",
    "timestamp": "timestamp",
    "list": "list(dyn)",
    "map": "map(dyn, dyn)",
}
"""The engine calls nothing by a parameter of any type: each type needs an overload, and null cannot have one."""


def _of_any(name: str, overload: str, result: str, call: Callable[..., object]) -> Function:
    return Function(
        name,
        tuple(
            member(f"{overload}_{word}", ("list(dyn)", kind), result, call, ALWAYS) for word, kind in _ANYTHING.items()
        ),
    )


def _includes() -> Function:
    since = introduced(37)
    scalars = [kind for kind in _ANYTHING.values() if not kind.startswith("list")]
    return Function(
        "includes",
        (
            *(
                member(f"list_includes_{word}", ("list(dyn)", kind), "bool", includes, since)
                for word, kind in _ANYTHING.items()
            ),
            *(member(f"{one.partition('(')[0]}_includes", (one, one), "bool", includes, since) for one in scalars),
        ),
    )


FUNCTIONS = (
    Function("isSorted", (member("list_is_sorted", ("list(dyn)",), "bool", is_sorted, ALWAYS),)),
    Function("sum", (member("list_sum", ("list(dyn)",), "dyn", total, ALWAYS),)),
    Function("min", (member("list_min", ("list(dyn)",), "dyn", least, ALWAYS),)),
    Function("max", (member("list_max", ("list(dyn)",), "dyn", greatest, ALWAYS),)),
    _of_any("indexOf", "list_index_of", "int", index_of),
    _of_any("lastIndexOf", "list_last_index_of", "int", last_index_of),
    _includes(),
)
