"""Judge objects, ours or anybody's: their shape first, then what no schema sees, cluster by cluster.

Only objects of a sound shape reach the rules of their kind and then the checks of fields and of whole clusters; those
that are not still count as being there, so that one mistake is told once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from platform_compiler.diagnostics import Bag
from platform_compiler.schema.store import BadSchemaError
from platform_compiler.source.node import Node
from platform_compiler.verify.group import Group, groups_of, items_in
from platform_compiler.verify.identity import LOCAL_GROUPS, needless_namespace, twice, without_namespace
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.report import report
from platform_compiler.verify.retired import GONE, retired
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.shape import fits, is_misspelled, unfit, unknown_kind
from platform_compiler.verify.shared import Judged, Shape, Shared
from platform_compiler.verify.versions import Versions
from platform_compiler.verify.world import Facts, namespace_of


class Verdict(NamedTuple):
    """How many objects were judged, and how many of them only by their names since no schema knows their kind."""

    judged: int
    unchecked: Mapping[str, int]


def judge(  # noqa: PLR0913 -- what is judged, by what, and how
    items: Sequence[Item],
    facts: Mapping[str, Facts],
    schemas: Callable[[str], Schemas],
    tree_of: Callable[[Item], Node],
    bag: Bag,
    *,
    whole: bool,
    shapes_only: bool = False,
    every_kind: bool = True,
) -> Verdict:
    """Report everything that is wrong with the objects of one or more clusters, as `faults_of` finds it."""
    known = {
        cluster: facts[cluster]._replace(files=frozenset([item.place.file for item in own]))
        for cluster, own in grouped(items, attrgetter("cluster")).items()
    }
    faults, unchecked = faults_of(
        groups_of(items), known, schemas, tree_of, whole=whole, shapes_only=shapes_only, every_kind=every_kind
    )
    report(faults, bag)
    return Verdict(len(items), unchecked)


def faults_of(  # noqa: PLR0913 -- what is judged, by what, and how
    groups: Iterable[Group],
    facts: Mapping[str, Facts],
    schemas: Callable[[str], Schemas],
    tree_of: Callable[[Item], Node],
    *,
    whole: bool,
    shapes_only: bool = False,
    every_kind: bool = True,
    trusted: Iterable[Group] = (),
) -> tuple[Sequence[Fault], Mapping[str, int]]:
    """Return everything that is wrong with the objects of one or more clusters, and how many are of unknown kinds.

    `facts` and `schemas` are those of a cluster by its name; `tree_of` gives the text of an object as nodes, and is
    asked only for what is at fault. With `whole` nothing is missing from the clusters. A kind that no schema knows is a
    fault with `every_kind`, else it is only counted. What equals one of `trusted` objects is not judged by itself, but
    only together with the others.
    """
    faults: list[Fault] = []
    unchecked: Counter[str] = Counter()
    shared = Shared()
    for cluster, given in grouped(trusted, attrgetter("cluster")).items():
        shared.trust(items_in(given), facts[cluster], schemas(cluster))
    for cluster, given in grouped(groups, attrgetter("cluster")).items():
        known, versions = schemas(cluster), facts[cluster].versions
        shapes_of = partial(
            shared.shapes,
            schemas=known,
            versions=versions,
            shape_of=partial(_shape, versions=versions, schemas=known, tree_of=tree_of),
        )
        met = shared.met(given, facts[cluster], known)
        others = shared.besides(met)
        if others is not None and _in_order(shapes_of(others), facts[cluster], shared, shapes_only=shapes_only):
            shared.note_in_order(met)
            continue
        judged = shapes_of(items_in(given))
        unknown = [(shape.item, shape.unknown) for shape in judged.told if shape.unknown]
        unchecked.update(item.kind for item, _ in unknown)
        found = [fault for shape in judged.told for fault in shape.faults]
        found += [fault for item, fault in unknown if every_kind or not _may_exist(item, fault, known)]
        again = list(twice(judged.items))
        found += again
        if not shapes_only:
            repeated = {fault.item for fault in again}
            sound = [item for item in judged.sound if item not in repeated]
            found += _of_world(judged.items, sound, facts[cluster], shared, whole=whole)
        if not found and not unknown:
            shared.note_in_order(met)
        faults += found
    return faults, unchecked


def _may_exist(item: Item, unknown: Fault, schemas: Schemas) -> bool:
    """Whether a kind that no schema knows may be one all the same: neither too new nor misspelled."""
    return unknown.code == "PC5001" and not is_misspelled(item, schemas)


def _shape(
    item: Item, among: int, versions: Versions, schemas: Schemas, tree_of: Callable[[Item], Node]
) -> Shape | None:
    old = retired(item, versions.kubernetes)
    if old and old.code == GONE:
        return Shape(item, (old,))
    found = [old] if old else []
    try:
        known = schemas.judge(str(item.body["apiVersion"]), item.kind)
    except BadSchemaError as bad:
        return Shape(item, (*found, Fault("PC5009", item, ("kind",), f"`{bad}` is no schema", "import it again")))
    if known is None:
        return Shape(item, tuple(found), unknown=unknown_kind(item, schemas))
    if item.namespace and not known.kind.namespaced and item.group not in LOCAL_GROUPS:
        found.append(needless_namespace(item))
        item = without_namespace(item)
    if not fits(item, known, schemas.metadata, among):
        return Shape(item, (*found, *unfit(item, tree_of(item), known)))
    broken = tuple(known.rules.broken(item)) if known.rules else ()
    if known.rules:
        found += (*known.rules.unusable, *broken)
    return Shape(item, tuple(found), sound=not broken) if found else None


def _in_order(judged: Judged, facts: Facts, shared: Shared, *, shapes_only: bool) -> bool:
    """Whether nothing is wrong with objects by themselves."""
    if judged.told:
        return False
    if shapes_only:
        return True
    from platform_compiler.verify.checks import EACH  # noqa: PLC0415 -- see below

    return next(shared.faults(judged.sound, facts, EACH), None) is None


def _of_world(
    own: Sequence[Item], sound: Sequence[Item], facts: Facts, shared: Shared, *, whole: bool
) -> Iterator[Fault]:
    # Many modules: who asks for shapes alone, as a hook does for its policies, goes without them.
    from platform_compiler.verify.checks import EACH, TOGETHER, WHOLE  # noqa: PLC0415

    missing = {(item.kind, namespace_of(item), item.name) for item in set(own).difference(sound)}
    yield from shared.faults(sound, facts, EACH)
    world = shared.world(sound, facts._replace(promised=facts.promised | missing), whole=whole)
    yield from shared.together(world, (*TOGETHER, *(WHOLE if whole else ())))
