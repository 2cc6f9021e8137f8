"""Named formats: what is wrong with a text that should be a DNS label, a label's value, a date and so on.

`validate` gives a list of troubles, and `format.named` the format or an empty map. Kubernetes gives optionals, which a
function cannot make here: the engine wraps both (`OPTIONAL`), and what is empty becomes no value. The words of the
troubles are ours.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from platform_compiler.cel.functions import url_parts
from platform_compiler.cel.functions.declare import Function, free, introduced, member
from platform_compiler.cel.functions.values import tagged

OPTIONAL = frozenset({"format-validate", "format-named"})
"""Overloads whose empty results mean no value, and all others a value."""

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(rf"{_LABEL}\Z")
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*\Z")
_DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z", re.IGNORECASE | re.ASCII)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))\Z")
_LABEL_LENGTH, _SUBDOMAIN_LENGTH = 63, 253


def _checked(pattern: re.Pattern[str], most: int, words: str, text: str) -> list[str]:
    troubles = [f"must be no more than {most} bytes"] if len(text.encode()) > most else []
    return troubles if pattern.match(text) else [*troubles, words]


_label = partial(
    _checked, _DNS_LABEL, _LABEL_LENGTH, "must be a DNS label: a-z, 0-9 and '-', with a letter or digit at both ends"
)
_subdomain = partial(
    _checked, _SUBDOMAIN, _SUBDOMAIN_LENGTH, "must be a DNS name: labels of a-z, 0-9 and '-' with dots between them"
)
_label_1035 = partial(
    _checked, _DNS_1035, _LABEL_LENGTH, "must be a DNS label that begins with a letter: a-z, 0-9 and '-'"
)
_NAME_WORDS = "must be of letters, digits, '-', '_' and '.', with a letter or digit at both ends"


def _prefix(check: Callable[[str], list[str]], text: str) -> list[str]:
    """What stands before a generated ending may end in a dash."""
    return check(f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text)


def _qualified_name(text: str) -> list[str]:
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return ["must be a name with at most one prefix before a '/'"]
    troubles = [f"prefix part {one}" for one in _subdomain(prefix)] if slash else []
    return troubles + [f"name part {one}" for one in _checked(_NAME, _LABEL_LENGTH, _NAME_WORDS, name)]


def _label_value(text: str) -> list[str]:
    return _checked(_NAME, _LABEL_LENGTH, f"{_NAME_WORDS}, or empty", text) if text else []


def _uri(text: str) -> list[str]:
    try:
        url_parts.request(text)
    except ValueError as trouble:
        return [f'parse "{text}": {trouble}']
    return []


def _matching(matches: Callable[[str], object], words: str, text: str) -> list[str]:
    return [] if matches(text) else [words]


def _is_date(text: str) -> bool:
    if not _DATE.match(text):
        return False
    try:
        # Go knows the year 0; it was a leap year like 2000.
        date.fromisoformat(f"2000{text[4:]}" if text.startswith("0000") else text)
    except ValueError:
        return False
    return True


def _is_datetime(text: str) -> bool:
    day, _, rest = text.lower().partition("t")
    clock = _TIME.match(rest.partition("t")[0])
    return bool(clock) and _is_date(day) and clock is not None and _on_the_clock(clock)


def _on_the_clock(clock: re.Match[str]) -> bool:
    return clock[1] <= "23" and clock[2] <= "59" and clock[3] <= "59"


CHECKS: dict[str, Callable[[str], list[str]]] = {
    "dns1123Label": _label,
    "dns1123Subdomain": _subdomain,
    "dns1035Label": _label_1035,
    "qualifiedName": _qualified_name,
    "dns1123LabelPrefix": partial(_prefix, _label),
    "dns1123SubdomainPrefix": partial(_prefix, _subdomain),
    "dns1035LabelPrefix": partial(_prefix, _label_1035),
    "labelValue": _label_value,
    "uri": _uri,
    "uuid": partial(_matching, _UUID.match, "does not match the UUID format"),
    "byte": partial(_matching, _BASE64.match, "invalid base64"),
    "date": partial(_matching, _is_date, "invalid date"),
    "datetime": partial(_matching, _is_datetime, "invalid datetime"),
}


def named(name: str) -> dict[str, Any]:
    """Return the format of a name, or an empty map."""
    return {"@format": name} if name in CHECKS else {}


def validate(value: dict[str, Any], text: str) -> list[str]:
    """Return what is wrong with a text."""
    return CHECKS[tagged(value, "@format")](text)


_MAP = "map(string, dyn)"
_SINCE = introduced(31)
FUNCTIONS = (
    Function("validate", (member("format-validate", (_MAP, "string"), "dyn", validate, _SINCE),)),
    Function("format.named", (free("format-named", ("string",), "dyn", named, _SINCE),)),
    *(Function(f"format.{name}", (free(f"format.{name}", (), _MAP, partial(named, name), _SINCE),)) for name in CHECKS),
)
