"""Checked syntax trees as the engine stores them: reading them, taking parts out, and binding variables around them.

The engine gives and takes trees in the format of `cel/expr/checked.proto` and `syntax.proto` of google/cel-spec. The
few messages that are needed are declared here; what is unknown to them passes through unchanged.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

Tree: TypeAlias = Any
"""A `CheckedExpr` message."""
Part: TypeAlias = Any
"""An `Expr` message: one node of a tree."""

_EXPR = ".cel.expr.Expr"
_MESSAGES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "Expr": (
        ("id", 2, "INT64"),
        ("const_expr", 3, ".cel.expr.Constant"),
        ("ident_expr", 4, ".cel.expr.Ident"),
        ("select_expr", 5, ".cel.expr.Select"),
        ("call_expr", 6, ".cel.expr.Call"),
        ("list_expr", 7, ".cel.expr.CreateList"),
        ("struct_expr", 8, ".cel.expr.CreateStruct"),
        ("comprehension_expr", 9, ".cel.expr.Comprehension"),
    ),
    "Constant": (
        ("null_value", 1, "INT32"),
        ("bool_value", 2, "BOOL"),
        ("int64_value", 3, "INT64"),
        ("uint64_value", 4, "UINT64"),
        ("double_value", 5, "DOUBLE"),
        ("string_value", 6, "STRING"),
        ("bytes_value", 7, "BYTES"),
    ),
    "Ident": (("name", 1, "STRING"),),
    "Select": (("operand", 1, _EXPR), ("field", 2, "STRING"), ("test_only", 3, "BOOL")),
    "Call": (("target", 1, _EXPR), ("function", 2, "STRING"), ("args*", 3, _EXPR)),
    "CreateList": (("elements*", 1, _EXPR), ("optional_indices*", 2, "INT32")),
    "Entry": (
        ("id", 1, "INT64"),
        ("field_key", 2, "STRING"),
        ("map_key", 3, _EXPR),
        ("value", 4, _EXPR),
        ("optional_entry", 5, "BOOL"),
    ),
    "CreateStruct": (("message_name", 1, "STRING"), ("entries*", 2, ".cel.expr.Entry")),
    "Comprehension": (
        ("iter_var", 1, "STRING"),
        ("iter_range", 2, _EXPR),
        ("accu_var", 3, "STRING"),
        ("accu_init", 4, _EXPR),
        ("loop_condition", 5, _EXPR),
        ("loop_step", 6, _EXPR),
        ("result", 7, _EXPR),
        ("iter_var2", 8, "STRING"),
    ),
    "Reference": (("name", 1, "STRING"), ("overload_id*", 3, "STRING"), ("value", 4, ".cel.expr.Constant")),
    "ReferenceEntry": (("key", 1, "INT64"), ("value", 2, ".cel.expr.Reference")),
    "TypeEntry": (("key", 1, "INT64"), ("value", 2, "BYTES")),
    "PositionEntry": (("key", 1, "INT64"), ("value", 2, "INT32")),
    "SourceInfo": (("positions*", 4, ".cel.expr.PositionEntry"),),
    "CheckedExpr": (
        ("references*", 2, ".cel.expr.ReferenceEntry"),
        ("types*", 3, ".cel.expr.TypeEntry"),
        ("expr", 4, _EXPR),
        ("source_info", 5, ".cel.expr.SourceInfo"),
    ),
    "Any": (("type_url", 1, "STRING"), ("value", 2, "BYTES")),
}
_CHOICES = {"Constant": ("kind", 1), "Entry": ("key_kind", 2)}
"""Fields of which one is set: by message, the name of the choice and the number of its first field."""
_URL = "type.googleapis.com/cel.expr.CheckedExpr"
_UNUSED = "#unused"
"""The loop variable by which the engine knows a binding: it is worked out when it is first read, and only once."""


class Let(NamedTuple):
    """A name, and the tree of the value that it stands for."""

    name: str
    tree: Tree


def read(serialized: bytes) -> Tree:
    """Return the tree of a compiled expression."""
    return _message("CheckedExpr").FromString(_message("Any").FromString(serialized).value)


def write(tree: Tree) -> bytes:
    """Return a tree as the engine takes it."""
    data: bytes = _message("Any")(type_url=_URL, value=tree.SerializeToString()).SerializeToString()
    return data


def part_of(tree: Tree, part: Part) -> Tree:
    """Return a part of a tree as a tree of its own; what it reads from around it must be given when it is judged."""
    alone = _message("CheckedExpr")()
    alone.CopyFrom(tree)
    alone.expr.CopyFrom(part)
    return alone


def bound(body: Tree, lets: Sequence[Let]) -> Tree:
    """Return a tree in which names stand for other trees; each may read those before it.

    A value is worked out where it is first read, once, and not at all where nobody reads it: the meaning that variables
    of a policy have.
    """
    made = _message("CheckedExpr")()
    made.CopyFrom(body)
    free = 1 + _highest(made)
    for let in reversed(lets):
        value = _renumbered(let.tree, free)
        free += 1 + _highest(let.tree)
        made.references.extend(value.references)
        made.types.extend(value.types)
        made.expr.CopyFrom(_binding(let.name, value.expr, made.expr, free))
        free += 4
    return made


def conjunction(several: Sequence[Tree]) -> Tree:
    """Return the tree that is true where all trees are; there must be at least one."""
    made = _message("CheckedExpr")()
    members: list[Part] = []
    free = 1
    for tree in several:
        own = _renumbered(tree, free)
        free += 1 + _highest(tree)
        made.references.extend(own.references)
        made.types.extend(own.types)
        members.append(own.expr)
    made.expr.CopyFrom(_all_of(members, made, free))
    return made


def _all_of(members: Sequence[Part], tree: Tree, free: int) -> Part:
    """Return the conjunction of parts, as shallow as can be."""
    while len(members) > 1:
        joined: list[Part] = []
        for one, other in zip(members[::2], members[1::2], strict=False):
            both = _message("Expr")(id=free)
            both.call_expr.function = "_&&_"
            both.call_expr.args.extend((one, other))
            tree.references.add(key=free).value.overload_id.append("logical_and")
            joined.append(both)
            free += 1
        members = [*joined, *members[len(members) & ~1 :]]
    return members[0]


def guarded(condition: Tree, body: Tree) -> Tree:
    """Return the tree `condition ? body : true`."""
    made = _message("CheckedExpr")()
    made.CopyFrom(body)
    free = 1 + _highest(body)
    first = _renumbered(condition, free)
    free += 1 + _highest(condition)
    made.references.extend(first.references)
    made.types.extend(first.types)
    made.references.add(key=free).value.overload_id.append("conditional")
    choice = _message("Expr")(id=free)
    choice.call_expr.function = "_?_:_"
    choice.call_expr.args.extend((first.expr, body.expr))
    choice.call_expr.args.add(id=free + 1).const_expr.bool_value = True
    made.expr.CopyFrom(choice)
    return made


def replaced(tree: Tree, part: Part, template: Tree, lets: Sequence[Let]) -> None:
    """Put a template in the place of a part of a tree, with names of the template standing for other parts."""
    made = _renumbered(bound(template, lets), 1 + _highest(tree))
    tree.references.extend(made.references)
    tree.types.extend(made.types)
    part.CopyFrom(made.expr)


def _binding(name: str, value: Part, body: Part, free: int) -> Part:
    """Return what the macro `cel.bind` of the language's extensions stands for."""
    made = _message("Expr")(id=free)
    loop = made.comprehension_expr
    loop.iter_var, loop.accu_var = _UNUSED, name
    loop.iter_range.id = free + 1
    loop.iter_range.list_expr.SetInParent()
    loop.accu_init.CopyFrom(value)
    loop.loop_condition.id = free + 2
    loop.loop_condition.const_expr.bool_value = False
    loop.loop_step.id = free + 3
    loop.loop_step.ident_expr.name = name
    loop.result.CopyFrom(body)
    return made


