"""Does the metadata of an object fit? Its schema is that of all kinds, and the objects of a manifest share theirs."""

from typing import Any, TypeAlias

from platform_compiler.verify.accepting import FEW, Accepting
from platform_compiler.verify.profile.profile import metadata

_Shared: TypeAlias = tuple[object, object, int, int]
"""A name and a namespace, and the ids of labels and annotations, which stay their own, since each is held."""
_USUAL = 4
_KINDS = 10
"""So many kinds a small repository makes objects of: where none of them needs a validator, metadata is to need none."""


class Metadata:
    """Accepts metadata; what names the same object and holds the very same labels and annotations is judged once."""

    def __init__(self) -> None:
        self._known: dict[_Shared, Any] = {}
        self._accepting = Accepting(metadata(), few=FEW * _KINDS)

    def is_valid(self, told: Any, among: int = 1) -> bool:
        """Whether metadata fits, that of one of `among` objects; that it is a map and there, a kind's schema says."""
        if not isinstance(told, dict):
            return True
        if len(told) != _USUAL:
            return self._accepting.is_valid(told, among)
        try:
            shared = told["name"], told["namespace"], id(told["labels"]), id(told["annotations"])
            known = shared in self._known
        except (KeyError, TypeError):
            return self._accepting.is_valid(told, among)
        if not known and self._accepting.is_valid(told, among):
            self._known[shared] = told
            return True
        return known
