"""The part of a repository, before and after some of its manifests changed, that decides what becomes of them.

It is made as the part that a hook checks, of all that was near or is near. What the manifests themselves are compiled
to, and the hosts that they expose, the part decides wholly: it holds everybody they are linked with, and all objects
that teams wrote themselves, which may select or name anything. What it makes of the others lacks some of their links,
before and after alike; so it tells whether the change reaches them, but not what they look like then.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from platform_compiler.closure.closure import (
    MOST,
    WORTH,
    names_of_all,
    near,
    read_facts,
    ref_of,
    with_teams,
)
from platform_compiler.closure.index import EVERYBODY, Facts, Index, is_workload
from platform_compiler.source.snapshot import Snapshot

_RAW = "RawResources"
"""Objects as a team wrote them: nothing says whom they select, or whose name they take, among all of their team.

They are in every part.
"""


class Side(NamedTuple):
    """A part of a repository, without what is `unread`."""

    tree: Snapshot
    unread: frozenset[str]


class Change(NamedTuple):
    """What a change reaches: `core` are the paths of what is decided wholly by the manifests that are `kept`."""

    core: frozenset[str]
    kept: frozenset[str]

    @property
    def refs(self) -> frozenset[str]:
        """What is decided wholly, as `team/name`."""
        return frozenset(map(ref_of, self.core))

    def side(self, tree: Snapshot) -> Side:
        """Return the part of a repository that the change reaches."""
        return Side(with_teams(tree, self.kept), frozenset(filter(is_workload, tree.files)) - self.kept)


def edited_since(tree: Snapshot, index: Index) -> frozenset[str]:
    """Return the manifests of teams that differ from those of an index, or are in one of both alone."""
    then, now = index.files, tree.digests
    same = {path for path, facts in then.items() if path in now and facts.digest == now[path].hex()}
    there = (path for path in now if path not in same and is_workload(path))
    return frozenset(then.keys() - same).union(there)


def unedited_since(tree: Snapshot, index: Index) -> frozenset[str]:
    """Return the paths of a part of a repository, all but the manifests in it that differ from those of an index."""
    return frozenset(tree.paths()) - edited_since(tree, index)


def change_since(index: Index, trees: Sequence[Snapshot], besides: AbstractSet[str]) -> Change | None:
    """Return what edits since an index reach, in one repository or several; None where that may be anybody.

    The manifests of `besides` are decided wholly too.
    """
    edited = frozenset[str]().union(*(edited_since(tree, index) for tree in trees))
    paths = index.files.keys() | {path for tree in trees for path in tree.paths() if is_workload(path)}
    core = edited | (besides & paths)
    if len(core) > MOST:
        return None
    facts = {path: _facts_of_all(path, trees, index, paths) for path in core}
    sound = {path: one for path, one in facts.items() if one is not None}
    refs = frozenset(map(ref_of, core))
    named, everywhere = names_of_all(refs, sound.values(), index)
    moving = any(one.moves for one in sound.values())
    if len(sound) < len(core) or moving or refs & everywhere or EVERYBODY in named:
        return None
    fresh = {path for path in edited if path not in index.files or any(path not in tree.files for tree in trees)}
    fresh |= {path for path in edited if sound[path].kind == _RAW}
    raws = (path for path, one in index.files.items() if one.kind == _RAW)
    kept = core.union(near(paths, sound, named, index, fresh), raws)
    for _ in range(1, index.steps):
        around = {path: sound.get(path) or index.files[path] for path in kept}
        further = index.shared.union(*(one.mentions for one in around.values()))
        kept = kept.union(near(paths, around, further, index, frozenset()))
    return None if len(kept) * WORTH > len(paths) else Change(core, kept)


def _facts_of_all(path: str, trees: Iterable[Snapshot], index: Index, paths: AbstractSet[str]) -> Facts | None:
    """Return what a manifest names in any repository; None where it cannot be told or is not of one kind.

    One that cannot be read any more is told with those that it named when it could.
    """
    then = index.files.get(path)
    known = [then] if then else []
    for tree in trees:
        if path not in tree.files or (then and then.digest == tree.digests[path].hex()):
            continue
        now = read_facts(path, tree, frozenset(map(ref_of, paths)))
        if now is not None:
            known.append(now)
    if len({one.kind for one in known}) != 1:
        return None
    mentions, hosts = (
        frozenset[str]().union(*sets) for sets in zip(*((o.mentions, o.hosts) for o in known), strict=True)
    )
    return Facts(known[0].kind, mentions, hosts, any(one.moves for one in known))
