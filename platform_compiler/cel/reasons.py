"""Which fields of an object made an expression false, or could not be read.

A reason is a help and never a verdict: where an expression cannot be followed, the fields that it reads are told, and
where even those are unknown, none.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from platform_compiler.cel.blame import MOST, blamed
from platform_compiler.cel.engine import EvaluationError, Language
from platform_compiler.cel.failures import failed
from platform_compiler.cel.judge import Judge, TooMuchError
from platform_compiler.cel.origins import Origins
from platform_compiler.cel.shapes import constant, function_of, kind_of
from platform_compiler.cel.tree import Part, Tree, children
from platform_compiler.objects import Path

_IDENTITY = frozenset({("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")})
"""Fields that say what an object is: a rule often reads them to leave objects out, and rarely to have them changed."""


def reasons(language: Language, tree: Tree, values: Mapping[str, Any], root: str = "object") -> tuple[Path, ...]:
    """Return the places below `root` that made a boolean expression false, the most telling first."""
    return _told(language, tree, values, root, lambda origins: blamed(origins, tree.expr, {}, wanted=True))


def failed_at(language: Language, tree: Tree, values: Mapping[str, Any], root: str = "object") -> tuple[Path, ...]:
    """Return the places below `root` that an expression without a value could not read."""
    return _told(language, tree, values, root, lambda origins: failed(origins, tree.expr, {}))


def _told(
    language: Language,
    tree: Tree,
    values: Mapping[str, Any],
    root: str,
    walk: Callable[[Origins], Iterator[Path]],
) -> tuple[Path, ...]:
    origins = Origins(Judge(language, tree, values), root)
    found = _first(origins, walk(origins)) or _first(origins, read(tree.expr, root))
    return _ordered(found)


def _first(origins: Origins, places: Iterator[Path]) -> list[Path]:
    """Return the first places, each once; those before a step that cannot be taken are kept."""
    found: dict[Path, None] = {}
    try:
        for path in places:
            found.setdefault(_possible(origins, path))
            if len(found) >= MOST:
                break
    except (TooMuchError, EvaluationError, RecursionError):
        pass
    return list(found)


def _possible(origins: Origins, path: Path) -> Path:
    """Return a place without the items of lists that are not there: nobody can be sent to the third of none."""
    for i, step in enumerate(path):
        if isinstance(step, int) and not origins.stands(path[: i + 1]):
            return path[:i]
    return path


def _ordered(found: list[Path]) -> tuple[Path, ...]:
    """Return places in the order they tell: not those that another one goes on from, and last what names the object."""
    holders = {path[:i] for path in found for i in range(len(path))}
    telling = [path for path in found if path not in holders]
    return tuple(sorted(telling, key=_IDENTITY.__contains__))


def read(part: Part, root: str) -> Iterator[Path]:
    """Yield the places that a part reads, as far as its text alone says; variables count where they are read."""
    bindings: dict[str, Part] = {}
    waiting = [part]
    while waiting:
        one = waiting.pop()
        place = _chain(one, root)
        if place is not None:
            yield place
        elif kind_of(one) == "binding":
            bindings[one.comprehension_expr.accu_var] = one.comprehension_expr.accu_init
            waiting.append(one.comprehension_expr.result)
        elif one.HasField("ident_expr"):
            waiting.extend([bindings.pop(one.ident_expr.name)] if one.ident_expr.name in bindings else [])
        else:
            waiting.extend(reversed(list(children(one))))


def _chain(part: Part, root: str) -> Path | None:
    """Return the place that a part names by itself, as `object.spec.replicas` does."""
    if part.HasField("ident_expr"):
        return () if part.ident_expr.name == root else None
    if part.HasField("select_expr"):
        above = _chain(part.select_expr.operand, root)
        return None if above is None else (*above, part.select_expr.field)
    if function_of(part) in {"_[_]", "_?._", "_[?_]"}:
        whole, index = part.call_expr.args
        above, key = _chain(whole, root), constant(index)
        return (*above, key) if above is not None and isinstance(key, str | int) else above
    return None
