"""What the values of annotations look like, as the injector reads them: it refuses pods with others.

Source: the injector's checks of annotations. What is no text is not judged here.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_network

_QUANTITY = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?\Z"
_TRUTHS = {"1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"}
_MODES = {"REDIRECT", "TPROXY", "NONE"}
_MAX_PORT = 65535
_MAX_COUNT = 2**32 - 1


def _number(text: str, most: int) -> bool:
    digits = text.lstrip("0")
    return text.isascii() and text.isdigit() and (len(digits), digits) <= (len(str(most)), str(most))


def _ports(text: str) -> bool:
    return not text.strip() or all(_number(part.strip(), _MAX_PORT) for part in text.split(","))


def _ranges(text: str) -> bool:
    return not text or all(map(_range, text.split(",")))


def _range(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


_TYPES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "bool": (lambda text: text in _TRUTHS, "`true` or `false`"),
    "count": (lambda text: _number(text, _MAX_COUNT), "a whole number"),
    "mode": (lambda text: text in _MODES, "`REDIRECT`, `TPROXY` or `NONE`"),
    "port": (lambda text: _number(text.strip(), _MAX_PORT), "a port"),
    "ports": (_ports, "ports parted by commas"),
    "ports or *": (lambda text: text == "*" or _ports(text), "`*`, or ports parted by commas"),
    "quantity": (lambda text: bool(re.match(_QUANTITY, text)), "a quantity such as `100m` or `128Mi`"),
    "ranges": (_ranges, "CIDRs parted by commas, without spaces"),
    "ranges or *": (lambda text: text == "*" or _ranges(text), "`*`, or CIDRs parted by commas, without spaces"),
}


def wanted_instead(value_type: str, text: str) -> str:
    """Return what a value of a type looks like, if `text` is none; empty where all is well."""
    if value_type not in _TYPES:
        return ""
    fits, wanted = _TYPES[value_type]
    return "" if fits(text) else wanted
