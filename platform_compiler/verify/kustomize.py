"""Files beside a kustomization that are no objects: its patches, and what it makes ConfigMaps and values of."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from platform_compiler.diagnostics import Bag
from platform_compiler.objects import Body, maps, text, texts
from platform_compiler.source.node import plain
from platform_compiler.source.stream import read_documents

is_kustomization = re.compile(r"(?:^|/)kustomization\.ya?ml\Z").search
_PATCHES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")


def ingredients(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the files that kustomizations among `files` name as something else than resources."""
    found: set[str] = set()
    for path, data in files.items():
        if is_kustomization(path):
            for tree in read_documents(path, data, Bag()):
                named = _named(plain(tree))
                found.update(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in named)
    return frozenset(found)


def _named(body: Body) -> Iterator[str]:
    for key in _PATCHES:
        yield from (text(entry, "path") for _, entry in maps(body, key))
    yield from (name for key in ("patchesStrategicMerge", "configurations") for name in texts(body, key))
    for key in _GENERATORS:
        for _, entry in maps(body, key):
            yield from (name.rpartition("=")[2] for name in texts(entry, "files"))
    for _, chart in maps(body, "helmCharts"):
        yield from (text(chart, "valuesFile"), *texts(chart, "additionalValuesFiles"))
