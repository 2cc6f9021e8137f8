"""Patches: dated changes of a team to what its blueprint made. Every patch applies, is permitted, and has an effect.

What a patch did is read off the resource, before and after; so both forms are judged alike. Each field that became
another one knows the line of the patch from then on: findings and `explain` point there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from platform_compiler.blueprints.catalog import Catalog
from platform_compiler.blueprints.everyone import opens_to_everyone
from platform_compiler.blueprints.resource import Batch, Resource, resources_in
from platform_compiler.context.model import ByHand
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.hatches.differences import Difference, differences
from platform_compiler.hatches.json_patch import operated
from platform_compiler.hatches.merge import DoesNotApplyError, merged
from platform_compiler.hatches.permitted import Fields, refusal
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import text
from platform_compiler.objects import text as text_of
from platform_compiler.schema.unique import Way
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, at, key_span
from platform_compiler.verify.places import dotted

Ways = Callable[[str, dict[str, Any]], Way | None]
"""Gives the merge keys of an object's kind on a cluster."""


Lines = Mapping[Pointer, tuple[Span, str]]
"""The line of a patch behind a field, and which of the patch's words it is."""


class _Patch(NamedTuple):
    name: str
    node: Node
    span: Span

    @property
    def target(self) -> str:
        return text(self.node, "target") or ""


def patched(batches: Sequence[Batch], resolved: Resolved, catalog: Catalog, ways: Ways, bag: Bag) -> list[Batch]:
    """Return all resources, those that patches are for as the patches make them."""
    concerned = {
        ref for targets in resolved.by_cluster.values() for ref, one in targets.items() if "patches" in one.spec.entries
    }
    if not concerned:
        return list(batches)
    found: list[Batch] = []
    for unit, own in groupby(batches, attrgetter("unit")):
        if unit.id in concerned and unit.scope == "app":
            resources = resources_in(own)
            _patch(unit, resources, resolved, catalog, ways, bag)
            found.append(Batch(unit, resources))
        else:
            found += own
    return found


def _patch(  # noqa: PLR0913, PLR0917 -- what is patched, and by what
    unit: Unit, resources: list[Resource], resolved: Resolved, catalog: Catalog, ways: Ways, bag: Bag
) -> None:
    """Put what patches make of the resources of a unit in their places."""
    named = {_word(resource): position for position, resource in enumerate(resources)}
    for patch in _patches_of(unit, named, resolved):
        place = _target(patch, named, unit, bag)
        if place is not None:
            resources[place] = _Patching(resources[place], patch, catalog, ways, bag).result()


def _patches_of(unit: Unit, named: Mapping[str, int], resolved: Resolved) -> Iterator[_Patch]:
    """Yield the patches of an application; where it only has callers, those of what is there."""
    here = resolved.by_cluster[unit.cluster].get(unit.id)
    if here is not None:
        yield from _patches(here.spec)
        return
    elsewhere = (by_ref[unit.id] for _, by_ref in sorted(resolved.by_cluster.items()) if unit.id in by_ref)
    first = next(elsewhere, None)
    yield from (patch for patch in (_patches(first.spec) if first else ()) if patch.target in named)


def _patches(spec: MapNode) -> Iterator[_Patch]:
    node = at(spec, "patches")
    for name, patch in sorted(node.entries.items()) if isinstance(node, MapNode) else ():
        assert isinstance(node, MapNode)
        yield _Patch(name, patch, key_span(node, name))


def _word(resource: Resource) -> str:
    """Return what a patch calls a resource; one that a template left without a name is told by verification."""
    return f"{resource.body['kind']}/{text_of(resource.body, 'metadata', 'name')}"


def _target(patch: _Patch, named: Mapping[str, int], unit: Unit, bag: Bag) -> int | None:
    if patch.target in named:
        return named[patch.target]
    near = did_you_mean(patch.target, named)
    node = at(patch.node, "target")
    bag.add(
        "PC4074",
        f"`{unit.id}` has no {patch.target} on cluster `{unit.cluster}`",
        node.span if node else patch.span,
        help=f"did you mean `{near}`?" if near else f"there are {', '.join(f'`{word}`' for word in sorted(named))}",
    )
    return None


