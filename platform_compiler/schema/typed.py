"""Rules over values whose schema gives them a meaning of their own: times, and lists without order.

The engine takes neither a time nor a list of another kind from outside, so the rule itself is changed where it reads
one: a text of the format `date-time` becomes a time, and lists of the types `set` and `map` are compared in any order.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

from platform_compiler.cel.engine import Expression, Language, language
from platform_compiler.cel.tree import Let, Part, Tree, part_of, replaced
from platform_compiler.schema.escaping import escaped
from platform_compiler.schema.seen import resolved
from platform_compiler.schema.walk import Schema

_LEFT, _RIGHT = "left__", "right__"
_TIMES = {
    "date": f"timestamp({_LEFT} + 'T00:00:00Z')",
    "date-time": f"timestamp({_LEFT})",
    "duration": f"duration({_LEFT})",
}
_EQUAL, _UNEQUAL = "_==_", "_!=_"
_OPTIONAL = ("_?._", "_[?_]", "or", "optional.of")
"""Calls whose value is an optional one: what it holds gets its type when it is taken out."""
_Known: TypeAlias = Schema | None


def typed(rule: Expression, schema: Schema, definitions: Mapping[str, Schema]) -> Expression:
    """Return a rule that gives the values of a schema their meaning; the same one where they have no other."""
    if not _is_special(schema, definitions):
        return rule
    reader = _Reader(rule.tree(), definitions)
    reader.read(reader.tree.expr, {"self": schema})
    return _words().with_tree(rule, reader.tree) if reader.changed else rule


def _is_special(schema: Any, definitions: Mapping[str, Schema], above: frozenset[int] = frozenset()) -> bool:
    """Whether there is a time or a list without order at any depth of a schema."""
    if not isinstance(schema, dict) or id(schema) in above:
        return False
    schema = resolved(schema, definitions)
    if schema.get("format") in _TIMES or _is_unordered(schema):
        return True
    below = (*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties"))
    return any(_is_special(one, definitions, above | {id(schema)}) for one in below)


def _is_unordered(schema: Schema) -> bool:
    return bool(schema.get("uniqueItems") or schema.get("x-unique"))


@cache
def _words() -> Language:
    return language(_LEFT, _RIGHT)


@cache
def _template(text: str) -> Tree:
    return _words().compile(text).tree()


def _equality(schema: Schema) -> str:
    """Return how a list without order on the left is compared with any on the right."""
    same = f"size({_LEFT}) == size({_RIGHT})"
    if not (keys := schema.get("x-unique")):
        return f"{same} && {_RIGHT}.all(one, one in {_LEFT})"
    alike = " && ".join(f"one.?{key} == other.?{key}" for key in map(escaped, keys))
    return f"{same} && {_RIGHT}.all(one, {_LEFT}.exists(other, {alike} && one == other))"


class _Reader:
    """Walks a rule with what is known of its values, and changes it on the way back."""

    def __init__(self, tree: Tree, definitions: Mapping[str, Schema]) -> None:
        self.tree = tree
        self.changed = False
        self._definitions = definitions

    def read(self, part: Part, names: Mapping[str, _Known]) -> _Known:
        """Return what is known of the value of a part."""
        found = self._of(part, names)
        found = resolved(found, self._definitions) if found is not None else None
        time = _TIMES.get(found.get("format", "")) if found is not None else None
        if found is None or time is None or part.call_expr.function in _OPTIONAL or _is_test(part):
            return found
        self._replace(part, time, part)
        return {}

    def _of(self, part: Part, names: Mapping[str, _Known]) -> _Known:
        if part.HasField("ident_expr"):
            return names.get(part.ident_expr.name)
        if part.HasField("select_expr"):
            return self._field(self.read(part.select_expr.operand, names), part.select_expr.field)
        if part.HasField("comprehension_expr"):
            return self._loop(part.comprehension_expr, names)
        if part.HasField("call_expr"):
            return self._call(part, names)
        if part.HasField("list_expr"):
            items = [self.read(item, names) for item in part.list_expr.elements]
            return {"items": items[0]} if items and items[0] is not None else None
        for entry in part.struct_expr.entries:
            self.read(entry.map_key, names)
            self.read(entry.value, names)
        return None

    def _field(self, known: _Known, name: str) -> _Known:
        if known is None:
            return None
        if "properties" in known:
            return next((below for key, below in known["properties"].items() if escaped(key) == name), None)
        rest = known.get("additionalProperties")
        return rest if isinstance(rest, dict) else None

    def _call(self, part: Part, names: Mapping[str, _Known]) -> _Known:
        call = part.call_expr
        target = self.read(call.target, names) if call.HasField("target") else None
        given = [self.read(argument, names) for argument in call.args]
        if call.function in ("_[_]", "_[?_]", "_?._"):
            return self._at(given[0], call.args[1])
        if call.function == "_?_:_":
            return given[1] if given[1] is not None else given[2]
        if call.function in (_EQUAL, _UNEQUAL) and given[0] is not None and _is_unordered(given[0]):
            equality = _equality(given[0])
            self._replace(part, f"!({equality})" if call.function == _UNEQUAL else equality, *call.args)
            return None
        if call.function in ("value", "orValue", "or", "optional.of", "_+_"):
            return target or next((one for one in given if one is not None), None)
        return None

    def _at(self, known: _Known, key: Part) -> _Known:
        if known is not None and isinstance(known.get("items"), dict):
            items: Schema = known["items"]
            return items
        return self._field(known, key.const_expr.string_value)

    def _loop(self, loop: Any, names: Mapping[str, _Known]) -> _Known:
        over = self.read(loop.iter_range, names)
        each = over.get("items") if over else None
        if loop.iter_var2:
            each = each or (self._field(over, "") if over and "properties" not in over else None)
        inner = {**names, loop.iter_var: None if loop.iter_var2 else each}
        if loop.iter_var2:
            inner[loop.iter_var2] = each
        first = self.read(loop.accu_init, names)
        inner[loop.accu_var] = first
        self.read(loop.loop_condition, inner)
        step = self.read(loop.loop_step, inner)
        return self.read(loop.result, {**names, loop.accu_var: first if first is not None else step})

    def _replace(self, part: Part, text: str, *values: Part) -> None:
        lets = [Let(name, part_of(self.tree, value)) for name, value in zip((_LEFT, _RIGHT), values, strict=False)]
        replaced(self.tree, part, _template(text), lets)
        self.changed = True


def _is_test(part: Part) -> bool:
    """Whether a part only asks if a field is there."""
    return bool(part.HasField("select_expr") and part.select_expr.test_only)
