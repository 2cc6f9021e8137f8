"""What of the language a policy needs that not every Kubernetes has."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.cel.engine import Expression
from platform_compiler.cel.functions import MACROS, SINCE
from platform_compiler.cel.tree import is_binding, overloads_in, parts
from platform_compiler.policy.compiled import Compiled
from platform_compiler.verify.versions import Version

_ALWAYS: Version = (1, 0)
_TWO_NAMES = MACROS["all", 3]


class Need(NamedTuple):
    """What is needed, in words, and the first Kubernetes that has it."""

    what: str
    since: Version


def needs(compiled: Compiled, version: Version) -> list[Need]:
    """Return what a policy uses and a version of Kubernetes does not have, each once."""
    found = {need for expression in _expressions(compiled) for need in _needed(expression) if need.since > version}
    return sorted(found)


def _expressions(compiled: Compiled) -> Iterator[Expression]:
    yield from (expression for _, expression in compiled.conditions)
    yield from compiled.validations
    yield from filter(None, compiled.messages)
    yield from (expression for _, expression in compiled.audits)


def _needed(expression: Expression) -> Iterator[Need]:
    tree = expression.tree()
    for function, overloads, _ in overloads_in(tree):
        # Where types are not known, any of the overloads may be meant, so the oldest one counts.
        since = min((SINCE.get(overload, _ALWAYS) for overload in overloads), default=_ALWAYS)
        yield Need(f"`{function}()`", since)
    if any(part.comprehension_expr.iter_var2 and not is_binding(part) for part in parts(tree.expr)):
        yield Need("a loop over keys and values", _TWO_NAMES)
