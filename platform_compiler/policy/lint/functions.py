"""Functions and macros that the Kubernetes of a cluster does not have yet."""

import re
from collections.abc import Iterator

from platform_compiler.cel.functions import MACROS, SINCE
from platform_compiler.cel.functions.declare import Version
from platform_compiler.cel.tree import parts
from platform_compiler.diagnostics import Bag
from platform_compiler.policy.lint.written import Sheet, Written

_TWO_VARIABLES = 3
_SIGNS = {"_?._": ".?", "_[?_]": "[?]"}


def too_new(sheet: Sheet, version: Version, bag: Bag) -> None:
    """Report what the expressions call and `version` of Kubernetes would refuse in a new policy."""
    for written in sheet.all:
        for name, since, offset in sorted(set(_calls(written)), key=lambda call: call[2]):
            if since <= version:
                continue
            words = f"{name} needs Kubernetes {_dotted(since)}, and {_dotted(version)} is to take the policy"
            cure = "write it without, or ship the policy to newer clusters alone"
            bag.add("PC7006", words, sheet.span_at(written, offset), help=cure)


def _calls(written: Written) -> Iterator[tuple[str, Version, int]]:
    """Yield every function and macro, since when it may be written, and its offset in the text."""
    known = {entry.key: tuple(entry.value.overload_id) for entry in written.tree.references}
    for part in parts(written.tree.expr):
        offset = written.offsets.get(part.id, 0)
        if part.HasField("call_expr"):
            if _is_of_a_macro(part.call_expr.function, written):
                continue
            # Where types are unknown several overloads may be meant, and the oldest is enough.
            since = min((SINCE.get(overload, (1, 0)) for overload in known.get(part.id, ())), default=(1, 0))
            yield _shown(part.call_expr.function), since, offset
        elif part.HasField("comprehension_expr") and part.comprehension_expr.iter_var2:
            yield "a macro with two variables", MACROS["all", _TWO_VARIABLES], offset
    for (name, arguments), since in MACROS.items():
        if arguments < _TWO_VARIABLES:
            for found in re.finditer(rf"\.({name})\s*\(", written.text.text):
                yield f"`{name}`", since, found.start(1)


def _is_of_a_macro(function: str, written: Written) -> bool:
    """Whether nobody wrote a function: a macro is kept as the calls that it stands for."""
    if function.startswith("@"):
        return function != "@in"
    return function.isidentifier() and function not in written.text.text


def _shown(function: str) -> str:
    return f"`{_SIGNS.get(function, function)}`"


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
