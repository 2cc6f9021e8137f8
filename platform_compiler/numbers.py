"""Equal values known by one number: plain data that agree in content, order and types."""

import hashlib
import marshal
from itertools import count
from typing import Any

_WITHOUT_REFERENCES = 2
"""The last version of the format in which a value gives the same bytes wherever else its parts are in use."""
_SHORT = 256
"""What is no longer is known by itself: a digest takes more time than it saves room."""

_ONE_IS_EMPTY = frozenset({list, dict, str, type(None)})
"""Types of which no two values are empty and differ."""


def alike(one: Any, other: Any) -> bool:
    """Whether two values are equal in content, order and types; what is no plain data is equal to nothing."""
    if one != other:  # which is soon found, and says too little where it is not so: `1` equals `True`
        return False
    if not one and type(one) in _ONE_IS_EMPTY:
        return type(one) is type(other)
    try:
        return marshal.dumps(one, _WITHOUT_REFERENCES) == marshal.dumps(other, _WITHOUT_REFERENCES)
    except ValueError:
        return False


class Numbers:
    """The numbers given so far in one run."""

    def __init__(self) -> None:
        self._next = count()
        self._given: dict[bytes, int] = {}
        self._of_nothing: dict[type, int] = {}

    def of(self, value: Any) -> int:
        """Return one number for all values that are equal in content, order and types."""
        if not value and type(value) in _ONE_IS_EMPTY:
            return self._of_nothing.setdefault(type(value), -1 - len(self._of_nothing))
        try:
            data = marshal.dumps(value, _WITHOUT_REFERENCES)
        except ValueError:  # no plain data: equal to nothing
            return next(self._next)
        if len(data) > _SHORT:
            data = hashlib.sha256(data).digest()  # which processors know
        found = self._given.get(data)
        if found is None:
            found = self._given[data] = next(self._next)
        return found
