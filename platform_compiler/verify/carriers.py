"""Workloads by the labels that their pods carry: indexed by those labels alone that somebody selects by."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from platform_compiler.verify.workloads import LABEL, Seen, Workload

FACES: Seen = ("", "faces")
"""What others see of all that makes pods, but for the labels: of these each has a mark of its own."""


class Carriers:
    """The workloads of a world."""

    def __init__(self, workloads: Sequence[Workload]) -> None:
        self._all = workloads
        self._anywhere: dict[str, dict[str, list[Workload]]] = {}
        self._inside: dict[str, dict[tuple[str, object], list[Workload]]] = {}

    def inside(self, namespace: str, labels: Mapping[str, object]) -> Sequence[Workload]:
        """Return the workloads of a namespace that carry labels, which are not empty."""
        found = [self._of_namespaces(key).get((namespace, value), []) for key, value in labels.items()]
        return _carrying(labels, min(found, key=len))

    def anywhere(self, labels: Mapping[str, str]) -> Sequence[Workload]:
        """Return the workloads that carry labels, which are not empty."""
        return _carrying(labels, min([self._of(key).get(value, []) for key, value in labels.items()], key=len))

    def _of(self, key: str) -> Mapping[str, list[Workload]]:
        found = self._anywhere.get(key)
        if found is None:
            found = self._anywhere[key] = {}
            for workload in self._all:
                if key in workload.face.labels:
                    found.setdefault(workload.face.labels[key], []).append(workload)
        return found

    def _of_namespaces(self, key: str) -> Mapping[tuple[str, object], list[Workload]]:
        found = self._inside.get(key)
        if found is None:
            found = self._inside[key] = {}
            for value, workloads in self._of(key).items():
                for workload in workloads:
                    found.setdefault((workload.namespace, value), []).append(workload)
        return found


def _carrying(labels: Mapping[str, object], workloads: Sequence[Workload]) -> Sequence[Workload]:
    """Return those of workloads that carry all of labels; one of these each of them does."""
    if len(labels) == 1:
        return workloads
    return [workload for workload in workloads if labels.items() <= workload.face.labels.items()]


@lru_cache(maxsize=1024)
def marks_of(*keys: str) -> AbstractSet[Seen]:
    """Return what is looked at by who asks for workloads by labels with these keys."""
    return frozenset({FACES, *((LABEL, key) for key in keys)})
