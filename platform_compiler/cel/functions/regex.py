"""Find what matches an expression: `find` and `findAll`, in the syntax of RE2 as everywhere in Kubernetes."""

from functools import lru_cache
from itertools import islice
from typing import Any

import re2

from platform_compiler.cel.functions.declare import ALWAYS, Function, member


def find(text: str, pattern: str) -> str:
    """Return the first match, or an empty string."""
    found = _compiled(pattern).search(text)
    return str(found[0]) if found else ""


def find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    """Return every match, at most `limit` of them unless it is negative."""
    found = _matches(_compiled(pattern), text)
    return list(found if limit < 0 else islice(found, limit))


def _matches(compiled: Any, text: str) -> Any:
    """Yield matches the way Go does: an empty one is left out where another match just ended."""
    ended = -1
    for match in compiled.finditer(text):
        if match[0] or match.start() != ended:
            yield str(match[0])
        ended = match.end()


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    try:
        return re2.compile(pattern, _options())
    except re2.error as trouble:
        reason = trouble.args[0] if trouble.args else "it does not parse"
        words = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise ValueError(f"illegal regex `{pattern}`: {words}") from trouble


@lru_cache(maxsize=1)
def _options() -> Any:
    options = re2.Options()
    options.log_errors = False  # a bad expression is told by its error, never by a line on standard error
    return options


FUNCTIONS = (
    Function("find", (member("string_find_string", ("string", "string"), "string", find, ALWAYS),)),
    Function(
        "findAll",
        (
            member("string_find_all_string", ("string", "string"), "list(string)", find_all, ALWAYS),
            member("string_find_all_string_int", ("string", "string", "int"), "list(string)", find_all, ALWAYS),
        ),
    ),
)
