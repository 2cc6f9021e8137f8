"""Judge objects, ours or anybody's: their shape first, then what no schema sees, cluster by cluster.

Only objects of a sound shape reach the checks of fields and of whole clusters; those that are not still count as being
there, so that one mistake is told once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from platform_compiler.diagnostics import CODES, Bag, Label
from platform_compiler.schema.store import BadSchemaError
from platform_compiler.source.node import Node
from platform_compiler.verify.checks import ALONE, WHOLE
from platform_compiler.verify.identity import twice
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.retired import GONE, retired
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.shape import fits, unfit, unknown_kind
from platform_compiler.verify.world import Facts, World, grouped, namespace_of


@dataclass(frozen=True, slots=True)
class Verdict:
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
    """Report everything that is wrong with the objects of one or more clusters.

    `facts` and `schemas` are those of a cluster by its name; `tree_of` gives the text of an object as nodes, and is
    asked only for what is at fault. With `whole` nothing is missing from the clusters. A kind that no schema knows is a
    fault with `every_kind`, else it is only counted.
    """
    faults: list[Fault] = []
    unchecked: dict[str, int] = {}
    for cluster, own in grouped(items, lambda item: item.cluster).items():
        sound: list[Item] = []
        known_here, now = schemas(cluster), facts[cluster].versions.kubernetes
        for item in own:
            if old := retired(item, now):
                faults.append(old)
                if old.code == GONE:
                    continue
            try:
                known = known_here.judge(str(item.body["apiVersion"]), item.kind)
            except BadSchemaError as bad:
                faults.append(Fault("PC5009", item, ("kind",), f"`{bad}` is no schema", "import it again"))
                continue
            if known is None:
                unchecked[item.kind] = unchecked.get(item.kind, 0) + 1
                faults += [unknown_kind(item, known_here)] if every_kind else []
            elif fits(item, known):
                sound.append(item)
            else:
                faults += unfit(item, tree_of(item), known)
        faults += twice(own)
        if not shapes_only:
            faults += _of_world(own, sound, facts[cluster], whole=whole)
    _report(faults, bag)
    return Verdict(len(items), unchecked)


def _of_world(own: Sequence[Item], sound: Sequence[Item], facts: Facts, *, whole: bool) -> Iterator[Fault]:
    missing = {(item.kind, namespace_of(item), item.name) for item in set(own).difference(sound)}
    files = frozenset(item.place.file for item in own)
    world = World(sound, replace(facts, promised=facts.promised | missing, files=files), whole)
    for check in (*ALONE, *(WHOLE if whole else ())):
        yield from check(world)


def _report(faults: Iterable[Fault], bag: Bag) -> None:
    """Put faults into the bag; one that is the same on several clusters once, with their names."""
    found: dict[tuple[str, str, tuple[Label, ...], str], list[str]] = {}
    for fault in faults:
        words = f"{fault.item}: {fault.message}"
        first = fault.item.place.labels(fault.path, "", on_key=fault.on_key)
        others = [
            label
            for other in fault.also
            for label in other.item.place.labels(other.path, other.words, on_key=False)[:1]
        ]
        clusters = found.setdefault((fault.code, words, (*first[:1], *others, *first[1:]), fault.help), [])
        if fault.item.cluster and fault.item.cluster not in clusters:
            clusters.append(fault.item.cluster)
    for (code, words, labels, cure), clusters in found.items():
        notes = [f"on {', '.join(clusters)}"] if clusters else []
        notes += (
            [f"`istioctl analyze` calls it {' or '.join(aliases)}"] if (aliases := CODES[code].alias.split()) else []
        )
        bag.add(code, words, labels[0].span, labels[0].text, also=labels[1:], help=cure, notes=notes)
