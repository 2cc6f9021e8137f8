"""From faults of objects to findings for people: where each field stands, and on which clusters.

What is told of one cluster is a plain value, so that clusters may be judged apart and folded together afterwards.
"""

from collections.abc import Iterable
from typing import NamedTuple

from platform_compiler.diagnostics import CODES, Bag, Label
from platform_compiler.verify.item import Fault


class Told(NamedTuple):
    """What faults that say the same come to, and the clusters that they are on, in the order they were met."""

    code: str
    words: str
    labels: tuple[Label, ...]
    help: str
    clusters: tuple[str, ...]


def told(faults: Iterable[Fault]) -> tuple[Told, ...]:
    """Return what faults say; one that is the same on several clusters once, with their names."""
    found: dict[tuple[str, str, tuple[Label, ...], str], dict[str, None]] = {}
    for fault in faults:
        words = f"{fault.item}: {fault.message}"
        first = fault.item.place.labels(fault.path, "", on_key=fault.on_key)
        others = [
            label
            for other in fault.also
            for label in other.item.place.labels(other.path, other.words, on_key=False)[:1]
        ]
        clusters = found.setdefault((fault.code, words, (*first[:1], *others, *first[1:]), fault.help), {})
        if fault.item.cluster:
            clusters[fault.item.cluster] = None
    return tuple(Told(*same, tuple(clusters)) for same, clusters in found.items())


def report_told(given: Iterable[Told], bag: Bag) -> None:
    """Put what was told of any clusters into the bag, each once with the names of them all."""
    found: dict[tuple[str, str, tuple[Label, ...], str], set[str]] = {}
    for one in given:
        found.setdefault((one.code, one.words, one.labels, one.help), set()).update(one.clusters)
    for (code, words, labels, cure), clusters in found.items():
        notes = [f"on {', '.join(sorted(clusters))}"] if clusters else []
        notes += (
            [f"`istioctl analyze` calls it {' or '.join(aliases)}"] if (aliases := CODES[code].alias.split()) else []
        )
        bag.add(code, words, labels[0].span, labels[0].text, also=labels[1:], help=cure, notes=notes)


def report(faults: Iterable[Fault], bag: Bag) -> None:
    """Put faults into the bag; one that is the same on several clusters once, with their names."""
    report_told(told(faults), bag)
