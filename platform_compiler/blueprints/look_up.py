"""Looking up paths such as `app.ports.http` as closures: what templates do most.

Most are two steps long, so these have a closure of their own: a loop makes them a third dearer.
"""

from collections.abc import Callable

from platform_compiler.blueprints.free import Path
from platform_compiler.blueprints.operations import EvaluationError, MissingError, Value
from platform_compiler.blueprints.reference import DROPPED, Scope

Closure = Callable[[Scope], Value]


def at(path: Path) -> Closure:
    """Return what gives the value at a path, which may be nothing (`None`)."""
    first, rest = path[0], path[1:]

    def look_up(scope: Scope) -> Value:
        try:
            value = scope[first]
            for key in rest:
                value = value[key]
        except (KeyError, TypeError) as astray:
            raise _worded(astray) from None
        return value

    return look_up


def present_at(path: Path) -> Closure:
    """Return what gives the value at a path where one must be."""
    if len(path) == 2:  # noqa: PLR2004 -- a record and its field
        return _field(*path)
    first, rest = path[0], path[1:]

    def look_up(scope: Scope) -> Value:
        try:
            value = scope[first]
            for key in rest:
                value = value[key]
        except (KeyError, TypeError) as astray:
            raise _worded(astray) from None
        if value is None:
            raise MissingError("there is no value")
        return value

    return look_up


def any_at(path: Path) -> Closure:
    """Return what gives the value at a path, or `DROPPED`: most such paths lead nowhere, so no exception is made."""
    *above, last = path

    def look_up(scope: Scope) -> Value:
        try:
            record = scope
            for key in above:
                record = record[key]
            value = record.get(last)
        except KeyError:
            return DROPPED
        except (AttributeError, TypeError) as astray:
            raise _worded(astray) from None
        return DROPPED if value is None else value

    return look_up


def _field(name: str, field: str) -> Closure:
    def look_up(scope: Scope) -> Value:
        try:
            value = scope[name][field]
        except (KeyError, TypeError) as astray:
            raise _worded(astray) from None
        if value is None:
            raise MissingError("there is no value")
        return value

    return look_up


def _worded(astray: Exception) -> EvaluationError:
    """Return why a path leads nowhere: a step is missing, or what it is looked up in is no map."""
    return MissingError(str(astray)) if isinstance(astray, KeyError) else EvaluationError(str(astray))
