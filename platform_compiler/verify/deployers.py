"""Namespaces that something else fills as well: what a chart brings along stands in no file."""

from collections.abc import Iterable, Iterator, Mapping

from platform_compiler.objects import a_map, maps, text
from platform_compiler.verify.item import Item

_INSTALLING = frozenset({"HelmRelease", "Application"})


def deployed_into(by_kind: Mapping[tuple[str, str], Iterable[Item]]) -> frozenset[str]:
    """Return the namespaces that charts are installed into by objects, which come by group and kind."""
    installing = [item for (_, kind), items in by_kind.items() if kind in _INSTALLING for item in items]
    return frozenset(namespace for item in installing for namespace in _of(item) if namespace)


def _of(item: Item) -> Iterator[str]:
    spec = a_map(item.body, "spec")
    if item.kind == "HelmRelease":
        yield text(spec, "targetNamespace") or item.namespace or "default"
    if item.kind == "Application" and item.group == "argoproj.io":
        sources = [a_map(spec, "source"), *(source for _, source in maps(spec, "sources"))]
        if any(text(source, "chart") for source in sources):
            yield text(spec, "destination", "namespace")
