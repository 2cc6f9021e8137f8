"""Parts of a context that are the same on several clusters: made once, by what they are made of.

Settings are known by their values, whichever layers gave them, and an interface by its names and the settings that it
was read from; all else by identity. What decides a part is held with it, so that its id stays its own. Parts are shared
between contexts and must not be changed.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

from platform_compiler.link.model import Interface, Link, Target
from platform_compiler.numbers import Numbers
from platform_compiler.source.node import MapNode, Node, ScalarNode, plain

T = TypeVar("T")


class Once:
    """The parts made so far in one run."""

    def __init__(self) -> None:
        self._made: dict[tuple[Hashable, ...], Any] = {}
        self._made_of: dict[tuple[object, ...], tuple[tuple[object, ...], Any]] = {}
        self.number = Numbers().of
        self._plain: dict[int, tuple[MapNode, dict[str, Any]]] = {}
        self._parts: dict[int, Any] = {}
        self._by_value: dict[object, Any] = {}
        self._alike: dict[tuple[int, int], tuple[Target, int]] = {}
        self._looks: dict[int, int] = {}
        self._equal: dict[int, int] = {}
        self._held: list[object] = []
        self._known: dict[Hashable, int] = {}

    def __call__(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """Return the part that was made for an equal key, which starts with what the part is called, else make it."""
        found: T | None = self._made.get(key)
        if found is None:
            found = self._made[key] = make()
        return found

    def of(self, name: str, made_of: Iterable[object], make: Callable[[], T]) -> T:
        """Return the part called `name` that was made of these very values, else make it."""
        held = tuple(made_of)
        key = (name, *map(id, held))
        found = self._made_of.get(key)
        if found is None:
            found = self._made_of[key] = held, make()
        return found[1]

    def same(self, value: T) -> T:
        """Return the same value for all that are equal."""
        key = value if type(value) is str else self.number(value)
        found: T = self._by_value.setdefault(key, value)
        return found

    def plain(self, tree: MapNode) -> dict[str, Any]:
        """Return the plain data of settings: the same for all that are equal."""
        found = self._plain.get(id(tree))
        if found is None:
            known, part = self._parts, self._part
            value = {
                word: known[key] if (key := id(node)) in known else part(node) for word, node in tree.entries.items()
            }
            parts = (*value, *map(id, value.values()))
            found = self._plain[id(tree)] = tree, self._by_value.setdefault(parts, value)
        return found[1]

    def _part(self, node: Node) -> Any:
        """Return the plain data of one setting: the same for all that are equal."""
        if id(node) not in self._parts:
            self._held.append(node)
            self._parts[id(node)] = self.same(node.value if type(node) is ScalarNode else plain(node))
        return self._parts[id(node)]

    def cut(self, tree: MapNode, kept: dict[str, Any]) -> MapNode:
        """Return settings with some of their words alone, whose plain data are `kept`."""
        cut = MapNode({word: tree.entries[word] for word in kept}, tree.keys, tree.span)
        self._plain[id(cut)] = cut, kept
        return cut

    def alike(self, target: Target) -> int:
        """Return one number for all targets of equal names and settings, on whatever cluster."""
        key = (id(target.interface), id(target.spec))
        found = self._alike.get(key)
        if found is None:
            number = self._number_of((*_names(target.interface), id(self.plain(target.spec))))
            found = self._alike[key] = target, number
        return found[1]

    def looks(self, target: Target) -> int:
        """Return one number for all targets that look the same to the other side of a link, whatever else they say."""
        interface = target.interface
        if interface.kind != "app":  # of an external service others see also where it is and how it is reached
            return self.alike(target)
        found = self._looks.get(id(interface))
        if found is None:
            ports = target.spec.entries.get("ports")
            seen = None if ports is None else id(self._part(ports))
            found = self._looks[id(interface)] = self._number_of(("seen", *_names(interface), seen))
            self._held.append(interface)
        return found

    def links(self, into: Sequence[Link], out: Sequence[Link]) -> tuple[Hashable, ...]:
        """Return what is equal for links of one application whose other sides look the same, and that grant the same.

        Nothing else is asked as often, so that what is known stands here as well.
        """
        looks, equal = self._looks, self._equal
        found: list[Hashable] = [len(into)]
        for caller, _, _, grants in into:
            found += (
                looks.get(id(caller.interface)) or self.looks(caller),
                equal.get(id(grants)) or self.equal(grants),
            )
        for _, callee, call, grants in out:
            found += (
                call.ref,
                looks.get(id(callee.interface)) or self.looks(callee),
                equal.get(id(grants)) or self.equal(grants),
            )
        return tuple(found)

    def _number_of(self, value: Hashable) -> int:
        """Return a number above zero."""
        return self._known.setdefault(value, len(self._known) + 1)

    def equal(self, value: Hashable) -> int:
        """Return one number for all values that are equal."""
        found = self._equal.get(id(value))
        if found is None:
            found = self._equal[id(value)] = self._number_of(value)
            self._held.append(value)
        return found


def _names(interface: Interface) -> tuple[Hashable, ...]:
    """Return what a target is called, and how it stands to the mesh and to its own pods."""
    names = (interface.kind, interface.ref, interface.namespace, interface.hosts, interface.formerly)
    return (*names, interface.meshed, interface.has_peers)
