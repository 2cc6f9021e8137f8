"""Where the fields of what policies send to a cluster come from: policies themselves, sets, waivers and parameters.

A policy and its parameters are copied, so a field stands in its file where it stands in the resource. What sets and
waivers make of them is found by trial, as for templates.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from platform_compiler.blueprints.resource import Batch, Resource, resources_in
from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.load import Manifest
from platform_compiler.load.shape import has_shape
from platform_compiler.objects import at as at_
from platform_compiler.policy.stages import Court
from platform_compiler.provenance.candidates import name_line
from platform_compiler.provenance.decision import Decision, Line, decision, dotted
from platform_compiler.provenance.vary import variations
from platform_compiler.source.node import MapNode, Node, Pointer, at, plain

_NOT_SETTINGS = frozenset({"apiVersion", "kind", "metadata"})


def is_shipped(checked: Checked, resource: Resource) -> bool:
    """Whether a resource is no template's, but what policies send to its cluster."""
    return checked.court is not None and checked.court.source_of(resource) is not None


def source_of(checked: Checked, resource: Resource) -> Node:
    """Return the document that a shipped resource was copied or made from."""
    assert checked.court is not None
    found = checked.court.source_of(resource)
    assert found is not None
    return found


def is_copied(source: Node, pointer: Pointer, value: Any) -> bool:
    """Whether a field of a shipped resource stands in its source as it is."""
    node = at(source, *pointer)
    return node is not None and plain(node) == value


def shipped_decisions(
    checked: Checked, of_cluster: Sequence[Resource], shipped: Sequence[Resource]
) -> dict[int, list[Decision]]:
    """Return, for each shipped resource by its position, the lines of sets, waivers and places that decide it."""
    found: dict[int, list[Decision]] = {n: [] for n in range(len(shipped))}
    assert checked.court is not None
    remake = _remaker(checked, of_cluster, shipped)
    before = remake(checked.court)
    for line, courts, is_name in _candidates(checked, shipped[0].unit.cluster):
        for court in courts:
            after = remake(court)
            if after == before:
                continue
            for position, resource in enumerate(shipped):
                one = decision(line, resource.body, _same(resource, before, after))
                if one is not None and not (is_name and one.whole):
                    found[position].append(one)
            break
    return found


def _remaker(
    checked: Checked, of_cluster: Sequence[Resource], shipped: Sequence[Resource]
) -> Callable[[Court], list[Resource]]:
    """Return what ships to the cluster again, by another court."""
    unit = shipped[0].unit
    sources = {resource.template for resource in shipped}
    others = [resource for resource in of_cluster if resource.template not in sources]

    def remake(court: Court) -> list[Resource]:
        return resources_in(court.shipped([Batch(unit, others)], checked.linked, lambda other: other == unit))

    return remake


def _same(resource: Resource, before: Sequence[Resource], after: Sequence[Resource]) -> dict[str, Any] | None:
    """Return a resource as it is shipped now, called otherwise when as many are; None when it is not."""
    key = (resource.body["kind"], resource.body["metadata"]["name"])
    keys = [(one.body["kind"], one.body["metadata"]["name"]) for one in before]
    now = {(one.body["kind"], one.body["metadata"]["name"]): one.body for one in after}
    if key in now:
        return now[key]
    come = [name for name in now if name not in set(keys)]
    gone = [name for name in keys if name not in now]
    return now[come[gone.index(key)]] if len(come) == len(gone) and key in gone else None


def _candidates(checked: Checked, cluster: str) -> Iterator[tuple[Line, Iterator[Court], bool]]:
    """Yield the lines of sets, waivers and the cluster, each with the courts that say it otherwise."""
    court = checked.court
    assert court is not None
    for group in ("policy_sets", "waivers"):
        for name, manifest in sorted(getattr(court.loaded, group).items()):
            yield from _of_manifest(court, group, manifest, _names_in(manifest))
            renamed = manifest._replace(name=f"{manifest.name}x")
            yield name_line(manifest), iter([_with(court, group, name, renamed)]), True
    yield from _of_manifest(court, "clusters", checked.loaded.clusters[cluster], frozenset())


def _of_manifest(
    court: Court, group: str, manifest: Manifest, names: frozenset[str]
) -> Iterator[tuple[Line, Iterator[Court], bool]]:
    """Yield the lines of a manifest; what its schema refuses is not tried."""
    for found in variations(manifest.document, _NOT_SETTINGS, names):
        line = Line(found.span, manifest.kind.lower(), dotted(found.pointer[1:]))
        said = (
            manifest._replace(document=tree, spec=spec)
            for tree in found.trees
            if isinstance(spec := tree.entries.get("spec"), MapNode)
        )
        sound = (one for one in said if has_shape(one.kind, one.document, Bag()))
        yield line, (_with(court, group, manifest.name, one) for one in sound), False


def _names_in(manifest: Manifest) -> frozenset[str]:
    """Return the keys that are names of policies."""
    return frozenset(at_(plain(manifest.spec), "policies") or ())


def _with(court: Court, group: str, name: str, manifest: Manifest) -> Court:
    groups: Any = {group: {**getattr(court.loaded, group), name: manifest}}
    return replace(court, loaded=court.loaded._replace(**groups))
