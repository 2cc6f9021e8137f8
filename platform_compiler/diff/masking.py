"""What must not be printed: values of Secrets, of variables that sound secret, and passwords inside other text.

Masking comes before every renderer, so none can forget it. A mask says nothing of the value, not even its length or a
digest; where two values differ their masks differ, so that the change itself is seen.
"""

import re
from dataclasses import replace
from typing import Any

from platform_compiler.diff.model import FieldChange, Item, Step

HIDDEN = "(hidden)"
_BEFORE, _AFTER = "(hidden, before)", "(hidden, after)"
_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase|code)?(?![a-z])|secret|token|credential|private[-_.]?key|(?:api|access|auth|signing)[-_.]?key"
    r"|(?:pwd|dsn)(?![a-z])",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:ref|name|path|file|url|uri|addr|address|host|port|endpoint|service|ttl|type|issuer|lifetime|expiry|enabled)s?\Z",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)")
_ASSIGNED = re.compile(
    r"""([\w.-]*(?:password|passwd|secret|token|api[-_]?key)[\w.-]*(?:["']\s*:\s*|\s*=\s*|\s*:\s+))"""
    r"""(?:"[^"]*"|'[^']*'|[^\s,;&"']+)""",
    re.IGNORECASE,
)
_PEM = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|\Z)", re.DOTALL)
_SECRET_DATA = frozenset({"data", "stringData"})
_WHOLE = frozenset({"env", "data"})


def masked(field: FieldChange, kind: str) -> FieldChange:
    """Return a field's change as it may be shown; `kind` is the resource's.

    A text that is told by what is inside has no `old` and `new` then.
    """
    old, new = _mask(field.old, field.pointer, kind), _mask(field.new, field.pointer, kind)
    differ = field.old is not None and field.new is not None
    if differ and old == new and not isinstance(old, dict | list) and old != field.old:
        old, new = (_BEFORE, _AFTER) if old == HIDDEN else (f"{old} {_BEFORE}", f"{new} {_AFTER}")
    inside = tuple(masked(one, "") for one in field.inside)
    if inside:  # the fields inside say it all, and the whole text may hold secrets that did not change
        old = new = None
    pointer = tuple(Item(tuple((n, _text(v)) for n, v in s.key)) if isinstance(s, Item) else s for s in field.pointer)
    return replace(field, pointer=pointer, old=old, new=new, inside=inside)


def _mask(value: Any, pointer: tuple[Step, ...], kind: str) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        named = value.get("name")
        below = (*pointer, named) if isinstance(named, str) and "value" in value else pointer
        return {key: _mask(child, (*below, key), kind) for key, child in value.items()}
    if isinstance(value, Item):
        return _text(str(value))
    if isinstance(value, list | tuple):
        return [_mask(child, pointer, kind) for child in value]
    if _is_secret(pointer, kind):
        return HIDDEN
    return _text(value)


def _is_secret(pointer: tuple[Step, ...], kind: str) -> bool:
    """Whether a leaf is a value of a Secret, or of a variable or key whose name sounds secret."""
    if kind == "Secret":
        return bool(pointer) and pointer[0] in _SECRET_DATA
    named = str(pointer[-2]) if len(pointer) > 1 and pointer[-1] == "value" else str(pointer[-1]) if pointer else ""
    holds_values = not kind or any(step in _WHOLE for step in pointer if isinstance(step, str))
    return holds_values and sounds_secret(named)


def sounds_secret(name: str) -> bool:
    """Whether a name promises a secret value; `tokenPath` and `secretName` only say where one is."""
    return _SECRET_NAME.search(name) is not None and _REFERENCE.search(name) is None


def _text(value: Any) -> Any:
    """Return text without the passwords that URLs and arguments carry."""
    if not isinstance(value, str):
        return value
    value = _PEM.sub(rf"\1 {HIDDEN} \2", value)
    return _ASSIGNED.sub(rf"\1{HIDDEN}", _USERINFO.sub(rf"\1{HIDDEN}", value))
