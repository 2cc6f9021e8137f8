"""Which clusters go together: those of one environment share most of what is made, so they are parted last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from platform_compiler.context.unit import Selection
from platform_compiler.pipeline import Checked

_AGAIN = 0.35
"""What a cluster costs beside another one of its environment, as a part of what it costs alone."""


def sizes_of(checked: Checked, wanted: Selection) -> dict[str, int]:
    """Return how many targets each cluster has of those that are wanted."""
    return {
        name: sum(1 for target in checked.linked.targets[name] if not wanted.apps or target in wanted.apps)
        for name in checked.loaded.clusters
        if wanted.clusters is None or name in wanted.clusters
    }


@dataclass(frozen=True, slots=True)
class _Piece:
    """Clusters of one environment with their sizes, largest first."""

    clusters: tuple[tuple[int, str], ...]

    @property
    def cost(self) -> float:
        first, *others = (size for size, _ in self.clusters)
        return first + _AGAIN * sum(others)

    def halves(self) -> "list[_Piece]":
        return [_Piece(half) for half in (self.clusters[::2], self.clusters[1::2]) if half]


def split(sizes: Mapping[str, int], environments: Mapping[str, str], count: int) -> list[frozenset[str]]:
    """Return at most `count` groups of clusters that cost about the same; `sizes` are numbers of targets."""
    together: dict[str, list[tuple[int, str]]] = {}
    for name in sorted(sizes):
        together.setdefault(environments[name], []).append((max(sizes[name], 1), name))
    pieces = [_Piece(tuple(sorted(clusters, key=lambda one: (-one[0], one[1])))) for clusters in together.values()]
    groups = _dealt(pieces, count)
    while True:
        longest = max(max(groups, key=_cost), key=lambda piece: piece.cost, default=None)
        if longest is None or len(longest.clusters) == 1:
            break
        finer = [piece for piece in pieces if piece is not longest] + longest.halves()
        better = _dealt(finer, count)
        if max(map(_cost, better)) >= max(map(_cost, groups)):
            break
        pieces, groups = finer, better
    return [frozenset(name for piece in group for _, name in piece.clusters) for group in groups if group]


def _dealt(pieces: Iterable[_Piece], count: int) -> list[list[_Piece]]:
    """Return pieces in groups: the largest first, each to the group that has least."""
    groups: list[list[_Piece]] = [[] for _ in range(count)]
    for piece in sorted(pieces, key=lambda piece: (-piece.cost, piece.clusters)):
        min(groups, key=_cost).append(piece)
    return groups


def _cost(group: Iterable[_Piece]) -> float:
    return sum(piece.cost for piece in group)
