"""Quantities: amounts with a suffix such as `500m` or `1Gi`, exact to a billionth.

Whether a quantity `isInteger` hangs on how the API server holds it, not on its value: `1000m` and `1.5Gi` are none.
It is kept as the type of the number beside the value, 1 or 1.0, which the language holds equal.
"""

import re
from typing import Any

from platform_compiler.cel.functions.declare import Function, free, introduced, member
from platform_compiler.cel.functions.values import tagged

_PARTS = re.compile(r"([+-]?)0*(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[-+]?\d*)\Z", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_EXPONENT = re.compile(r"[eE][+-]?\d+\Z", re.ASCII)
_NANO = 10**9
_DIGITS = 18  # as many as surely fit into 64 bits
_BINARY_DIGITS = 15
_LARGEST = 2**63 - 1
_FARTHEST = 400  # beyond any number of the language; a larger exponent would only cost memory
_INTEGER, _OTHER = 1, 1.0


def quantity(text: str) -> dict[str, Any]:
    """Return the quantity that a text says."""
    sign, whole, fraction, suffix = _read(text)
    if suffix in _BINARY:
        nanos, integer = _binary(whole, fraction, _BINARY[suffix])
    else:
        nanos, integer = _decimal(whole, fraction or "", _power(suffix))
    return _made(-nanos if sign == "-" else nanos, integer=integer)


def is_quantity(text: str) -> bool:
    """Tell whether a text is a quantity."""
    try:
        quantity(text)
    except ValueError:
        return False
    return True


def _read(text: str) -> tuple[str, str, str | None, str]:
    found = _PARTS.match(text) if text else None
    if found is None:
        raise ValueError("quantities must match the regular expression of a number and a suffix")
    return found[1], found[2] or "0", (found[4] if found[3] else None), found[5]


def _power(suffix: str) -> int:
    if suffix in _DECIMAL:
        return _DECIMAL[suffix]
    if not _EXPONENT.match(suffix) or abs(int(suffix[1:])) > _FARTHEST:
        raise ValueError("unable to parse quantity's suffix")
    return int(suffix[1:])


def _decimal(whole: str, fraction: str, power: int) -> tuple[int, bool]:
    scale = power - len(fraction)
    number = int(whole + fraction)
    nanos = _scaled(number, scale + 9)
    fits = len(whole) + len(fraction) <= _DIGITS and scale >= 0
    return nanos, fits and nanos // _NANO <= _LARGEST


def _binary(whole: str, fraction: str | None, bits: int) -> tuple[int, bool]:
    number = int(whole + (fraction or "")) << bits
    nanos = min(_scaled(number, 9 - len(fraction or "")), _LARGEST * _NANO)
    precision = _BINARY_DIGITS - len(whole) - bits * 3 // 10 - 1
    return nanos, not fraction and precision >= 0 and number <= _LARGEST


def _scaled(number: int, power: int) -> int:
    """Multiply by a power of ten, rounded up: asking for a little never means asking for nothing."""
    factor: int = 10 ** abs(power)
    return number * factor if power >= 0 else -(-number // factor)


def _made(nanos: int, *, integer: bool) -> dict[str, Any]:
    whole, rest = divmod(abs(nanos), _NANO)
    text = f"{whole}.{rest:09}".rstrip("0") if rest else str(whole)
    return {"@quantity": f"-{text}" if nanos < 0 else text, "@form": _INTEGER if integer else _OTHER}


def nanos_of(value: dict[str, Any]) -> int:
    """Return a quantity in billionths."""
    text: str = tagged(value, "@quantity")
    whole, _, rest = text.removeprefix("-").partition(".")
    nanos = int(whole) * _NANO + int(rest.ljust(9, "0"))
    return -nanos if text.startswith("-") else nanos


def is_integer(value: dict[str, Any]) -> bool:
    """Tell whether `asInteger` has an answer."""
    tagged(value, "@quantity")
    return isinstance(value["@form"], int)


def as_integer(value: dict[str, Any]) -> int:
    """Return a quantity as a whole number."""
    if not is_integer(value):
        raise ValueError("cannot convert value to integer")
    return nanos_of(value) // _NANO


def as_approximate_float(value: dict[str, Any]) -> float:
    """Return a quantity as a number that may be a little off."""
    try:
        return nanos_of(value) / _NANO
    except OverflowError:
        return float("-inf") if nanos_of(value) < 0 else float("inf")


def sign(value: dict[str, Any]) -> int:
    """Return -1, 0 or 1."""
    nanos = nanos_of(value)
    return (nanos > 0) - (nanos < 0)


def add(value: dict[str, Any], other: dict[str, Any] | int) -> dict[str, Any]:
    """Return the sum."""
    return _sum(value, _amount(other), 1)


def sub(value: dict[str, Any], other: dict[str, Any] | int) -> dict[str, Any]:
    """Return the difference."""
    return _sum(value, _amount(other), -1)


def _amount(other: dict[str, Any] | int) -> dict[str, Any]:
    return _made(other * _NANO, integer=True) if isinstance(other, int) else other


def _sum(value: dict[str, Any], other: dict[str, Any], factor: int) -> dict[str, Any]:
    mine, theirs = nanos_of(value), factor * nanos_of(other)
    total = mine + theirs
    whole = (is_integer(value) or mine == 0) and (is_integer(other) or theirs == 0)
    return _made(total, integer=whole and abs(total) // _NANO <= _LARGEST)


_MAP = "map(string, dyn)"
_SINCE = introduced(28)
FUNCTIONS = (
    Function("quantity", (free("string_to_quantity", ("string",), _MAP, quantity, _SINCE),)),
    Function("isQuantity", (free("is_quantity_string", ("string",), "bool", is_quantity, _SINCE),)),
    # Documented as `q.sign()`, but declared for `sign(q)` alone: a cluster refuses the other.
    Function("sign", (free("quantity_sign", (_MAP,), "int", sign, _SINCE),)),
    Function("isInteger", (member("quantity_is_integer", (_MAP,), "bool", is_integer, _SINCE),)),
    Function("asInteger", (member("quantity_get_int", (_MAP,), "int", as_integer, _SINCE),)),
    Function("asApproximateFloat", (member("quantity_get_float", (_MAP,), "double", as_approximate_float, _SINCE),)),
    *(
        Function(
            name,
            (
                member(f"quantity_{name}", (_MAP, _MAP), _MAP, call, _SINCE),
                member(f"quantity_{name}_int", (_MAP, "int"), _MAP, call, _SINCE),
            ),
        )
        for name, call in (("add", add), ("sub", sub))
    ),
)
