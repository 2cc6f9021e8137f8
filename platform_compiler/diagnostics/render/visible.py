"""Make text safe to print: a control character from a file must never reach a terminal."""

import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_NO_CHARACTERS = "\ufffe\uffff"  # XML forbids them, and nothing shows them


def visible(text: str) -> str:
    """Return `text` with control and format characters, and what is no character, written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if _is_invisible(c) else c for c in text)


def width(text: str) -> int:
    """Return how many columns a terminal gives to `text`."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or character in _NO_CHARACTERS


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 -- what two digits hold
