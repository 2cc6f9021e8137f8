r"""Patterns as JSON Schema has them: ECMAScript's, in which Python reads a few signs otherwise.

`\w` and `\d` stand for ASCII alone, `\s` for its own list of spaces, `.` for no end of a line, `$` for the very end. A
validator reads them so; whatever is worded, or accepted in its place, must be what it refuses or accepts.
"""

import re
from functools import cache

_DIGITS, _LETTERS = "0-9", "0-9A-Za-z_"
_SPACES = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_IN_CLASS = {r"\d": _DIGITS, r"\w": _LETTERS, r"\s": _SPACES}
_ALONE = {
    **{sign: f"[{inside}]" for sign, inside in _IN_CLASS.items()},
    **{sign.upper(): f"[^{inside}]" for sign, inside in _IN_CLASS.items()},
    ".": r"[^\n\r\u2028\u2029]",
    "$": r"\Z",
}
_ESCAPE = re.compile(r"\\.")
_PART = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[.$]")


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches somewhere."""
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_PART.sub(lambda part: _as_python_has_it(part.group()), pattern))


def _as_python_has_it(part: str) -> str:
    if part[0] == "[":
        return _ESCAPE.sub(lambda escape: _IN_CLASS.get(escape.group(), escape.group()), part)
    return _ALONE.get(part, part)
