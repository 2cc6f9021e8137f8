"""What a template reads of its context, known without evaluating it: two units that agree on it get the same resources.

A path ends where it passes a filter or an operator: from there on all that stands at its end counts as read. Where
only that is asked, a last step says that what counts is whether something is there at all, or whether it is empty.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from sys import intern

from platform_compiler.blueprints import nodes
from platform_compiler.blueprints.expressions import Expression
from platform_compiler.blueprints.template import Leaf, Mapping, Sequence, Template, Text

Path = tuple[str, ...]
ANY = "*"
COUNT = ""
"""A last step below `ANY`: only how many items there are counts."""
IS_THERE, IS_EMPTY = "?", "[]"
ASKED = frozenset({(IS_THERE,), (IS_EMPTY,)})
_STEPS = (nodes.Getattr, nodes.Getitem)
_TESTS = {"defined": IS_THERE, "empty": IS_EMPTY}
Bound = Map[str, Path]
"""Names that a template gives, each with the path that it stands for; empty where its value was counted already."""


def free_paths(template: Template, includes: Map[str, Template]) -> frozenset[Path]:
    """Return the paths into the context that a template and whatever it includes may read; `*` is any item."""
    return frozenset(_template(template, includes, {}))


def _template(template: Template, includes: Map[str, Template], bound: Bound) -> Iterator[Path]:
    if isinstance(template, Leaf):
        yield from _free(template.expression, bound)
    elif isinstance(template, Text):
        for part in template.parts:
            if isinstance(part, Leaf):
                yield from _free(part.expression, bound)
    elif isinstance(template, Sequence):
        for item in template.items:
            yield from _template(item, includes, bound)
    elif isinstance(template, Mapping):
        yield from _mapping(template, includes, bound)


def _mapping(template: Mapping, includes: Map[str, Template], bound: Bound) -> Iterator[Path]:
    structure = template.structure
    if structure.loop is not None:
        source = _named(structure.loop.expression, bound)
        # Of a list that is named it counts how many items there are, and what is read of each.
        yield from [(*source, ANY, COUNT)] if source else _free(structure.loop.expression, bound)
        bound = {**bound, structure.loop.variable: (*source, ANY) if source else ()}
    for name, expression in structure.lets:
        yield from _free(expression, bound)
        bound = {**bound, name: ()}
    for bare in (structure.condition, structure.value):
        if bare is not None:
            yield from _free(bare, bound)
    if structure.include is not None:
        yield from _include(structure.include, structure.arguments, includes, bound)
    for key, value in template.entries:
        yield from _template(key, includes, bound)
        yield from _template(value, includes, bound)


def _include(
    path: str, given: Iterable[tuple[str, Expression]], includes: Map[str, Template], bound: Bound
) -> Iterator[Path]:
    """An included template sees the context and its arguments, and nothing of what surrounds it."""
    arguments: dict[str, Path] = {}
    for name, expression in given:
        found = _named(expression, bound)
        if found is None:
            yield from _free(expression, bound)
        elif found and found[-1] != ANY:  # an item is there, all else may be missing
            yield (*found, IS_THERE)
        arguments[name] = found or ()
    yield from _template(includes[path], includes, arguments)


def _named(expression: Expression, bound: Bound) -> Path | None:
    """Return the path that a whole expression is, empty where it leads nowhere in the context; None for others."""
    path = path_of(expression.tree)
    return None if path is None else _followed(path, bound)


def _followed(path: Path, bound: Bound) -> Path:
    if path[0] not in bound:
        return path
    start = bound[path[0]]
    return (*start, *path[1:]) if start else ()


def _free(expression: Expression, bound: Bound) -> Iterator[Path]:
    return (found for path in _paths([expression.tree]) if (found := _whole_item(_followed(path, bound))))


def _whole_item(path: Path) -> Path:
    """Return a path that ends at an item as one that reads all of it, whatever is asked."""
    return path[:-1] if path[-2:-1] == (ANY,) and path[-1:] in ASKED else path


def _paths(trees: Iterable[nodes.Node]) -> Iterator[Path]:
    for tree in trees:
        path = path_of(tree)
        if path is not None:
            yield path
        elif isinstance(tree, nodes.Test) and tree.name in _TESTS:
            yield from _tested(tree.node, _TESTS[tree.name])
        else:
            yield from _paths(nodes.below(tree))


def _tested(tree: nodes.Expr, asked: str) -> Iterator[Path]:
    """Yield what a test reads that asks no more than whether something is there, or empty."""
    path = path_of(tree)
    if path is not None:
        yield (*path, asked)
    elif asked == IS_EMPTY and (picked := _picked(tree)):
        yield from picked
    else:
        yield from _paths([tree])


def _picked(tree: nodes.Expr) -> list[Path]:
    """Return what decides how many items are picked from a list that is named; nothing for all else."""
    fields = [COUNT]
    while isinstance(tree, nodes.Filter) and tree.name == "where":
        field, wanted = tree.args
        if not (isinstance(field, nodes.Const) and isinstance(wanted, nodes.Const) and type(field.value) is str):
            return []
        fields.append(field.value)
        tree = tree.node
    path = path_of(tree)
    return [] if path is None else [(*path, ANY, field) for field in fields]


def path_of(tree: nodes.Node) -> Path | None:
    """Return the keys of a path such as `app.ports['http']`, or None when it is something else.

    They are interned, as the keys of contexts are: what is the same object is found without comparing texts.
    """
    keys: list[str] = []
    while isinstance(tree, _STEPS):
        keys.append(tree.attr if isinstance(tree, nodes.Getattr) else tree.arg.value)
        tree = tree.node
    return tuple(map(intern, (tree.name, *reversed(keys)))) if isinstance(tree, nodes.Name) else None
