"""Every field of a compiled resource with the line that wrote it and the lines that decide it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from platform_compiler.blueprints.expand import Expander
from platform_compiler.blueprints.resource import Resource
from platform_compiler.blueprints.written import made_by, writer_of
from platform_compiler.context.build import build_contexts
from platform_compiler.context.model import ByHand
from platform_compiler.context.unit import OWNED
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.link.model import Linked
from platform_compiler.load import Manifest
from platform_compiler.objects import at as at_
from platform_compiler.pipeline import Checked
from platform_compiler.provenance.decisive import Decision, Line, as_made, decisions
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, at, key_span


@dataclass(frozen=True, slots=True)
class Traced:
    """One field: what it holds, the template line that wrote it, and the lines that decide its value or its presence.

    `written` is None for what no template writes, such as the list of files in a folder; `constant` says that the
    template holds the value itself.
    """

    pointer: Pointer
    value: Any
    written: Span | None
    constant: bool
    value_from: tuple[Line, ...]
    there_for: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A resource's fields, and the lines that decide whether it is made at all."""

    fields: tuple[Traced, ...]
    made_for: tuple[Line, ...]


def explain(checked: Checked, resource: Resource, pointer: Pointer) -> Explanation:
    """Explain every leaf of a resource at or below `pointer`; what patches changed is theirs."""
    if resource.unit.scope == "raw" and resource.by_hand:
        return _written_by_hand(checked, resource, pointer)
    bag = Bag()
    decided = decisions(checked, as_made(resource), bag)
    expander = Expander(checked.catalog, {}, bag)
    contexts = build_contexts(checked.loaded, checked.resolved, checked.linked, bag, lambda unit: unit == resource.unit)
    programs, scope = expander.prepared(next(contexts))
    template, position = made_by(resource, programs, scope)
    below: Any = resource.body
    for step in pointer:
        below = below[step]
    made_for = tuple(decision.line for decision in decided if decision.whole)
    named = _Names(checked, resource)
    fields = []
    for rest, value in _leaves(below):
        where = (*pointer, *rest)
        if hand := resource.hand_behind(where):
            fields.append(_by_hand(checked, resource, where, value, hand))
            continue
        presence = _lines(decided, where, "presence")
        if _is_listing(resource, where):
            fields.append(Traced(where, value, None, constant=False, value_from=(), there_for=presence))
            continue
        written = writer_of(template, scope, position, where, programs)
        values = _lines(decided, where, "values")
        if not values and not written.constant:
            values = named.behind(value)
        fields.append(Traced(where, value, written.span, written.constant, values, presence))
    return Explanation(tuple(fields), made_for)


def _by_hand(checked: Checked, resource: Resource, pointer: Pointer, value: Any, hand: ByHand) -> Traced:
    """Trace a field to the line of a patch or of raw resources, and to the layer that this line is of."""
    settings = checked.resolved.by_cluster[resource.unit.cluster][resource.unit.id]
    kind = settings.manifest.kind
    own = (layer.name for layer in reversed(settings.layers) if kind == "Application" and _holds(layer.tree, hand.span))
    line = Line(hand.span, next(own, kind.lower()), hand.setting)
    return Traced(pointer, value, hand.span, constant=True, value_from=(line,), there_for=())


def _holds(node: Node, span: Span) -> bool:
    """Whether something of a tree stands exactly at `span`."""
    if node.span == span:
        return True
    if isinstance(node, MapNode):
        return span in node.keys.values() or any(_holds(child, span) for child in node.entries.values())
    return isinstance(node, ListNode) and any(_holds(child, span) for child in node.items)


def _written_by_hand(checked: Checked, resource: Resource, pointer: Pointer) -> Explanation:
    """Explain a raw resource: what the team wrote, and the namespace and labels that every resource gets."""
    named = _Names(checked, resource)
    fields = []
    for rest, value in _leaves(at_(resource.body, *pointer)):
        where = (*pointer, *rest)
        hand = resource.hand_behind(where)
        assert hand is not None
        if hand.pointer == where:
            fields.append(_by_hand(checked, resource, where, value, hand))
        else:
            fields.append(Traced(where, value, hand.span, constant=False, value_from=named.behind(value), there_for=()))
    whole = resource.hand_behind(())
    made_for = () if whole is None else (Line(whole.span, "rawresources", whole.setting),)
    return Explanation(tuple(fields), made_for)


def _is_listing(resource: Resource, pointer: Pointer) -> bool:
    """Whether a field is one of a folder's files, which are listed when everything has its place."""
    return resource.body["apiVersion"].startswith("kustomize.config.") and pointer[0] == "resources"


def _leaves(value: Any) -> Iterator[tuple[Pointer, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not pairs or not value:
        yield (), value
        return
    for step, child in pairs:
        for pointer, leaf in _leaves(child):
            yield (step, *pointer), leaf


def _lines(decided: tuple[Decision, ...], pointer: Pointer, what: str) -> tuple[Line, ...]:
    """Return the lines of the decisions about a field, or about what it stands in or what stands in it."""
    found = [
        decision.line
        for decision in decided
        for place in getattr(decision, what)
        if place == pointer[: len(place)] or pointer == place[: len(pointer)]
    ]
    return tuple(dict.fromkeys(found))


class _Names:
    """Names are said by paths and by `metadata.name`, which cannot be varied: a value that holds one comes from it."""

    def __init__(self, checked: Checked, resource: Resource) -> None:
        loaded, unit = checked.loaded, resource.unit
        refs = _refs(checked.linked, resource)
        teams = {ref.partition("/")[0] for ref in refs}
        cluster = loaded.clusters[unit.cluster]
        manifests: list[Manifest | None] = [loaded.workloads[ref] for ref in refs]
        manifests += [loaded.teams[name] for name in sorted(teams & loaded.teams.keys())]
        manifests += [cluster, *loaded.environments.values(), *loaded.gateways.values(), loaded.platform]
        self._manifests = [manifest for manifest in manifests if manifest is not None]

    def behind(self, value: Any) -> tuple[Line, ...]:
        """Return the line of the first manifest whose path or name a value holds."""
        text = str(value)
        for manifest in self._manifests:
            if manifest.path == text:
                return (Line(manifest.document.span, manifest.kind.lower(), "its path"),)
        for manifest in self._manifests:
            if manifest.name == text:
                return (_named(manifest),)
        within = [manifest for manifest in self._manifests if manifest.name in text]
        return tuple(_named(manifest) for manifest in within[:1])


def _refs(linked: Linked, resource: Resource) -> list[str]:
    """Return the targets that a unit is about, its own first, then those it is linked with."""
    unit = resource.unit
    key = (unit.cluster, unit.id)
    if unit.scope in OWNED:
        others = {one.callee.ref for one in linked.links_out.get(key, ())}
        others |= {one.caller.ref for one in linked.links_in.get(key, ())}
        return [unit.id, *sorted(others - {unit.id})]
    if unit.scope == "host":
        return sorted({route.target.ref for route in linked.hosts[key]})
    targets = linked.targets[unit.cluster].values()
    return [t.ref for t in targets if unit.scope == "cluster" or t.interface.namespace == unit.id]


def _named(manifest: Manifest) -> Line:
    node = at(manifest.document, "metadata", "name")
    metadata = at(manifest.document, "metadata")
    span = key_span(metadata, "name") if node is not None and isinstance(metadata, MapNode) else manifest.document.span
    return Line(span, manifest.kind.lower(), "metadata.name")
