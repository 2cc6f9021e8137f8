"""Values as texts: bare when they stand alone, as in an expression when they stand in a list or map."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite, isnan
from typing import Any

from platform_compiler.cel.functions.values import NoSuchOverloadError, type_name

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
_PLAIN_EXPONENTS = range(-4, 6)
_PRECISION = 6
_DYNAMIC = "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"


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
            return f"{_digits(Decimal(value // timedelta(microseconds=1)).scaleb(-6))}s"
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
            return f"{value:.{_PRECISION}f}" if isfinite(value) else quoted(general(value))
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
        return ("-" if sign and not value else "") + _digits(Decimal(repr(value)))
    head, *tail = map(str, digits)
    fraction = f".{''.join(tail)}" if tail else ""
    return f"{'-' if sign else ''}{head}{fraction}e{'-' if power < 0 else '+'}{abs(power):02}"


def _digits(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))


def _moment(value: datetime) -> str:
    utc = value.astimezone(UTC) if value.tzinfo else value
    fraction = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z"
