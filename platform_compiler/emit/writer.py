"""The canonical YAML writer for Kubernetes objects: one text for one object, the same object for every reader.

A string stands plain only where YAML 1.1 and YAML 1.2 both read it as that string; everything else is double-quoted,
and text of several lines is a literal block where nothing in it can be lost. Lines are never folded. Keys are sorted,
but what says which object it is comes first.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_FIRST = {"apiVersion": 0, "kind": 1, "metadata": 2, "name": 3, "namespace": 4}
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./+@=-]*(?:(?: |:)[A-Za-z0-9_./+@=-]+)*\Z")
"""Text without any character that YAML gives a meaning; `:` only inside a word."""
_OTHER_TYPE = re.compile(
    r"""(?ix)
    ~ | null | true | false | yes | no | on | off | y | n
    | [-+]?[0-9._:+xobe-]*[0-9][0-9a-f._:+xo-]*      # numbers, hexadecimal, octal, base 60, dates
    | [-+]?[0-9._]+e[-+]?[0-9]+ | [-+]?\.(inf|nan)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    | [.=]+ | .*\ \Z
    """
)
"""Text that some reader takes for a boolean, a number, a date or nothing; wider than need be."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_UNPRINTABLE = re.compile('["\\\\\x00-\x1f\x7f-\xa0\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_NO_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|\t| \n| \\Z")
_LONGEST_KEY = 120
_MOST_KEY_SETS = 4096
_memo: dict[str, str] = {}
_key_memo: dict[tuple[str, ...], list[tuple[str, str]]] = {}


def write_yaml(body: Mapping[str, Any]) -> str:
    """Return one document.

    Raises:
        ValueError: a number is not finite, or text holds half of a surrogate pair: no YAML can carry them.
    """
    out: list[str] = []
    _mapping(body, "", out.append, "")
    return "".join(out)


def _order(key: str) -> tuple[int, str]:
    return _FIRST.get(key, 9), key


def _keys(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return keys in order, each as written with its colon; the same few sets of them come again and again."""
    made = [(key, f"{_text(key)}:") for key in sorted(names, key=_order)]
    if len(_key_memo) < _MOST_KEY_SETS:
        _key_memo[names] = made
    return made


def _mapping(body: Mapping[str, Any], indent: str, put: Callable[[str], None], lead: str) -> None:
    """Write entries; `lead` stands before the first one: the indent, or `- ` in a list."""
    names = tuple(body)
    for key, name in _key_memo.get(names) or _keys(names):
        value = body[key]
        if len(name) > _LONGEST_KEY:  # readers give up on longer keys unless `?` announces them
            put(f"{lead}? {name[:-1]}\n")
            lead, name = indent, ":"  # noqa: PLW2901 -- the value follows on a line of its own
        kind = type(value)
        if kind is str:
            put(f"{lead}{name} {_memo.get(value) or _string(value, indent + '  ')}\n")
        elif kind is dict and value:
            put(f"{lead}{name}\n")
            deeper = indent + "  "
            _mapping(value, deeper, put, deeper)
        elif kind is list and value:
            put(f"{lead}{name}\n")
            below = indent + "  " if name == ":" else indent
            _sequence(value, below, put, below)
        else:
            put(f"{lead}{name} {_scalar(value)}\n")
        lead = indent


def _sequence(items: list[Any], indent: str, put: Callable[[str], None], lead: str) -> None:
    deeper = indent + "  "
    for item in items:
        kind = type(item)
        if kind is dict and item:
            _mapping(item, deeper, put, f"{lead}- ")
        elif kind is list and item:
            _sequence(item, deeper, put, f"{lead}- ")
        elif kind is str:
            put(f"{lead}- {_memo.get(item) or _string(item, deeper)}\n")
        else:
            put(f"{lead}- {_scalar(item)}\n")
        lead = indent


def _string(value: str, indent: str) -> str:
    """Return text as a block where it has several lines and nothing can be lost, else on one line."""
    return (_block(value, indent) if "\n" in value else None) or _text(value)


def _scalar(value: Any) -> str:  # noqa: PLR0911 -- one branch a type
    """Return a scalar that is no text, or an empty collection."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return _float(value)
    if value == {}:
        return "{}"
    if value == []:
        return "[]"
    if type(value) is str:
        return _text(value)
    raise ValueError(f"{type(value).__name__} cannot be written")


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 -- only NaN differs from itself
        raise ValueError("a number that is not finite cannot be written")
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    sign = exponent if exponent[0] in "+-" else f"+{exponent}"  # YAML 1.1 wants a point and a sign
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{sign}"


def _text(value: str) -> str:
    """Return text on one line, plain or double-quoted."""
    written = _memo.get(value)
    if written is None:
        written = value if _PLAIN.match(value) and not _OTHER_TYPE.fullmatch(value) else _quoted(value)
        if len(value) <= _LONGEST_KEY and "\n" not in value:
            _memo[value] = written
    return written


def _quoted(value: str) -> str:
    return '"' + _UNPRINTABLE.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 -- the surrogates
        raise ValueError("text holds half of a surrogate pair")
    return _ESCAPES.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004


def _block(value: str, indent: str) -> str | None:
    """Return text of several lines as a literal block, or None where a block could lose something."""
    if value[0] in " \n" or not value.strip("\n") or _NO_BLOCK.search(value):
        return None
    body = value.rstrip("\n")
    ends = len(value) - len(body)
    chomp = ("-", "")[ends] if ends <= 1 else "+"
    lines = "\n".join(f"{indent}{line}" if line else "" for line in body.split("\n"))
    return f"|{chomp}\n{lines}" + "\n" * max(ends - 1, 0)