def is_binding(part: Part) -> bool:
    """Whether a part is a binding made by `bound`."""
    return bool(part.comprehension_expr.iter_var == _UNUSED)


def rebound(binding: Part, body: Part) -> Part:
    """Return a binding around another part than its own."""
    made = _message("Expr")(id=binding.id)
    loop, own = made.comprehension_expr, binding.comprehension_expr
    loop.iter_var, loop.accu_var = own.iter_var, own.accu_var
    for field in ("iter_range", "accu_init", "loop_condition", "loop_step"):
        getattr(loop, field).CopyFrom(getattr(own, field))
    loop.result.CopyFrom(body)
    return made


def _highest(tree: Tree) -> int:
    """Return the highest number of a part, also of one that is no longer there and has left a reference."""
    known = (entry.key for entry in (*tree.references, *tree.types))
    return max((*known, *(part.id for part in parts(tree.expr))), default=0)


def _renumbered(tree: Tree, offset: int) -> Tree:
    """Return a tree whose parts have other numbers, so that it can stand inside another one."""
    made = _message("CheckedExpr")()
    made.CopyFrom(tree)
    for part in parts(made.expr):
        part.id += offset
    for entry in (*made.references, *made.types):
        entry.key += offset
    return made


def parts(part: Part) -> Iterator[Part]:
    """Yield a part and all parts below it."""
    yield part
    for below in children(part):
        yield from parts(below)


