"""Quantities of Kubernetes: `500m`, `1.5Gi`, `2e3`."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

_QUANTITY = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,3}))?\Z")
_BINARY = {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)}
_DECIMAL = {unit: Decimal(1000) ** power for power, unit in enumerate("num", start=-3)}
_SCALE = {None: Decimal(1)} | _BINARY | _DECIMAL | {u: Decimal(1000) ** p for p, u in enumerate("kMGTPE", start=1)}
_LONGEST = 64


def amount(value: Any) -> Decimal | None:
    """Return a quantity as a number (cores, bytes, or a count), or None when it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _amount(str(value))


@lru_cache(maxsize=4096)
def _amount(text: str) -> Decimal | None:
    match = _QUANTITY.match(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    number, suffix, exponent = match.groups()
    return Decimal(number) * (Decimal(10) ** int(exponent) if exponent else _SCALE[suffix])
