"""Objects in the form that the API server gets them: what JSON cannot tell apart, it does not see."""

from typing import Any

from platform_compiler.verify.item import Item
from platform_compiler.verify.shape import without_nulls

_TOO_LARGE = 2**63


def as_sent(item: Item) -> Item:
    """Return an object without its null fields, and with numbers as clients write them and the server reads them.

    To all of them 1.0 is the integer 1, and an integer of more than 64 bits is no integer.
    """
    if _is_so(item.body):
        return item
    return Item(_counted(without_nulls(item.body)), item.cluster, item.place)


def _is_so(value: Any) -> bool:
    """Whether a value is in that form already, as nearly all are."""
    kind = type(value)
    if kind is dict or kind is list:
        for below in value.values() if kind is dict else value:
            if type(below) is not str and not _is_so(below):
                return False
        return True
    if kind is int:
        return bool(-_TOO_LARGE <= value < _TOO_LARGE)
    return kind is str or kind is bool


def _counted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _counted(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_counted(below) for below in value]
    if isinstance(value, float) and value.is_integer() and -_TOO_LARGE <= value < _TOO_LARGE:
        return int(value)
    if isinstance(value, int) and not -_TOO_LARGE <= value < _TOO_LARGE:
        return float(value)
    return value
