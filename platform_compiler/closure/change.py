"""The part of a repository, before and after some of its manifests changed, that decides what becomes of them.

It is made as the part that a hook checks, of all that was near or is near. What the manifests themselves are compiled
to, and the hosts that they expose, the part decides wholly: it holds everybody they are linked with. What it makes of
the others lacks some of their links, before and after alike; so it tells whether the change reaches them, but not what
they look like then.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from platform_compiler.closure.closure import (
    MOST,
    WORTH,
    names_of_all,
    near,
    read_facts,
    ref_of,
    team_document,
)
from platform_compiler.closure.index import EVERYBODY, Facts, Index, is_workload
from platform_compiler.source.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Side:
    """A part of a repository, without what is `unread`."""

    tree: Snapshot
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """Both sides of a change; `core` are the paths of what it decides wholly, `edited` those that differ."""

    before: Side
    after: Side
    core: frozenset[str]
    edited: frozenset[str]

    @property
    def refs(self) -> frozenset[str]:
        """What the part decides wholly, as `team/name`."""
        return frozenset(map(ref_of, self.core))


def edited_since(tree: Snapshot, index: Index) -> frozenset[str]:
    """Return the manifests of teams that differ from those of an index, or are in one of both alone."""
    now = {path: tree.digests[path].hex() for path in tree.paths() if is_workload(path)}
    then = {path: facts.digest for path, facts in index.files.items()}
    return frozenset(path for path, _ in now.items() ^ then.items())


def change_since(
    tree: Snapshot, index: Index, edited: frozenset[str], former: Mapping[str, bytes], besides: AbstractSet[str]
) -> Change | None:
    """Return what changed since an index; None where it may reach anybody.

    `former` are the bytes that the files among them had. The manifests of `besides` are decided wholly too.
    """
    paths = frozenset(filter(is_workload, tree.paths())) | index.files.keys()
    core = edited | (besides & paths)
    if len(core) > MOST or any(not is_workload(path) for path in core):
        return None
    facts = {path: _facts_of_both(path, tree, index, edited, paths) for path in core}
    sound = {path: one for path, one in facts.items() if one is not None}
    refs = frozenset(map(ref_of, core))
    named, everywhere = names_of_all(refs, sound.values(), index)
    if len(sound) < len(core) or any(one.moves for one in sound.values()) or refs & everywhere or EVERYBODY in named:
        return None
    fresh = {path for path in edited if path not in index.files or path not in tree.files}
    kept = core.union(near(paths, sound, named, index, fresh))
    for _ in range(1, index.steps):
        around = {path: sound.get(path) or index.files[path] for path in kept}
        further = index.shared.union(*(one.mentions for one in around.values()))
        kept = kept.union(near(paths, around, further, index, frozenset()))
    if len(kept) * WORTH > len(paths):
        return None
    before = Snapshot({**{path: data for path, data in tree.files.items() if path not in edited}, **former})
    return Change(_side(before, kept), _side(tree, kept), core, edited)


def _facts_of_both(
    path: str, tree: Snapshot, index: Index, edited: AbstractSet[str], paths: AbstractSet[str]
) -> Facts | None:
    """Return what a manifest names or did; None where it cannot be read or is of another kind now."""
    then = index.files.get(path)
    now = read_facts(path, tree, frozenset(map(ref_of, paths))) if path in edited and path in tree.files else then
    if then is None or now is None:
        return now if path in tree.files else then
    if then.kind != now.kind:
        return None
    return replace(
        now, mentions=now.mentions | then.mentions, hosts=now.hosts | then.hosts, moves=now.moves or then.moves
    )


def _side(tree: Snapshot, kept: AbstractSet[str]) -> Side:
    teams = frozenset(map(team_document, kept))
    files = {path: data for path, data in tree.files.items() if path in kept | teams or not path.startswith("teams/")}
    return Side(Snapshot(files), frozenset(filter(is_workload, tree.files)) - kept)
