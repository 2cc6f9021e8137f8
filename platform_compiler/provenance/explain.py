"""Every field of a compiled resource with the line that wrote it and the lines that decide it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.resource import Resource
from platform_compiler.blueprints.written import Passed, Steps, made_by, writer_of
from platform_compiler.checked import Checked
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import ByHand
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.objects import at as at_
from platform_compiler.provenance.decision import Decision, Line
from platform_compiler.provenance.decisive import Trials
from platform_compiler.provenance.shipped import is_copied, is_shipped, shipped_decisions, source_of
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, at
from platform_compiler.verify.places import field_span

LISTS, MARKS = "platformc, which lists the files", "platformc, which marks what it ships"
"""What is said to have written a field that stands in no file."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One field: what it holds, the line that wrote it, and the lines that decide its value or its presence.

    `written` is None for what no file says, and `by` tells who did; `constant` says that the line holds the value
    itself. `expressions` are the line's own, `through` those on the way to it that they need.
    """

    pointer: Pointer
    value: Any
    written: Span | None
    constant: bool
    value_from: tuple[Line, ...]
    there_for: tuple[Line, ...]
    by: str = ""
    expressions: tuple[str, ...] = ()
    through: tuple[Passed, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A resource's fields, and the lines that decide whether it is made at all."""

    fields: tuple[Traced, ...]
    made_for: tuple[Line, ...]


def explain(checked: Checked, resource: Resource, pointer: Pointer, resources: Iterable[Resource] = ()) -> Explanation:
    """Explain every leaf of a resource at or below `pointer`.

    `resources` are all of its cluster: what is excepted from a policy that is shipped depends on them.
    """
    return Explainer(checked, [resource], resources).explain(resource, pointer)


