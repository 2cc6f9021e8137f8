"""What expressions mean: operators, filters and tests as functions of plain values, for both evaluators.

Values are exactly `str`, `int`, `float`, `bool`, `list` and `dict`; `None` stands for "no value". A filter is pure and
never changes its input. Anything that has no clear meaning is an `EvaluationError`, never a guess.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

Value = Any
SIZED = (str, list, dict)


class EvaluationError(Exception):
    """An expression has no meaning for these values; the text says why."""


class MissingError(EvaluationError):
    """A path leads nowhere: `${{? }}`, `default` and `is defined` know what to do about it."""


def kind_of(value: Value) -> str:
    """Return a value's type in the words of the language."""
    names = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "a map"}
    return names.get(type(value), "nothing")


def truth(value: Value) -> bool:
    """Return whether a condition holds: booleans as they are; text, lists and maps when not empty."""
    if type(value) is bool:
        return value
    if type(value) in SIZED:
        return len(value) > 0
    raise EvaluationError(f"{kind_of(value)} is neither true nor false: compare it")


def text(value: Value) -> str:
    """Return a value inside mixed text: strings as they are, ints decimal, booleans `true` and `false`."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    raise EvaluationError(f"{kind_of(value)} cannot stand inside text")


def step(value: Value, key: str) -> Value:
    """Return `value[key]`; a key, never an attribute."""
    if type(value) is not dict:
        raise EvaluationError(f"`{key}` is looked up in {kind_of(value)}")
    if key not in value:
        raise MissingError(f"there is no `{key}`")
    return value[key]


def records(value: Value) -> list[Value]:
    """Return what `$for` visits: items of a list, or a map's records by key, each with its `name`."""
    if type(value) is list:
        return value
    if type(value) is dict:
        return [_record(key, value[key]) for key in sorted(value)]
    raise EvaluationError(f"{kind_of(value)} cannot be iterated")


def _record(key: str, value: Value) -> Value:
    if type(value) is dict:
        return value if "name" in value else {"name": key, **value}
    return {"name": key, "value": value}


def _numbers(left: Value, right: Value, sign: str) -> None:
    for value in (left, right):
        if type(value) not in (int, float):
            raise EvaluationError(f"`{sign}` needs numbers, not {kind_of(value)}")


def add(left: Value, right: Value) -> Value:
    """Add numbers, or chain lists."""
    if type(left) is list and type(right) is list:
        return left + right
    _numbers(left, right, "+")
    return left + right


def subtract(left: Value, right: Value) -> Value:
    """Subtract numbers."""
    _numbers(left, right, "-")
    return left - right


def multiply(left: Value, right: Value) -> Value:
    """Multiply numbers."""
    _numbers(left, right, "*")
    return left * right


def floor_divide(left: Value, right: Value) -> Value:
    """Divide numbers, rounding down."""
    _numbers(left, right, "//")
    if right == 0:
        raise EvaluationError("division by zero")
    return left // right


def modulo(left: Value, right: Value) -> Value:
    """Return the rest of a division."""
    _numbers(left, right, "%")
    if right == 0:
        raise EvaluationError("division by zero")
    return left % right


def concatenate(values: list[Value]) -> str:
    """Join values as text."""
    return "".join(map(text, values))


def compare(sign: str, left: Value, right: Value) -> bool:
    """Compare two values of one type; `in` looks for text in text, an item in a list, or a key in a map."""
    if sign in ("in", "notin"):
        return contains(right, left) is (sign == "in")
    numeric = type(left) in (int, float) and type(right) in (int, float)
    if type(left) is not type(right) and not numeric:
        raise EvaluationError(f"{kind_of(left)} is compared with {kind_of(right)}")
    if sign in ("eq", "ne"):
        return bool(left == right) is (sign == "eq")
    if not numeric and type(left) is not str:
        raise EvaluationError(f"{kind_of(left)} has no order")
    outcomes = {"lt": left < right, "lteq": left <= right, "gt": left > right, "gteq": left >= right}
    return bool(outcomes[sign])


def contains(container: Value, item: Value) -> bool:
    """Return whether text holds text, a list an item, or a map a key."""
    if type(container) is str and type(item) is str:
        return item in container
    if type(container) is dict and type(item) is str:
        return item in container
    if type(container) is list:
        return any(type(found) is type(item) and found == item for found in container)
    raise EvaluationError(f"{kind_of(item)} cannot be in {kind_of(container)}")


def _need(value: Value, *types: type) -> None:
    if type(value) not in types:
        raise EvaluationError(f"the filter does not take {kind_of(value)}")