def children(part: Part) -> Iterator[Part]:
    """Yield the parts right below a part, in the order they are written."""
    for field, value in part.ListFields():
        if field.message_type is not None:
            yield from _expressions(value)


def _expressions(holder: Any) -> Iterator[Part]:
    for field, value in holder.ListFields():
        if field.message_type is None:
            continue
        for one in value if field.is_repeated else (value,):
            if field.message_type.name == "Expr":
                yield one
            else:
                yield from _expressions(one)


def names_in(tree: Tree) -> frozenset[str]:
    """Return every name that a tree reads and does not bind itself."""
    return names_of(tree.expr)


def names_of(part: Part) -> frozenset[str]:
    """Return every name that a part reads and does not bind itself."""
    return frozenset(_free(part, frozenset()))


def _free(part: Part, own: frozenset[str]) -> Iterator[str]:
    if part.HasField("ident_expr"):
        if part.ident_expr.name not in own:
            yield part.ident_expr.name
        return
    if part.HasField("comprehension_expr"):
        loop = part.comprehension_expr
        yield from _free(loop.iter_range, own)
        yield from _free(loop.accu_init, own)
        own |= {loop.iter_var, loop.iter_var2, loop.accu_var}
        for below in (loop.loop_condition, loop.loop_step, loop.result):
            yield from _free(below, own)
        return
    for below in children(part):
        yield from _free(below, own)


def overloads_in(tree: Tree) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Yield every call of a tree: the function, its overloads that may be meant, and the offset in the text."""
    known = {entry.key: tuple(entry.value.overload_id) for entry in tree.references}
    offsets = offsets_of(tree)
    for part in parts(tree.expr):
        if part.HasField("call_expr"):
            yield part.call_expr.function, known.get(part.id, ()), offsets.get(part.id, 0)


def offsets_of(tree: Tree) -> dict[int, int]:
    """Return where the parts of a tree begin in its text, by their numbers."""
    return {entry.key: entry.value for entry in tree.source_info.positions}


@cache
def _classes() -> dict[str, Any]:
    # Not loaded before it is needed: a hook whose policies have no variables does without it.
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # noqa: PLC0415

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="cel/expr/checked.proto", package="cel.expr", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        choice, first = _CHOICES.get(name, ("", 0))
        if choice:
            message.oneof_decl.add(name=choice)
        for title, number, kind in fields:
            field = message.field.add(name=title.rstrip("*"), number=number)
            field.label = kinds.LABEL_REPEATED if title.endswith("*") else kinds.LABEL_OPTIONAL
            if kind.startswith("."):
                field.type, field.type_name = kinds.TYPE_MESSAGE, kind
            else:
                field.type = getattr(kinds, f"TYPE_{kind}")
            if choice and first <= number <= first + (6 if name == "Constant" else 1):
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"cel.expr.{name}")) for name in _MESSAGES}


def _message(name: str) -> Any:
    return _classes()[name]
