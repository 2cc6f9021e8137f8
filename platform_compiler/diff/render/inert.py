"""Words of users inside Markdown that cannot become markup, HTML, a mention or a link.

Values go into code spans and fences that are longer than any run of backticks inside; other text is escaped, with a
zero-width space after `@` and `#`, since those are read after the markup is.
"""

import html
import re

from platform_compiler.diagnostics.render.visible import visible

_RUNS = re.compile(r"`+")
_MARKUP = re.compile(r"([\\`*_\[\]~|$])")
_REFERENCE = re.compile(r"([@#])|(\bGH)-(?=\d)")
_BREAK = "\u200b"


def code(text: str, *, in_table: bool = False) -> str:
    """Return a code span; inside a table a pipe is escaped, which a table undoes even in code."""
    text = visible(text)
    ticks = "`" * (max((len(run) for run in _RUNS.findall(text)), default=0) + 1)
    if not text.strip():
        return "` `"
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    span = f"{ticks}{pad}{text}{pad}{ticks}"
    return span.replace("|", "\\|") if in_table else span


def html_code(text: str) -> str:
    """Return text as code inside an HTML line, such as a summary, where Markdown is not read."""
    return f"<code>{_broken(html.escape(visible(text)))}</code>"


def html_text(text: str) -> str:
    """Return text for an HTML line, such as a summary, where Markdown is not read."""
    return _broken(html.escape(visible(text)))


def prose(text: str) -> str:
    """Return a sentence of ours: what stands between single backticks becomes code, the rest is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _plain(text)
    return "".join(code(part) if index % 2 else _plain(part) for index, part in enumerate(parts) if part)


def fence(lines: list[str]) -> str:
    """Return a fenced block in the colours of a diff."""
    longest = max((len(run) for line in lines for run in _RUNS.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join([f"{ticks}diff", *lines, ticks])


def _plain(text: str) -> str:
    escaped = _MARKUP.sub(r"\\\1", html.escape(visible(text), quote=False).replace("&", "\0"))
    return _broken(escaped.replace("\0", "&"))


def _broken(text: str) -> str:
    return _REFERENCE.sub(lambda found: f"{found[1]}{_BREAK}" if found[1] else f"{found[2]}{_BREAK}-", text)
