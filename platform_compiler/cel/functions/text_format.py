"""`format` of a text, as the strings extension has it before its fourth version: numbers are written as in English."""

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

from platform_compiler.cel.functions.declare import Function, introduced, member
from platform_compiler.cel.functions.shown import shown
from platform_compiler.cel.functions.values import type_name

_CLAUSE = re.compile(r"%(?:(%)|(?:\.(\d*))?(.?))", re.DOTALL)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_MOST_DIGITS = 1000
_DEFAULT = 6
_LOCALE_WORDS = {"inf": "∞", "-inf": "-∞", "nan": "NaN"}


def text_format(text: str, values: list[Any]) -> str:
    """Return a text with its clauses filled in."""
    taken = iter(enumerate(values))
    index = 0

    def filled(match: re.Match[str]) -> str:
        nonlocal index
        if match[1]:
            return "%"
        if index >= len(values):
            raise ValueError(f"index {index} out of range")
        index, value = index + 1, next(taken)[1]
        return _clause(match, value)

    return _CLAUSE.sub(filled, text)


def _clause(match: re.Match[str], value: Any) -> str:
    digits, letter = match[2], match[3]
    if not letter:
        raise ValueError("unexpected end of string" if digits is None else "a precision has no end")
    if digits == "":
        raise ValueError("a precision has no digits")
    if len(digits or "") > len(str(_MOST_DIGITS)) or int(digits or 0) > _MOST_DIGITS:
        raise ValueError(f"precision {digits} is too large")
    precision = _DEFAULT if digits is None else int(digits)
    if letter in "fe":
        return (_fixed if letter == "f" else _scientific)(_real(value, letter), precision)
    if letter not in _WRITERS:
        raise ValueError(f'unrecognized formatting clause "{letter}"')
    return _WRITERS[letter](value)


def _real(value: Any, letter: str) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    name = "fixed-point" if letter == "f" else "scientific"
    raise ValueError(f"{name} clause can only be used on doubles, was given {type_name(value)}")


def _fixed(value: float, precision: int) -> str:
    return f"{value:,.{precision}f}" if isfinite(value) else _LOCALE_WORDS[str(value)]


def _scientific(value: float, precision: int) -> str:
    if not isfinite(value):
        return _LOCALE_WORDS[str(value)]
    mantissa, _, exponent = f"{value:.{precision}e}".partition("e")
    raised = exponent.removeprefix("+").translate(_RAISED)
    return f"{mantissa}\u202f\u00d7\u202f10{raised}"


def _decimal(value: Any) -> str:
    return str(_whole(value, "decimal clause can only be used on integers"))


def _octal(value: Any) -> str:
    return format(_whole(value, "octal clause can only be used on integers"), "o")


def _binary(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return format(_whole(value, "only integers and bools can be formatted as binary"), "b")


def _hexadecimal(value: Any) -> str:
    if isinstance(value, str):
        return value.encode().hex()
    if isinstance(value, bytes | bytearray):
        return value.hex()
    return format(_whole(value, "only integers, byte buffers, and strings can be formatted as hex"), "x")


def _whole(value: Any, rule: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"{rule}, was given {type_name(value)}")


_WRITERS: dict[str, Callable[[Any], str]] = {
    "s": shown,
    "d": _decimal,
    "b": _binary,
    "o": _octal,
    "x": _hexadecimal,
    "X": lambda value: _hexadecimal(value).upper(),
}
FUNCTIONS = (
    Function("format", (member("string_format", ("string", "list(dyn)"), "string", text_format, introduced(29)),)),
)
