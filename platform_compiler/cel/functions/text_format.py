"""`format` of a text, as the strings extension has it before its fourth version: numbers are written as in English.

Values inside a list or map are written as in an expression; alone they are written bare.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite, isnan
from typing import Any

from platform_compiler.cel.functions.declare import Function, introduced, member
from platform_compiler.cel.functions.values import NoSuchOverloadError, type_name

_CLAUSE = re.compile(r"%(?:(%)|(?:\.(\d*))?(.?))", re.DOTALL)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
    '"': r"\"",
}
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_PLAIN_EXPONENTS = range(-4, 6)
_MOST_DIGITS = 1000
_DEFAULT = 6
_LOCALE_WORDS = {"inf": "∞", "-inf": "-∞", "nan": "NaN"}
_DYNAMIC = "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"


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


def shown(value: Any) -> str:  # noqa: PLR0911 -- one line a type
    """Return a value as `%s` writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return general(value)
        case bytes() | bytearray():
            return value.decode()
        case timedelta():
            return f"{_decimal_text(Decimal(value // timedelta(microseconds=1)).scaleb(-6))}s"
        case datetime():
            return _moment(value)
        case list():
            return f"[{', '.join(map(_inside, value))}]"
        case Mapping() if type_name(value) == "map":
            pairs = sorted((_key(key), _inside(one)) for key, one in value.items())
            return "{" + ", ".join(f"{key}:{one}" for key, one in pairs) + "}"
        case int() | str():
            return str(value)
    return _type_word(value)


def _type_word(value: Any) -> str:
    """A type, known by having a name; anything else cannot be written."""
    if type_name(value) != "type" or not callable(getattr(value, "name", None)):
        raise ValueError(f"string clause can only be used on {_DYNAMIC}, was given {type_name(value)}")
    word = str(value.name()).partition("<")[0].lower()
    return {"null": "null_type", "timestamp": "google.protobuf.Timestamp", "duration": "google.protobuf.Duration"}.get(
        word, word
    )


def _inside(value: Any) -> str:
    match value:
        case str():
            return quoted(value)
        case bytes() | bytearray():
            return "b" + quoted(shown(value))
        case float():
            return f"{value:.{_DEFAULT}f}" if isfinite(value) else quoted(general(value))
        case timedelta():
            return f"duration({quoted(shown(value))})"
        case datetime():
            return f"timestamp({quoted(shown(value))})"
    return shown(value)


def _key(key: Any) -> str:
    if isinstance(key, str):
        return quoted(key)
    if isinstance(key, int):
        return shown(key)
    raise NoSuchOverloadError(key)


def quoted(text: str) -> str:
    """Return a text between quotes, with what cannot be printed as escapes."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    code = ord(char)
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    if code < 0x80:  # noqa: PLR2004 -- the end of ASCII
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- the end of the first plane


def general(value: float) -> str:
    """Return a number as briefly as it can be told apart: with an exponent when it is very large or very small."""
    if not isfinite(value):
        return "NaN" if isnan(value) else "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    power = exponent + len(digits) - 1 if value else 0
    if power in _PLAIN_EXPONENTS:
        return ("-" if sign and not value else "") + _decimal_text(Decimal(repr(value)))
    head, *tail = map(str, digits)
    fraction = f".{''.join(tail)}" if tail else ""
    return f"{'-' if sign else ''}{head}{fraction}e{'-' if power < 0 else '+'}{abs(power):02}"


def _decimal_text(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def _moment(value: datetime) -> str:
    utc = value.astimezone(UTC) if value.tzinfo else value
    fraction = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z"


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
