"""Quantities: amounts with a suffix such as `500m` or `1Gi`, exact to a billionth.

Whether a quantity `isInteger` hangs on how the API server holds it, not on its value: `1000m` and `1.5Gi` are none.
It is kept as the type of the number beside the value, 1 or 1.0, which the language holds equal.
"""

from functools import lru_cache
from typing import Any

from platform_compiler.cel.functions.declare import Function, free, introduced, member
from platform_compiler.cel.functions.quantity_text import LARGEST, NANO, read
from platform_compiler.cel.functions.values import tagged

_INTEGER, _OTHER = 1, 1.0


def quantity(text: str) -> dict[str, Any]:
    """Return the quantity that a text says."""
    return dict(_known(text))


@lru_cache(maxsize=1024)  # few texts say the amounts of thousands of containers
def _known(text: str) -> dict[str, Any]:
    nanos, integer = read(text)
    return _made(nanos, integer=integer)


def is_quantity(text: str) -> bool:
    """Tell whether a text is a quantity."""
    try:
        quantity(text)
    except ValueError:
        return False
    return True


def _made(nanos: int, *, integer: bool) -> dict[str, Any]:
    whole, rest = divmod(abs(nanos), NANO)
    text = f"{whole}.{rest:09}".rstrip("0") if rest else str(whole)
    return {"@quantity": f"-{text}" if nanos < 0 else text, "@form": _INTEGER if integer else _OTHER}


def nanos_of(value: dict[str, Any]) -> int:
    """Return a quantity in billionths."""
    return _nanos(tagged(value, "@quantity"))


@lru_cache(maxsize=1024)
def _nanos(text: str) -> int:
    whole, _, rest = text.removeprefix("-").partition(".")
    nanos = int(whole) * NANO + int(rest.ljust(9, "0"))
    return -nanos if text.startswith("-") else nanos


def is_integer(value: dict[str, Any]) -> bool:
    """Tell whether `asInteger` has an answer."""
    tagged(value, "@quantity")
    return isinstance(value["@form"], int)


def as_integer(value: dict[str, Any]) -> int:
    """Return a quantity as a whole number."""
    if not is_integer(value):
        raise ValueError("cannot convert value to integer")
    return nanos_of(value) // NANO


def as_approximate_float(value: dict[str, Any]) -> float:
    """Return a quantity as a number that may be a little off."""
    try:
        return nanos_of(value) / NANO
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
    return _made(other * NANO, integer=True) if isinstance(other, int) else other


def _sum(value: dict[str, Any], other: dict[str, Any], factor: int) -> dict[str, Any]:
    mine, theirs = nanos_of(value), factor * nanos_of(other)
    total = mine + theirs
    whole = (is_integer(value) or mine == 0) and (is_integer(other) or theirs == 0)
    return _made(total, integer=whole and abs(total) // NANO <= LARGEST)


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