class Explainer:
    """Explains several resources, of whatever clusters; what they have in common is found once."""

    def __init__(self, checked: Checked, wanted: Iterable[Resource], resources: Iterable[Resource]) -> None:
        self._checked = checked
        self._wanted = list(wanted)
        self._resources = resources
        self._expander = Expander(checked.catalog, {}, Bag())
        self._prepared: dict[Any, Any] = {}

    def explain(self, resource: Resource, pointer: Pointer = ()) -> Explanation:
        """Explain every leaf of one of the resources that is at or below `pointer`."""
        decided = self._decided[id(resource)]
        field = self._field(resource, decided)
        below = at_(resource.body, *pointer)
        fields = tuple(field((*pointer, *rest), value) for rest, value in _leaves(below))
        made_for = [one.line for one in decided if one.whole]
        if resource.unit.scope == "raw" and (hand := resource.hand_behind(())):
            made_for.insert(0, Line(hand.span, "rawresources", hand.setting))
        return Explanation(fields, tuple(dict.fromkeys(made_for)))

    @cached_property
    def _decided(self) -> dict[int, list[Decision]]:
        """What is decided of each resource, by its identity: resources are equal where their files are."""
        shipped = [one for one in self._wanted if is_shipped(self._checked, one)]
        made = [one for one in self._wanted if not is_shipped(self._checked, one)]
        found: dict[int, list[Decision]] = {}
        if made:
            decided = Trials(self._checked, made).decisions()
            found |= {id(one): decided[n] for n, one in enumerate(made)}
        for cluster in sorted({one.unit.cluster for one in shipped}):
            here = [one for one in shipped if one.unit.cluster == cluster]
            own = [one for one in self._resources if one.unit.cluster == cluster]
            decided = shipped_decisions(self._checked, own, here)
            found |= {id(one): decided[n] for n, one in enumerate(here)}
        return found

    def _field(self, resource: Resource, decided: list[Decision]) -> Callable[[Pointer, Any], Traced]:
        """Return what traces one field of a resource."""
        if is_shipped(self._checked, resource):
            return self._of_shipped(resource, decided)
        if resource.unit.scope == "raw" and resource.by_hand:
            return self._of_raw(resource, decided)
        return self._of_template(resource, decided)

    def _of_template(self, resource: Resource, decided: list[Decision]) -> Callable[[Pointer, Any], Traced]:
        programs, scope, steps = self._programs(resource)
        template, position = made_by(resource, programs, scope)

        def field(pointer: Pointer, value: Any) -> Traced:
            if hand := resource.hand_behind(pointer):
                return self._by_hand(resource, pointer, value, hand)
            presence = _lines(decided, pointer, "presence")
            if _is_listing(resource, pointer):
                return Traced(pointer, value, None, constant=False, value_from=(), there_for=presence, by=LISTS)
            written = writer_of(template, scope, position, pointer, programs, steps)
            values = _lines(decided, pointer, "values")
            texts = tuple(one.source.strip() for one in written.expressions)
            return Traced(
                pointer,
                value,
                written.span,
                written.constant,
                values,
                presence,
                expressions=texts,
                through=written.needed,
            )

        return field

    def _programs(self, resource: Resource) -> Any:
        unit, checked = resource.unit, self._checked
        if unit not in self._prepared:
            contexts = build_contexts(
                checked.loaded, checked.resolved, checked.linked, Bag(), lambda other: other == unit
            )
            self._prepared[unit] = *self._expander.prepared(next(contexts)), Steps()
        return self._prepared[unit]

    def _of_raw(self, resource: Resource, decided: list[Decision]) -> Callable[[Pointer, Any], Traced]:
        """Trace what a team wrote, and the namespace and labels that every resource gets."""

        def field(pointer: Pointer, value: Any) -> Traced:
            hand = resource.hand_behind(pointer)
            assert hand is not None
            if hand.pointer == pointer:
                return self._by_hand(resource, pointer, value, hand)
            values, presence = (_lines(decided, pointer, what) for what in ("values", "presence"))
            return Traced(pointer, value, hand.span, constant=False, value_from=values, there_for=presence)

        return field

    def _of_shipped(self, resource: Resource, decided: list[Decision]) -> Callable[[Pointer, Any], Traced]:
        source = source_of(self._checked, resource)

        def field(pointer: Pointer, value: Any) -> Traced:
            copied = is_copied(source, pointer, value) and resource.body["kind"] == _kind(source)
            values, presence = (_lines(decided, pointer, what) for what in ("values", "presence"))
            if not copied and not values and not presence:
                return Traced(pointer, value, None, constant=True, value_from=(), there_for=(), by=MARKS)
            written = field_span(source, pointer, on_key=False)
            return Traced(pointer, value, written, copied and not values, values, presence)

        return field

    def _by_hand(self, resource: Resource, pointer: Pointer, value: Any, hand: ByHand) -> Traced:
        """Trace a field to the line of a patch or of raw resources, and to the layer that this line is of."""
        settings = self._checked.resolved.by_cluster[resource.unit.cluster][resource.unit.id]
        kind = settings.manifest.kind
        layers = reversed(settings.layers)
        own = (layer.name for layer in layers if kind == "Application" and _holds(layer.tree, hand.span))
        line = Line(hand.span, next(own, kind.lower()), hand.setting)
        return Traced(pointer, value, hand.span, constant=True, value_from=(line,), there_for=())


def _holds(node: Node, span: Span) -> bool:
    """Whether something of a tree stands exactly at `span`."""
    if node.span == span:
        return True
    if isinstance(node, MapNode):
        return span in node.keys.values() or any(_holds(child, span) for child in node.entries.values())
    return isinstance(node, ListNode) and any(_holds(child, span) for child in node.items)


def _is_listing(resource: Resource, pointer: Pointer) -> bool:
    """Whether a field is one of a folder's files, which are listed when everything has its place."""
    return resource.body["apiVersion"].startswith("kustomize.config.") and pointer[0] == "resources"


def _kind(source: Node) -> Any:
    return getattr(at(source, "kind"), "value", None)


def _leaves(value: Any) -> Iterator[tuple[Pointer, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not pairs or not value:
        yield (), value
        return
    for step, child in pairs:
        for pointer, leaf in _leaves(child):
            yield (step, *pointer), leaf


def _lines(decided: Iterable[Decision], pointer: Pointer, what: str) -> tuple[Line, ...]:
    """Return the lines of the decisions about a field, or about what it stands in or what stands in it."""
    found = [
        one.line
        for one in decided
        for place in getattr(one, what)
        if place == pointer[: len(place)] or pointer == place[: len(pointer)]
    ]
    return tuple(dict.fromkeys(found))
