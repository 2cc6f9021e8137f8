"""What kinds are served as: the names that rules call them by, and whether their objects are in namespaces.

A CustomResourceDefinition among what is judged says it for its kind; else our schemas do, else the object itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from platform_compiler.objects import a_map, at, maps, text
from platform_compiler.policy.plurals import resource_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import LATEST

_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


class _Defined(NamedTuple):
    resource: str
    namespaced: bool
    versions: frozenset[str]


class Kinds:
    """The kinds that a cluster serves, as far as anybody knows."""

    def __init__(self, items: Iterable[Item], schemas: Schemas | None = None) -> None:
        self._schemas = schemas or Schemas(LATEST)
        self._defined: Mapping[tuple[str, str], _Defined] = dict(
            _defined(item) for item in items if (item.group, item.kind) == _DEFINITION
        )

    def resource(self, item: Item) -> str:
        """Return what rules call the kind of an object."""
        known = self._defined.get((item.group, item.kind))
        return known.resource if known and known.resource else resource_of(item.kind)

    def is_namespaced(self, item: Item) -> bool:
        """Whether objects of a kind are in namespaces."""
        defined = self._defined.get((item.group, item.kind))
        if defined:
            return defined.namespaced
        known = self._schemas.usable(text(item.body, "apiVersion"), item.kind)
        return known.kind.namespaced if known else bool(item.namespace)

    def versions(self, item: Item) -> frozenset[str] | None:
        """Return the versions that a kind is served in; None where nobody knows."""
        defined = self._defined.get((item.group, item.kind))
        return defined.versions if defined else self._known.get((item.group, item.kind))

    @cached_property
    def _known(self) -> Mapping[tuple[str, str], frozenset[str]]:
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for api_version, kind in self._schemas.known():
            group, _, version = api_version.rpartition("/")
            found[group, kind].add(version)
        return {key: frozenset(versions) for key, versions in found.items()}


def is_namespaced(item: Item) -> bool:
    """Whether objects of a kind are in namespaces, where no other files tell of kinds."""
    return _usual().is_namespaced(item)


@cache
def _usual() -> Kinds:
    return Kinds(())


def _defined(item: Item) -> tuple[tuple[str, str], _Defined]:
    spec = a_map(item.body, "spec")
    served = frozenset(text(one, "name") for _, one in maps(spec, "versions") if at(one, "served") is not False)
    plural = text(spec, "names", "plural")
    return (text(spec, "group"), text(spec, "names", "kind")), _Defined(
        plural, text(spec, "scope") != "Cluster", served
    )
