"""The canonical YAML writer for Kubernetes objects: one text for one object, the same object for every reader.

A string stands plain only where YAML 1.1 and YAML 1.2 both read it as that string; everything else is double-quoted,
and text of several lines is a literal block where nothing in it can be lost. Lines are never folded. Keys are sorted,
but what says which object it is comes first.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias

_FIRST = {"apiVersion": 0, "kind": 1, "metadata": 2, "name": 3, "namespace": 4}
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./+@=-]*(?:(?: |:)[A-Za-z0-9_./+@=-]+)*\Z")
"""Text without any character that YAML gives a meaning; `:` only inside a word, and no space at the end."""
_OTHER_TYPE = re.compile(
    r"""(?ix)
    ~ | null | true | false | yes | no | on | off | y | n
    | [-+]?[0-9._:+xobe-]*[0-9][0-9a-f._:+xo-]*      # numbers, hexadecimal, octal, base 60, dates
    | [-+]?[0-9._]+e[-+]?[0-9]+ | [-+]?\.(inf|nan)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    | [.=]+
    """
)
"""Such text that some reader takes for a boolean, a number, a date or nothing; wider than need be."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_UNPRINTABLE = re.compile('["\\\\\x00-\x1f\x7f-\xa0\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_NO_BLOCK = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|\t| \n| \\Z")
_LONGEST_KEY = 120
_MOST_KEY_SETS = 4096
_memo: dict[str, str] = {}


class _Level:
    """A depth of nesting: its indent, and keys as they are written below a key and as an item of a list."""

    def __init__(self, indent: str) -> None:
        self.indent = indent
        self.dash = f"{indent}- "
        self.heads = _Heads(indent, self)

    @cached_property
    def below(self) -> "_Level":
        """The next one."""
        return _Level(f"{self.indent}  ")

    @cached_property
    def item_heads(self) -> "_Heads":
        """The same, for a mapping in a list at this depth."""
        return _Heads(self.dash, self.below)


class _Heads(dict[tuple[str, ...], list["_Head"]]):
    """Keys as they are written, by those of a whole mapping: the same few sets of them come again and again."""

    def __init__(self, lead: str, level: _Level) -> None:
        super().__init__()
        self._lead = lead
        self._level = level

    def __missing__(self, names: tuple[str, ...]) -> "list[_Head]":
        first, *others = sorted(names, key=_order)
        made = [self._head(first, self._lead), *(self._head(key, self._level.indent) for key in others)]
        if len(self) < _MOST_KEY_SETS:
            self[names] = made
        return made

    def _head(self, key: str, lead: str) -> "_Head":
        text = _text(key)
        if len(text) < _LONGEST_KEY:
            return key, f"{lead}{text}:", self._level
        # Readers give up on longer keys unless `?` announces them; the value follows on a line of its own.
        return key, f"{lead}? {text}\n{self._level.indent}:", self._level.below


_Head: TypeAlias = tuple[str, str, _Level]
"""A key, the same as it is written, and where a list behind it stands."""
_TOP = _Level("")


def write_yaml(body: Mapping[str, Any]) -> str:
    """Return one document.

    Raises:
        ValueError: a number is not finite, or text holds half of a surrogate pair: no YAML can carry them.
    """
    lines: list[str] = []
    if body:
        _mapping(body, _TOP, _TOP.heads, lines)
    lines.append("")
    return "\n".join(lines)


def _order(key: str) -> tuple[int, str]:
    return _FIRST.get(key, 9), key


def _mapping(body: Mapping[str, Any], level: _Level, heads: _Heads, lines: list[str]) -> None:
    for key, head, lists in heads[tuple(body)]:
        value = body[key]
        kind = type(value)
        if kind is str:
            lines.append(f"{head} {_memo.get(value) or _string(value, level.below.indent)}")
        elif kind is dict and value:
            lines.append(head)
            _mapping(value, level.below, level.below.heads, lines)
        elif kind is list and value:
            lines.append(head)
            _sequence(value, lists, lines)
        elif kind is int:
            lines.append(f"{head} {value}")
        else:
            lines.append(f"{head} {_scalar(value)}")


def _sequence(items: list[Any], level: _Level, lines: list[str]) -> None:
    for item in items:
        kind = type(item)
        if kind is str:
            lines.append(f"{level.dash}{_memo.get(item) or _string(item, level.below.indent)}")
        elif kind is dict and item:
            _mapping(item, level.below, level.item_heads, lines)
        elif kind is list and item:
            first = len(lines)
            _sequence(item, level.below, lines)
            lines[first] = level.dash + lines[first][len(level.dash) :]
        else:
            lines.append(f"{level.dash}{_scalar(item)}")


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
