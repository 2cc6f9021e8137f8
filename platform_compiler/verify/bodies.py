"""Bodies that are equal: what is made twice is judged once all the same.

They are known by their ids, which stay their own, since each is held; content is only looked at where two have a name.
"""

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

from platform_compiler.numbers import Numbers
from platform_compiler.objects import Body, a_map
from platform_compiler.verify.item import Item

_SOURCE = "platformc.dev/source"
_Name: TypeAlias = tuple[str, str, str, str]


class Known(NamedTuple):
    """A body with the first that equals it, and one number for all that look the same to checks of several objects.

    These ask for annotations by name, and none for the one that says which manifest is behind an object.
    """

    body: Body
    first: Body
    look: int


class Bodies:
    """The bodies seen so far in one run."""

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}
        self._alone: dict[_Name, Known | None] = {}
        self._firsts: dict[tuple[int, str | None], Body] = {}
        self._looks: dict[int, int] = {}
        self._content = Numbers().of
        self._next = count()

    def of(self, items: Sequence[Item]) -> list[Known]:
        """Return what is known of the bodies of objects by those that came before."""
        known = self._known
        try:
            return [known[id(item.body)] for item in items]
        except KeyError:
            return [known.get(id(item.body)) or self._new(item) for item in items]

    def _new(self, item: Item) -> Known:
        found = self._known[id(item.body)] = self._told_apart(item)
        return found

    def _told_apart(self, item: Item) -> Known:
        name = (item.group, item.kind, item.namespace, item.name)
        if name not in self._alone:
            made = self._alone[name] = Known(item.body, item.body, next(self._next))
            return made
        earlier, self._alone[name] = self._alone[name], None
        if earlier:
            self._compared(earlier.body, earlier.look)
        return self._compared(item.body, next(self._next))

    def _compared(self, body: Body, look: int) -> Known:
        others, source = _without_source(body)
        content = self._content(others)
        return Known(body, self._firsts.setdefault((content, source), body), self._looks.setdefault(content, look))


def _without_source(body: Body) -> tuple[Body, str | None]:
    """Return a body without the annotation that names its manifest, and that annotation if there is one."""
    metadata = a_map(body, "metadata")
    annotations = a_map(metadata, "annotations")
    source = annotations.get(_SOURCE)
    if not isinstance(source, str):
        return body, None
    others = {key: value for key, value in annotations.items() if key != _SOURCE}
    return {**body, "metadata": {**metadata, "annotations": others}}, source
