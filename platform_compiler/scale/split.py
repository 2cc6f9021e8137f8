"""Which clusters go together: those of one environment share most of what is made, so they are parted last."""

from collections.abc import Iterable, Mapping

from platform_compiler.checked import Checked
from platform_compiler.context.unit import Selection
from platform_compiler.layers.placement import environment_of

_NEXT, _AGAIN = 0.1, 0.05
"""What a cluster costs beside others, and beside others of its environment, as a part of what it costs alone.

Measured where all clusters run the same applications; where they differ, more processes save more than is said here.
"""
_STEPS = 32


def groups_of(checked: Checked, wanted: Selection, count: int) -> list[frozenset[str]]:
    """Return the clusters that are wanted in at most `count` groups that cost about the same, and in one at least."""
    return [frozenset(group) for group in _split(_clusters(checked, wanted), count)] or [frozenset()]


def saved(checked: Checked, wanted: Selection, count: int, least: float = 0) -> float:
    """Return how much less the largest of so many groups costs than all clusters together, in targets.

    Where that is not `least` of the whole, it counts as nothing.
    """
    clusters = _clusters(checked, wanted)
    groups = [{name: clusters[name] for name in group} for group in _split(clusters, count)]
    whole = _cost(clusters.values())
    less = whole - max((_cost(group.values()) for group in groups), default=0)
    return less if less >= least * whole else 0


def _clusters(checked: Checked, wanted: Selection) -> dict[str, tuple[str, int]]:
    """Return the environment of each cluster, and how many of the targets there are wanted."""
    return {
        name: (
            environment_of(cluster),
            sum(1 for target in checked.linked.targets[name] if not wanted.apps or target in wanted.apps),
        )
        for name, cluster in checked.loaded.clusters.items()
        if wanted.clusters is None or name in wanted.clusters
    }


def _split(clusters: Mapping[str, tuple[str, int]], count: int) -> list[list[str]]:
    """Cut clusters, ordered by environment, into runs of which the most expensive one costs as little as possible."""
    names = sorted(clusters, key=lambda name: (clusters[name][0], -clusters[name][1], name))
    low, high = 0.0, _cost(clusters.values())
    best = [names] if names else []
    for _ in range(_STEPS):
        most = (low + high) / 2
        runs = _runs(names, clusters, most)
        if len(runs) <= count:
            best, high = runs, most
        else:
            low = most
    return best


def _runs(names: Iterable[str], clusters: Mapping[str, tuple[str, int]], most: float) -> list[list[str]]:
    """Return runs as long as their cost allows; each has one cluster at least."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _cost(clusters[one] for one in (*runs[-1], name)) <= most:
            runs[-1].append(name)
        else:
            runs.append([name])
    return runs


def _cost(clusters: Iterable[tuple[str, int]]) -> float:
    cost = 0.0
    seen: set[str] = set()
    for environment, size in sorted(clusters, key=lambda one: -one[1]):
        cost += max(size, 1) * (_AGAIN if environment in seen else _NEXT if seen else 1)
        seen.add(environment)
    return cost