def _whole(value: Value) -> int:
    if type(value) is int:
        return value
    if type(value) is str and value.removeprefix("-").isdecimal() and value.isascii():
        return int(value)
    raise EvaluationError(
        f"`{value}` is no whole number" if type(value) is str else f"{kind_of(value)} is no whole number"
    )


def _sorted(value: Value) -> Value:
    _need(value, list)
    if len({type(item) for item in value}) > 1 or (value and type(value[0]) not in (str, int)):
        raise EvaluationError("only a list of texts or of whole numbers can be sorted")
    return sorted(value)


def _unique(value: Value) -> Value:
    _need(value, list)
    kept: list[Value] = []
    for item in value:
        if not contains(kept, item):
            kept.append(item)
    return kept


def _end(position: int) -> Callable[[Value], Value]:
    def end(value: Value) -> Value:
        _need(value, list, str)
        if not value:
            raise MissingError("it is empty")
        return value[position]

    return end


def _extreme(pick: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def extreme(value: Value) -> Value:
        ordered = _sorted(value)
        if not ordered:
            raise MissingError("it is empty")
        return pick(ordered)

    return extreme


def _sum(value: Value) -> Value:
    _need(value, list)
    total: Value = 0
    for item in value:
        total = add(total, item)
    return total


def _text_filter(work: Callable[..., Value]) -> Callable[..., Value]:
    def filtered(value: Value, *arguments: Value) -> Value:
        for given in (value, *arguments):
            _need(given, str)
        return work(value, *arguments)

    return filtered


def _join(value: Value, separator: Value = "") -> str:
    _need(value, list)
    _need(separator, str)
    joined: str = separator.join(map(text, value))
    return joined


def _split(value: str, separator: str) -> list[str]:
    if not separator:
        raise EvaluationError("the separator is empty")
    return value.split(separator)


def _empty(value: Value) -> bool:
    if type(value) not in SIZED:  # asked more often than all else: without a call
        _need(value, *SIZED)
    return not value


def _length(value: Value) -> int:
    _need(value, *SIZED)
    return len(value)


def _keys(value: Value) -> list[str]:
    _need(value, dict)
    return sorted(value)


def _merge(value: Value, other: Value) -> Value:
    _need(value, dict)
    _need(other, dict)
    return {**value, **other} if other else value


def _without(value: Value, *keys: Value) -> Value:
    _need(value, dict)
    return {key: item for key, item in value.items() if key not in keys}


def _pluck(value: Value, key: Value) -> list[Value]:
    _need(key, str)
    return [step(record, key) for record in records(value)]


def _where(value: Value, key: Value, wanted: Value) -> list[Value]:
    _need(key, str)
    return [one for one in records(value) if type(one) is dict and key in one and compare("eq", one[key], wanted)]


def _json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _sha256(value: Value, length: Value = 64) -> str:
    if type(length) is not int or not 1 <= length <= 64:  # noqa: PLR2004 -- the digits of a SHA-256
        raise EvaluationError("a digest has 1 to 64 digits")
    return hashlib.sha256(_json(value).encode()).hexdigest()[:length]


FILTERS: dict[str, tuple[Callable[..., Value], int, int]] = {
    "first": (_end(0), 0, 0),
    "int": (_whole, 0, 0),
    "join": (_join, 0, 1),
    "json": (_json, 0, 0),
    "keys": (_keys, 0, 0),
    "last": (_end(-1), 0, 0),
    "length": (_length, 0, 0),
    "lower": (_text_filter(str.lower), 0, 0),
    "max": (_extreme(lambda ordered: ordered[-1]), 0, 0),
    "merge": (_merge, 1, 1),
    "min": (_extreme(lambda ordered: ordered[0]), 0, 0),
    "pluck": (_pluck, 1, 1),
    "records": (records, 0, 0),
    "replace": (_text_filter(str.replace), 2, 2),
    "sha256": (_sha256, 0, 1),
    "sort": (_sorted, 0, 0),
    "split": (_text_filter(_split), 1, 1),
    "string": (text, 0, 0),
    "sum": (_sum, 0, 0),
    "trim": (_text_filter(str.strip), 0, 0),
    "unique": (_unique, 0, 0),
    "upper": (_text_filter(str.upper), 0, 0),
    "where": (_where, 2, 2),
    "without": (_without, 1, 99),
}
"""Filters by name: the function, and the least and greatest number of arguments. `default(x)` is built in."""

TESTS: dict[str, tuple[Callable[..., bool], int]] = {
    "empty": (_empty, 0),
    "endingwith": (_text_filter(str.endswith), 1),
    "startingwith": (_text_filter(str.startswith), 1),
}
"""Tests by name: the function, and the number of arguments. `is defined` is built in."""
