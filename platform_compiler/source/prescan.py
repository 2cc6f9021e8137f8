"""What is looked at before the parser sees a file: size, encoding, and characters that no two YAML readers agree on.

One linear pass. Nesting is not judged here: the reader consumes the parser's events one by one and stops at the limit,
so the parser's own recursion (which overflows the stack at about 30,000 levels) is never entered.
"""

import re

from platform_compiler.diagnostics import Bag, Span

MAX_BYTES = 1 << 20

_ORDINARY = bytes(range(0x20, 0x7F)) + b"\t\n"
"""What most files are made of: it takes an eighth of the time to see that nothing else is left."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NAMES = {
    "\x00": "NUL",
    "\r": "carriage return",
    "\x85": "next line (U+0085)",
    "\u2028": "line separator (U+2028)",
    "\u2029": "paragraph separator (U+2029)",
    "\ufeff": "byte order mark (U+FEFF)",
}


def prescan(path: str, data: bytes, bag: Bag, most: int = MAX_BYTES) -> str | None:
    """Return the file's text, or None after saying why it is not fit to be parsed; `most` is how large it may be."""
    if len(data) > most:
        bag.add(
            "PC1004",
            f"the file has {len(data):,} bytes; at most {most:,} are read",
            Span(path),
            help="split it; one document a file is all that a manifest needs",
        )
        return None
    if not data.translate(None, _ORDINARY):
        return data.decode("ascii")
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")  # what Git makes of line ends on Windows
    except UnicodeDecodeError as wrong:
        line, column = _place(data[: wrong.start].decode("utf-8"))
        bag.add(
            "PC1002",
            f"byte 0x{data[wrong.start]:02x} is not UTF-8",
            Span(path, line, column, line, column + 1),
            help="save the file as UTF-8",
        )
        return None
    return None if _report_forbidden(path, text, bag) else text


def _report_forbidden(path: str, text: str, bag: Bag) -> bool:
    """Report the first of each kind of forbidden character; return whether there was one."""
    seen: set[str] = set()
    for match in _FORBIDDEN.finditer(text):
        character = match.group()
        if character in seen:
            continue
        seen.add(character)
        line, column = _place(text[: match.start()])
        name = _NAMES.get(character, f"control character (U+{ord(character):04X})")
        cure = "remove it, or write it as an escape in double quotes"
        if character == "\r":
            cure = "save the file with LF line endings (`* text=auto eol=lf` in .gitattributes keeps them so)"
        elif character == "\ufeff":
            cure = "save the file as UTF-8 without a byte order mark"
        bag.add("PC1003", f"{name} in the file", Span(path, line, column, line, column + 1), help=cure)
    return bool(seen)


def _place(before: str) -> tuple[int, int]:
    """Return the 1-based line and column right after `before`."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