class _Patching:
    """One patch on one resource."""

    def __init__(self, resource: Resource, patch: _Patch, catalog: Catalog, ways: Ways, bag: Bag) -> None:
        self._resource = resource
        self._patch = patch
        self._fields = _fields_of(resource, catalog)
        self._ways = ways
        self._bag = bag

    def result(self) -> Resource:
        """Return the patched resource; as it was where the patch must not be."""
        try:
            body, lines = self._merge() if at(self._patch.node, "merge") is not None else self._operate()
        except DoesNotApplyError as why:
            self._report("PC4076", f"patch `{self._patch.name}` does not apply: {why}", _start(why.node))
            return self._resource
        found = list(differences(self._resource.body, body))
        if not found:
            words = f"patch `{self._patch.name}` changes nothing on cluster `{self._resource.unit.cluster}`"
            self._report("PC4077", words, self._patch.span, "remove it: the resource is so already")
            return self._resource
        by_hand = [self._by_hand(one, lines) for one in found]
        if not self._permits(found, by_hand, body):
            return self._resource
        made = self._resource.made or self._resource.body
        there = (hand for one, hand in zip(found, by_hand, strict=True) if one.there)
        return self._resource._replace(body=body, made=made, by_hand=(*self._resource.by_hand, *there))

    def _merge(self) -> tuple[Any, Lines]:
        node, nodes = at(self._patch.node, "merge"), dict[Pointer, Node]()
        assert node is not None
        body = merged(self._resource.body, node, self._ways(self._resource.unit.cluster, self._resource.body), nodes)
        return body, {pointer: (_start(node), "merge") for pointer, node in nodes.items()}

    def _operate(self) -> tuple[Any, Lines]:
        body, lines = self._resource.body, dict[Pointer, tuple[Span, str]]()
        operations = at(self._patch.node, "json")
        assert isinstance(operations, ListNode)
        for position, (operation, after) in enumerate(operated(body, operations)):
            lines |= {one.pointer: (_start(operation), f"json[{position}]") for one in differences(body, after)}
            body = after
        return body, lines

    def _by_hand(self, difference: Difference, lines: Lines) -> ByHand:
        """Return the patch's word on a field, or on the nearest thing above it."""
        pointer = difference.pointer
        above = (lines[pointer[:n]] for n in range(len(pointer), -1, -1) if pointer[:n] in lines)
        span, what = next(above, (self._patch.span, ""))
        return ByHand(pointer, span, f"patches.{self._patch.name}.{what}".rstrip("."))

    def _permits(self, found: Iterable[Difference], by_hand: Iterable[ByHand], body: Any) -> bool:
        """Report what the patch changes and must not."""
        before, name = self._resource.body, self._patch.name
        fine = True
        for one, hand in zip(found, by_hand, strict=True):
            field = dotted(one.pointer)
            why = refusal(one, before, body, self._fields)
            earlier = self._earlier(one.pointer)
            if why is not None:
                words = f"patch `{name}` may not change `{field}` of {self._patch.target}: {why}"
                self._report("PC4075", words, hand.span, self._patchable())
            elif earlier is not None:
                words = f"patch `{name}` changes `{field}`, which another patch has changed"
                self._report(
                    "PC4078", words, hand.span, "let one patch do both", also=[Label(earlier, "the other one")]
                )
            fine = fine and why is None and earlier is None
        where = opens_to_everyone(body) if fine else None
        if where is not None:
            words = f"patch `{name}` makes {self._patch.target} match everyone: {where}"
            self._report("PC4302", words, self._patch.span, "match somebody")
        return fine and where is None

    def _earlier(self, pointer: Pointer) -> Span | None:
        """Return the line of an earlier patch that wrote a field, or something above or below it."""
        for one in self._resource.by_hand:
            short, long = sorted((one.pointer, pointer), key=len)
            if long[: len(short)] == short:
                return one.span
        return None

    def _patchable(self) -> str:
        fields = ", ".join(f"`{'.'.join(field)}`" for field in self._fields)
        own = (
            f"its blueprint lets patches change {fields}" if fields else "its blueprint lets no patch change this kind"
        )
        return f"{own}; ask the platform team for a word, or for another field under `patchable`"

    def _report(self, code: str, message: str, span: Span, cure: str = "", also: Iterable[Label] = ()) -> None:
        cure = cure or "look at the resource without the patch: `platformc explain CLUSTER KIND/NAME`"
        self._bag.add(code, message, span, also=[*also, Label(self._resource.template, "made by this")], help=cure)


def _fields_of(resource: Resource, catalog: Catalog) -> Fields:
    """Return what the contract of the blueprint behind a resource lets be patched."""
    for versions in catalog.blueprints.values():
        for blueprint in versions:
            if resource.template.path.startswith(f"{blueprint.folder}/"):
                return blueprint.contract.patchable.get(resource.body["kind"], ())
    return ()


def _start(node: Node) -> Span:
    """Return where a node begins, for people: a map at its first key."""
    return next(iter(node.keys.values())) if isinstance(node, MapNode) and node.keys else node.span
