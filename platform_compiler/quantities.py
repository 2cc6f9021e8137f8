"""What the scalar words of the vocabulary mean as numbers: durations and quantities."""

import re
from decimal import Decimal
from functools import lru_cache

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_DURATION_PART = re.compile(r"([0-9]+)(ms|d|h|m|s)")
_QUANTITY = re.compile(r"([0-9.]+)(m|[kMGTPE]i?|Ki)?\Z")
_SCALE = {"": Decimal(1), "m": Decimal("0.001"), "k": Decimal(1000)} | {
    unit + suffix: Decimal(base) ** power
    for power, unit in enumerate("KMGTPE", start=1)
    for suffix, base in (("", 1000), ("i", 1024))
}


@lru_cache(maxsize=4096)
def seconds(duration: str) -> float:
    """Return a duration of the vocabulary (`1h30m`, `500ms`) in seconds."""
    return sum(int(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(duration))


@lru_cache(maxsize=4096)
def whole_seconds(duration: str) -> int:
    """Return a duration in whole seconds, rounded up: Kubernetes knows no fractions."""
    return -int(-seconds(duration) // 1)


def amount(quantity: str | int) -> Decimal:
    """Return a Kubernetes quantity as a number (cores, bytes, or a count)."""
    match = _QUANTITY.match(str(quantity))
    assert match is not None, quantity
    return Decimal(match[1]) * _SCALE[match[2] or ""]
