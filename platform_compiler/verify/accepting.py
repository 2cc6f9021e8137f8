"""Does a body fit the schema of a built-in kind? A validator says so; where there are few, those of a kind are walked.

Making a validator takes as long as walking a dozen, and the first of all brings a library that takes a hundred more.
A walk accepts nothing that a validator would not, since it knows all that the profile's notation has.
"""

from typing import Any

from platform_compiler.diagnostics import Span
from platform_compiler.schema.walk import Schema, breaches
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode

FEW = 16
"""So many bodies of a kind are walked at most."""
_NOWHERE = Span("")


class Accepting:
    """Accepts what fits a schema: one of the profile, or one that was imported, whose validator is given."""

    def __init__(self, schema: Schema, validator: Any = None, few: int = FEW) -> None:
        """Walk the first `few` bodies, where no validator is given."""
        self._schema = schema
        self._few = few
        self._walked = 0
        self._validator = validator

    def is_valid(self, body: Any, among: int = 1) -> bool:
        """Whether a body fits, `among` so many of its kind; what a walk does not accept is asked about again."""
        if self._validator is None and among <= FEW and self._walked < self._few:
            self._walked += 1
            if is_walked_through(self._schema, body):
                return True
        if self._validator is None:
            from jsonschema_rs import validator_for  # noqa: PLC0415 -- see the module's docstring

            self._validator = validator_for(self._schema)
        return bool(self._validator.is_valid(body))


def is_walked_through(schema: Schema, body: Any) -> bool:
    """Whether a walk over a body finds nothing that its schema refuses."""
    return not breaches(schema, _node(body), "", schema.get("$defs"))


def _node(value: Any) -> Node:
    """Return a value as nodes; nobody asks where they stand."""
    if isinstance(value, dict):
        return MapNode({key: _node(below) for key, below in value.items()}, {}, _NOWHERE)
    if isinstance(value, list):
        return ListNode(tuple(map(_node, value)), _NOWHERE)
    return ScalarNode(value, _NOWHERE, str(value), quoted=True)
