"""Looking up paths such as `app.ports.http` as closures: what templates do most.

Most are two steps long, so these have a closure of their own: a loop makes them a third dearer.
"""

from collections.abc import Callable

from platform_compiler.blueprints.free import Path
from platform_compiler.blueprints.operations import SIZED, EvaluationError, MissingError, Value, truth
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
            raise worded(astray) from None
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
            raise worded(astray) from None
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
            raise worded(astray) from None
        return DROPPED if value is None else value

    return look_up


def holds_at(path: Path) -> Closure:
    """Return what tells whether the value at a path is true, or not empty."""
    look_up = at(path)

    def holds(scope: Scope) -> bool:
        value = look_up(scope)
        return value if type(value) is bool else truth(value)

    return holds


def empty_at(path: Path) -> Closure:
    """Return what tells whether the value at a path is empty."""
    look_up = at(path)

    def is_empty(scope: Scope) -> bool:
        value = look_up(scope)
        if type(value) not in SIZED:
            raise never_empty(value)
        return not value

    return is_empty


def filled_at(path: Path) -> Closure:
    """Return what gives the value at a path, or `DROPPED` where it is empty."""
    look_up = at(path)

    def filled(scope: Scope) -> Value:
        value = look_up(scope)
        if type(value) not in SIZED:
            raise never_empty(value)
        return value or DROPPED

    return filled


def _field(name: str, field: str) -> Closure:
    def look_up(scope: Scope) -> Value:
        try:
            value = scope[name][field]
        except (KeyError, TypeError) as astray:
            raise worded(astray) from None
        if value is None:
            raise MissingError("there is no value")
        return value

    return look_up


def never_empty(value: Value) -> EvaluationError:
    """Return why it cannot be told whether a value is empty."""
    return MissingError("there is no value") if value is None else EvaluationError("it has no length")


def worded(astray: Exception) -> EvaluationError:
    """Return why a path leads nowhere: a step is missing, or what it is looked up in is no map."""
    return MissingError(str(astray)) if isinstance(astray, KeyError) else EvaluationError(str(astray))
