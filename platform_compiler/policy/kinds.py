"""What kinds are served as: the names that rules call them by, and whether their objects are in namespaces.

A CustomResourceDefinition among what is judged says it for its kind; else our schemas do, else the object itself.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from platform_compiler.objects import a_map, text
from platform_compiler.policy.plurals import resource_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import LATEST

_DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


class _Defined(NamedTuple):
    resource: str
    namespaced: bool


class Kinds:
    """The kinds of a run."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._schemas = Schemas(LATEST)
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
        known = self._schemas.judge(text(item.body, "apiVersion"), item.kind)
        return known.kind.namespaced if known else bool(item.namespace)


def _defined(item: Item) -> tuple[tuple[str, str], _Defined]:
    spec = a_map(item.body, "spec")
    names = _Defined(text(spec, "names", "plural"), text(spec, "scope") != "Cluster")
    return (text(spec, "group"), text(spec, "names", "kind")), names
