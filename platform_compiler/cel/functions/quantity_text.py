"""Read a quantity: how much it is in billionths, and whether the API server would hold it as a whole number."""

import re

_PARTS = re.compile(r"([+-]?)0*(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[-+]?\d*)\Z", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_EXPONENT = re.compile(r"[eE][+-]?\d+\Z", re.ASCII)
NANO = 10**9
_DIGITS = 18  # as many as surely fit into 64 bits
_BINARY_DIGITS = 15
LARGEST = 2**63 - 1
_FARTHEST = 400  # beyond any number of the language; a larger exponent would only cost memory


def read(text: str) -> tuple[int, bool]:
    """Return the billionths of a quantity, and whether it is held as a whole number.

    Raises:
        ValueError: it is no quantity.
    """
    sign, whole, fraction, suffix = _read(text)
    if suffix in _BINARY:
        nanos, integer = _binary(whole, fraction, _BINARY[suffix])
    else:
        nanos, integer = _decimal(whole, fraction or "", _power(suffix))
    return (-nanos if sign == "-" else nanos), integer


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
    return nanos, fits and nanos // NANO <= LARGEST


def _binary(whole: str, fraction: str | None, bits: int) -> tuple[int, bool]:
    number = int(whole + (fraction or "")) << bits
    nanos = min(_scaled(number, 9 - len(fraction or "")), LARGEST * NANO)
    precision = _BINARY_DIGITS - len(whole) - bits * 3 // 10 - 1
    return nanos, not fraction and precision >= 0 and number <= LARGEST


def _scaled(number: int, power: int) -> int:
    """Multiply by a power of ten, rounded up: asking for a little never means asking for nothing."""
    factor: int = 10 ** abs(power)
    return number * factor if power >= 0 else -(-number // factor)
