"""The part of a repository that decides whether some of its manifests have findings.

What a check says of a manifest follows from what the platform owns, from the manifest, and from those it is linked
with; all of one step:

- its callees and whoever else it names, whole teams too, and all that name it: grants are between two;
- what is called like it, or begins so (`web`, `web-v2`, `web-peers`), or exposes what it exposes: one may have them;
- the whole team of a manifest that is new, since nobody has looked who names it;
- whoever the platform's own documents and blueprints name, by a short name too, since those are linked with everybody.

Where a word could reach further (a former name, a delegated path, the apex of a domain, a way out by a gateway, a file
that went) there is no such part. Of the other manifests in it some findings are missing and some are too much; about
the wanted ones a finding is never missing, so that none found is none there. What is found is told by a check of the
whole, word for word.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from platform_compiler.closure.index import APEX, EVERYBODY, Facts, Index, facts_of, is_workload
from platform_compiler.diagnostics import Bag
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.snapshot import Snapshot

_MOST = 64
"""More files than these are a check of the whole."""
_WORTH = 2
"""A part that is larger than one in so many saves too little."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a repository, without what is `unread`; nothing found about `core` in it is nothing in the whole."""

    tree: Snapshot
    core: frozenset[str]
    unread: frozenset[str]


def part_about(wanted: AbstractSet[str], tree: Snapshot, index: Index) -> Part | None:
    """Return the part that decides about some files and about what has changed since the index; None is the whole."""
    paths = [path for path in tree.paths() if is_workload(path)]
    before = index.files
    changed = {path for path in paths if path not in before or before[path].digest != tree.digests[path].hex()}
    core = frozenset(changed.union(wanted))
    if len(core) > _MOST or not all(map(is_workload, core)) or not before.keys() <= set(paths):
        return None
    refs = frozenset(map(_ref, paths))
    facts = {path: _facts(path, tree, refs) if path in changed else before[path] for path in core}
    sound = {path: one for path, one in facts.items() if one is not None}
    if len(sound) < len(core) or any(_reaches_further(one, before.get(path)) for path, one in sound.items()):
        return None
    names = frozenset(map(_ref, core))
    own = {f"{team}/{word}" for team in {ref.partition("/")[0] for ref in names} for word in index.shared}
    named = index.shared.union(own, *(one.mentions for one in sound.values()))
    if names & (index.shared | own) or EVERYBODY in named:
        return None
    kept = core.union(_near(paths, sound, named, index))
    if len(kept) * _WORTH > len(paths):
        return None
    teams = frozenset(map(_team_document, kept))
    files = {path: data for path, data in tree.files.items() if path in kept | teams or not path.startswith("teams/")}
    return Part(Snapshot(files), core, frozenset(paths) - kept)


def _facts(path: str, tree: Snapshot, refs: AbstractSet[str]) -> Facts | None:
    """Return the facts of a file that is not in the index as it is now; None where it cannot be read."""
    data = tree.files[path]
    document = read_yaml(path, data, Bag()) if isinstance(data, bytes) else None
    return facts_of(document, _ref(path), refs) if document is not None else None


def _reaches_further(now: Facts, before: Facts | None) -> bool:
    """Whether a manifest changes, or did, what is far from it."""
    return now.moves or (before is not None and (before.moves or before.kind != now.kind))


def _near(paths: Iterable[str], core: Mapping[str, Facts], named: AbstractSet[str], index: Index) -> Iterator[str]:
    """Yield the paths of manifests that are one step away from some others, which have `named` them."""
    refs = frozenset(map(_ref, core))
    teams = frozenset(_team_document(path) for path in core if path not in index.files)
    names = frozenset(ref.partition("/")[2] for ref in refs)
    hosts: frozenset[str] = frozenset().union(*(one.hosts for one in core.values()))
    for path in paths:
        if path in core:
            continue
        ref, facts = _ref(path), index.files[path]
        team, _, name = ref.partition("/")
        is_near = ref in named or f"{team}/*" in named or _team_document(path) in teams or _are_alike(name, names)
        if is_near or not refs.isdisjoint(facts.mentions) or _may_meet(hosts, facts.hosts):
            yield path


def _are_alike(name: str, names: AbstractSet[str]) -> bool:
    """Whether a name is one of others, or the beginning of one and a dash, or the other way round."""
    return name in names or any(f"{name}-".startswith(f"{one}-") or one.startswith(f"{name}-") for one in names)


def _team_document(path: str) -> str:
    """Return where the document of the team stands that a manifest belongs to."""
    return f"{path.rpartition('/')[0]}/team.yaml"


def _may_meet(ours: AbstractSet[str], theirs: AbstractSet[str]) -> bool:
    """Whether hosts of these first labels may be the same."""
    return bool(ours and theirs) and (APEX in ours or APEX in theirs or not ours.isdisjoint(theirs))


def _ref(path: str) -> str:
    """Return `team/name` of a manifest at `teams/team/name.yaml`."""
    return path.removeprefix("teams/").removesuffix(".yaml")
