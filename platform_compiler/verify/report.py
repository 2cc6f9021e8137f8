"""From faults of objects to findings for people: where each field stands, and on which clusters."""

from collections.abc import Iterable

from platform_compiler.diagnostics import CODES, Bag, Label
from platform_compiler.verify.item import Fault


def report(faults: Iterable[Fault], bag: Bag) -> None:
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
