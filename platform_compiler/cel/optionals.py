"""Results that Kubernetes gives as optionals, which no function can make here: a list or map stands for one.

What is empty is no value, so once the types are known the call is wrapped in
`optional.ofNonZeroValue`.
"""

from platform_compiler.cel.tree import Tree, parts

_FUNCTION, _OVERLOAD = "optional.ofNonZeroValue", "optional_ofNonZeroValue"


def wrapped(tree: Tree, overloads: frozenset[str]) -> Tree:
    """Return a tree in which calls of some overloads give optionals."""
    references = {entry.key: entry for entry in tree.references}
    made = type(tree)()
    made.CopyFrom(tree)
    free = 1 + max(part.id for part in parts(made.expr))
    for part in reversed(list(parts(made.expr))):  # what stands inside a call comes before the call
        if part.HasField("call_expr") and part.id in references:
            meant = references[part.id].value.overload_id
            if overloads.intersection(meant):
                _wrap(made, part, free)
                free += 1
    return made


def _wrap(tree: Tree, part: Tree, free: int) -> None:
    inner = type(part)()
    inner.CopyFrom(part)
    inner.id = free
    part.call_expr.Clear()
    part.call_expr.function = _FUNCTION
    part.call_expr.args.append(inner)
    for table in (tree.references, tree.types, tree.source_info.positions):
        for entry in [one for one in table if one.key == part.id]:
            table.add(key=free, value=entry.value)
    for entry in tree.references:
        if entry.key == part.id:
            entry.value.name, entry.value.overload_id[:] = "", [_OVERLOAD]
