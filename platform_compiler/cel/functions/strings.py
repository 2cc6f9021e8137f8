"""Text: the strings extension at its second version, as Kubernetes loads it; positions count characters.

`reverse` of a string came with the third version: Kubernetes does not have it. `format` has its own file.
"""

from typing import Any

from platform_compiler.cel.functions.declare import ALWAYS, Function, free, introduced, member
from platform_compiler.cel.functions.values import type_name

_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
"""What Unicode calls white space; Python would strip four control characters more."""
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_QUOTED = {
    ord(plain): written
    for plain, written in (
        ("\a", r"\a"),
        ("\b", r"\b"),
        ("\f", r"\f"),
        ("\n", r"\n"),
        ("\r", r"\r"),
        ("\t", r"\t"),
        ("\v", r"\v"),
        ("\\", r"\\"),
        ('"', r"\""),
    )
}


def char_at(text: str, index: int) -> str:
    """Return one character; behind the last there is an empty one."""
    _within(text, index)
    return text[index : index + 1]


def index_of(text: str, part: str, start: int = 0) -> int:
    """Return where a part begins first, or -1."""
    if part == "":
        return start
    if start < 0:
        raise _OutOfRangeError(start)
    return text.find(part, start)


def last_index_of(text: str, part: str, last: int | None = None) -> int:
    """Return where a part begins last, at `last` or before, or -1."""
    start = (len(text) if part == "" else max(0, len(text) - 1)) if last is None else last
    if part == "":
        return start
    if start < 0:
        raise _OutOfRangeError(start)
    return -1 if start >= len(text) else text.rfind(part, 0, start + len(part))


def join(parts: list[Any], between: str = "") -> str:
    """Return texts in a row."""
    for part in parts:
        if not isinstance(part, str):
            raise ValueError(f"join: invalid input of type {type_name(part)}")  # noqa: TRY004 -- one kind of error
    return between.join(parts)


def lower_ascii(text: str) -> str:
    """Return a text with the letters A to Z in lower case."""
    return text.translate(_LOWER)


def upper_ascii(text: str) -> str:
    """Return a text with the letters a to z in upper case."""
    return text.translate(_UPPER)


def quote(text: str) -> str:
    """Return a text between quotes, written as in a program."""
    return f'"{text.translate(_QUOTED)}"'


def replace(text: str, old: str, new: str, times: int = -1) -> str:
    """Return a text with a part replaced, everywhere or some times."""
    return text.replace(old, new, max(-1, times))


def split(text: str, between: str, most: int = -1) -> list[str]:
    """Return the pieces of a text, at most so many; an empty separator cuts it into characters."""
    if most == 0:
        return []
    if between:
        return text.split(between, most - 1 if most > 0 else -1)
    if most < 0 or most >= len(text):
        return list(text)
    return [*text[: most - 1], text[most - 1 :]]


def substring(text: str, start: int, end: int | None = None) -> str:
    """Return a stretch of a text."""
    stop = len(text) if end is None else end
    if end is not None and start > end:
        raise ValueError(f"invalid substring range: start {start}, end {end}")
    _within(text, start)
    _within(text, stop)
    return text[start:stop]


def trim(text: str) -> str:
    """Return a text without white space around it."""
    return text.strip(_SPACE)


class _OutOfRangeError(ValueError):
    def __init__(self, index: int) -> None:
        super().__init__(f"index out of range: {index}")


def _within(text: str, index: int) -> None:
    if not 0 <= index <= len(text):
        raise _OutOfRangeError(index)


_S, _I = "string", "int"
_ROWS: tuple[tuple[str, str, tuple[str, ...], str, Any], ...] = (
    ("charAt", "string_char_at_int", (_S, _I), _S, char_at),
    ("indexOf", "string_index_of_string", (_S, _S), _I, index_of),
    ("indexOf", "string_index_of_string_int", (_S, _S, _I), _I, index_of),
    ("lastIndexOf", "string_last_index_of_string", (_S, _S), _I, last_index_of),
    ("lastIndexOf", "string_last_index_of_string_int", (_S, _S, _I), _I, last_index_of),
    ("join", "list_join", ("list(string)",), _S, join),
    ("join", "list_join_string", ("list(string)", _S), _S, join),
    ("lowerAscii", "string_lower_ascii", (_S,), _S, lower_ascii),
    ("upperAscii", "string_upper_ascii", (_S,), _S, upper_ascii),
    ("replace", "string_replace_string_string", (_S, _S, _S), _S, replace),
    ("replace", "string_replace_string_string_int", (_S, _S, _S, _I), _S, replace),
    ("split", "string_split_string", (_S, _S), "list(string)", split),
    ("split", "string_split_string_int", (_S, _S, _I), "list(string)", split),
    ("substring", "string_substring_int", (_S, _I), _S, substring),
    ("substring", "string_substring_int_int", (_S, _I, _I), _S, substring),
    ("trim", "string_trim", (_S,), _S, trim),
)
FUNCTIONS = (
    *(Function(name, (member(one, takes, gives, call, ALWAYS),)) for name, one, takes, gives, call in _ROWS),
    Function("strings.quote", (free("strings_quote", (_S,), _S, quote, introduced(29)),)),
)
