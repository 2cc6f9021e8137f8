"""Mappings under fixed keys as closures: entries that only look something up need no call each.

Most entries of templates do no more. Those of one record are looked up together: the record once, its fields in a loop.
"""

from collections.abc import Iterable
from typing import NamedTuple

from platform_compiler.blueprints.compile_expression import Expressions
from platform_compiler.blueprints.free import Path
from platform_compiler.blueprints.look_up import Closure, never_empty, worded
from platform_compiler.blueprints.operations import SIZED, MissingError, Value
from platform_compiler.blueprints.reference import DROPPED, Scope
from platform_compiler.blueprints.template import Leaf, Mapping, Structure, Template

_KINDS = _NEEDED, _OPTIONAL, _FILLED = range(3)
_WORTH_A_LOOP = 2


class Field(NamedTuple):
    """An entry that is a field of a record: it must be there, or is left out where it is absent, or empty."""

    key: str
    record: Path
    name: str
    kind: int


def field_of(key: str, template: Template, names: Expressions) -> Field | None:
    """Return an entry as a field, or None where it is something else."""
    if isinstance(template, Leaf):
        path, kind = names.path(template.expression.tree), _OPTIONAL if template.optional else _NEEDED
    elif isinstance(template, Mapping):
        path, kind = filled_path(template.structure, names), _FILLED
    else:
        return None
    if path is None or (kind == _OPTIONAL and not names.surely_have(path[:-1])):
        return None
    return Field(key, path[:-1], path[-1], kind)


def filled_path(structure: Structure, names: Expressions) -> Path | None:
    """Return the path `x` of `{$if: not x is empty, $value: x}`, or None for all else."""
    condition, value = structure.condition, structure.value
    if condition is None or value is None or structure.loop or structure.lets:
        return None
    path = names.path(value.tree)
    return path if path == names.not_empty(condition.tree) else None


def most_of_one_record(fields: Iterable[Field]) -> list[Field]:
    """Return the fields of the record that has the most of them, but none where a loop would not pay."""
    found: dict[Path, list[Field]] = {}
    for field in fields:
        found.setdefault(field.record, []).append(field)
    most = max(found.values(), key=len, default=[])
    return most if len(most) >= _WORTH_A_LOOP else []


def under_fixed_keys(constant: dict[str, Value], fields: list[Field], calls: list[tuple[str, Closure]]) -> Closure:
    """Return the closure of a mapping of constants, fields of one record, and what closures give, unless `DROPPED`."""
    if not fields and not constant and len(calls) == 1:
        return _only(*calls[0])
    begun = _looked_up(constant, fields) if fields else None
    return begun if begun and not calls else _called(constant, begun, calls)


def _only(key: str, closure: Closure) -> Closure:
    def only(scope: Scope) -> Value:
        value = closure(scope)
        return {} if value is DROPPED else {key: value}

    return only


def _called(constant: dict[str, Value], begun: Closure | None, calls: list[tuple[str, Closure]]) -> Closure:
    """Return what adds what closures give to what was `begun`, or else to constants."""

    def called(scope: Scope) -> Value:
        found = begun(scope) if begun else constant.copy()
        for key, closure in calls:
            value = closure(scope)
            if value is not DROPPED:
                found[key] = value
        return found

    return called


def _looked_up(constant: dict[str, Value], fields: list[Field]) -> Closure:  # noqa: C901 -- a loop a kind of entry
    path = fields[0].record
    needed, optional, filled = ([(one.key, one.name) for one in fields if one.kind == kind] for kind in _KINDS)

    def looked_up(scope: Scope) -> Value:
        found = constant.copy()
        try:
            record = scope
            for step in path:
                record = record[step]
            for key, name in needed:
                value = found[key] = record[name]
                if value is None:
                    raise MissingError("there is no value")
            for key, name in optional:
                value = record.get(name)
                if value is not None:
                    found[key] = value
            for key, name in filled:
                value = record[name]
                if type(value) not in SIZED:
                    raise never_empty(value)
                if value:
                    found[key] = value
        except (AttributeError, KeyError, TypeError) as astray:
            raise worded(astray) from None
        return found

    return looked_up
