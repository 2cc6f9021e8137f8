"""Two objects that are the same one to a cluster: the last one applied would win."""

from collections.abc import Iterator, Sequence

from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import namespace_of


def twice(items: Sequence[Item]) -> Iterator[Fault]:
    """Yield every object whose group, kind, namespace and name an earlier one has."""
    first: dict[tuple[str, str, str, str], Item] = {}
    for item in items:
        if not item.name:
            continue
        known = first.setdefault((item.group, item.kind, namespace_of(item), item.name), item)
        if known is not item:
            also = (Other(known, ("metadata", "name"), "first here"),)
            yield Fault("PC5005", item, ("metadata", "name"), "the same object again", "keep one of them", also)
