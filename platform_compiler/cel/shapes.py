"""Recognising in a tree what was written: macros, which the engine keeps only as what they stand for, and chains."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.cel.tree import Part, is_binding


class Loop(NamedTuple):
    """A macro over a list or a map: its name and loop variables, what is run over, the test and the value made."""

    macro: str
    names: tuple[str, ...]
    range: Part
    test: Part | None
    made: Part | None


class OptionalMap(NamedTuple):
    """The macro `optMap` or `optFlatMap`: its target, and the binding that names the target's value for the body."""

    macro: str
    target: Part
    binding: Part

    @property
    def name(self) -> str:
        """The variable."""
        return str(self.binding.comprehension_expr.accu_var)

    @property
    def body(self) -> Part:
        """What is made of the value."""
        return self.binding.comprehension_expr.result


_KINDS = {
    f"{kind}_expr": kind for kind in ("const", "ident", "select", "call", "list", "struct", "comprehension", "binding")
}


def kind_of(part: Part) -> str:
    """Return what a part is: a const, ident, select, call, list, struct, binding, or another comprehension."""
    for field, _ in part.ListFields():
        if field.name == "comprehension_expr" and is_binding(part):
            return "binding"
        if field.name in _KINDS:
            return _KINDS[field.name]
    return ""


def function_of(part: Part) -> str:
    """Return the function that a part calls, empty where it calls none."""
    return str(part.call_expr.function) if part.HasField("call_expr") else ""


def operands(part: Part) -> list[Part]:
    """Return what a call is given, the target first."""
    call = part.call_expr
    return [*([call.target] if call.HasField("target") else []), *call.args]


def chain(part: Part, function: str) -> Iterator[Part]:
    """Yield the members of a chain of `&&` or `||`, whatever its grouping."""
    if function_of(part) != function:
        yield part
        return
    for arg in part.call_expr.args:
        yield from chain(arg, function)


def constant(part: Part) -> object:
    """Return the value of a literal; None is no literal, or null."""
    if not part.HasField("const_expr"):
        return None
    kind = part.const_expr.WhichOneof("kind")
    return None if kind in {"null_value", None} else getattr(part.const_expr, kind)


def loop_of(part: Part) -> Loop | None:
    """Return the macro that a comprehension stands for, or None where it is none that is known."""
    if kind_of(part) != "comprehension":
        return None
    found = part.comprehension_expr
    names = (found.iter_var, found.iter_var2) if found.iter_var2 else (found.iter_var,)
    step, args = function_of(found.loop_step), found.loop_step.call_expr.args
    start = constant(found.accu_init)
    if start is True and step == "_&&_":
        return Loop("all", names, found.iter_range, args[1], None)
    if start is False and step == "_||_":
        return Loop("exists", names, found.iter_range, args[1], None)
    if type(start) is int and step == "_?_:_":
        return Loop("existsOne" if len(names) > 1 else "exists_one", names, found.iter_range, args[0], None)
    if found.accu_init.HasField("list_expr") and step in {"_+_", "_?_:_"}:
        return _listing(part, names)
    return None


def _listing(part: Part, names: tuple[str, ...]) -> Loop:
    """Return a macro that makes a list: `filter`, or `map` and `transformList` with a test or without."""
    found = part.comprehension_expr
    added, test = found.loop_step, None
    if function_of(added) == "_?_:_":
        test, added = added.call_expr.args[0], added.call_expr.args[1]
    made = added.call_expr.args[1].list_expr.elements[0]
    if test is not None and names == (made.ident_expr.name,):
        return Loop("filter", names, found.iter_range, test, None)
    return Loop("transformList" if len(names) > 1 else "map", names, found.iter_range, test, made)


def optional_map(part: Part) -> OptionalMap | None:
    """Return the macro on an optional value that a conditional stands for, or None."""
    if function_of(part) != "_?_:_":
        return None
    condition, made, other = part.call_expr.args
    if function_of(condition) != "hasValue" or function_of(other) != "optional.none":
        return None
    macro, binding = "optFlatMap", made
    if function_of(made) == "optional.of":
        macro, binding = "optMap", made.call_expr.args[0]
    if kind_of(binding) != "binding" or function_of(binding.comprehension_expr.accu_init) != "value":
        return None
    return OptionalMap(macro, condition.call_expr.target, binding)
