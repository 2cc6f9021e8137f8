"""The part of a repository that decides whether some of its manifests have findings.

What a check says of a manifest follows from what the platform owns, from the manifest, and from those it is linked
with; all of one step:

- its callees and whoever else it names, whole teams too, and all that name it: grants are between two;
- whose name begins so in its team (`web`, `web-v2`, `web-peers`), and who exposes what it exposes: one may have them;
- the whole team of a manifest that is new, since nobody has looked who names it;
- whoever the platform's own documents and blueprints name, by a short name too, since those are linked with everybody.

What was clean when it was last looked at, that day, and has none of these changed beside it, is clean still: of the
files that are wanted only the others are judged. If a manifest itself changed, but says to others what it said
(`outward.py`), its links are clean as they were: it is judged by itself, and nobody is read for it.

Where a word could reach further (a former name, a delegated path, the apex of a domain, a way out by a gateway, a file
that went, an ambient mesh) there is no such part. Of the other manifests in it some findings are missing and some are
too much; about the wanted ones a finding is never missing, so that none found is none there. What is found is told by a
check of the whole, word for word.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from platform_compiler.closure.index import APEX, EVERYBODY, Facts, Index, facts_of, is_workload
from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import MapNode
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.snapshot import Snapshot

MOST = 64
"""More files than these are a check of the whole."""
WORTH = 2
"""A part that is larger than one in so many saves too little."""


class Part(NamedTuple):
    """A part of a repository, without what is `unread`; nothing found about `core` in it is nothing in the whole.

    Where nothing is to be judged, `core` is empty. `documents` are of files that were read to find the part. `after` is
    the index once nothing is found, None where it is as it was, or has to be made anew.
    """

    tree: Snapshot
    core: frozenset[str]
    unread: frozenset[str]
    documents: Mapping[str, MapNode]
    after: Index | None


class _Edits(NamedTuple):
    """Manifests that are not as in an index: their documents, and what they name `now`.

    Others hear of those that are `heard`, since they say something else to them; `then` is what some of these named.
    """

    documents: Mapping[str, MapNode]
    now: Mapping[str, Facts]
    heard: Mapping[str, Facts]
    then: Mapping[str, Facts]


def part_about(wanted: AbstractSet[str], tree: Snapshot, index: Index, day: str) -> Part | None:
    """Return the part that decides about some files and about what has changed since the index; None is the whole."""
    paths = [path for path in tree.paths() if is_workload(path)]
    edits = _edits(paths, tree, index) if all(map(is_workload, wanted)) else None
    if edits is None:
        return None
    around = _around(paths, edits.heard, index)
    beside = around | _around(paths, edits.then, index)
    before, asked = index.files, wanted | edits.now.keys()
    doubted = {path for path in asked if path in beside or _may_be_at_fault(before.get(path), edits.heard, day)}
    linked = {path: edits.now.get(path) or before[path] for path in doubted | edits.heard.keys()}
    core = {**linked, **edits.now}
    if len(core) > MOST or _reach_far(linked, edits.then, index):
        return None
    kept = core.keys() | (around if linked.keys() == edits.heard.keys() else _around(paths, linked, index))
    if len(kept) * WORTH > len(paths):
        return None
    unread, after = frozenset(paths) - kept, _after(index, core, beside, tree, day)
    return Part(with_teams(tree, kept), frozenset(core), unread, edits.documents, after)


def _edits(paths: Iterable[str], tree: Snapshot, index: Index) -> _Edits | None:
    """Return what differs from an index; None where that is too much, is gone, or cannot be read."""
    before, there = index.files, frozenset(paths)
    changed = [path for path in paths if path not in before or before[path].digest != tree.digests[path].hex()]
    if len(changed) > MOST or not before.keys() <= there:
        return None
    documents = {path: document for path in changed if (document := document_at(path, tree)) is not None}
    if len(documents) < len(changed):
        return None
    refs = frozenset(map(ref_of, there))
    now = {path: facts_of(document, ref_of(path), refs) for path, document in documents.items()}
    heard = {path: one for path, one in now.items() if path not in before or one.outward != before[path].outward}
    then = {path: before[path] for path in heard.keys() & before.keys() if not _names_the_same(now[path], before[path])}
    return _Edits(documents, now, heard, then)


def _reach_far(linked: Mapping[str, Facts], then: Mapping[str, Facts], index: Index) -> bool:
    """Whether manifests whose links are in question, now or `then`, may be linked with more than what is near them."""
    if not linked:
        return False
    if index.steps > 1 or any(_reaches_further(one, index.files.get(path)) for path, one in linked.items()):
        return True
    refs = frozenset(map(ref_of, linked))
    named, everywhere = names_of_all(refs, (*linked.values(), *then.values()), index)
    return bool(refs & everywhere) or EVERYBODY in named


def with_teams(tree: Snapshot, kept: AbstractSet[str]) -> Snapshot:
    """Return what the platform owns, with the manifests that are kept and the documents of their teams."""
    shown = {*kept, *map(team_document, kept)}
    return Snapshot({path: data for path, data in tree.files.items() if path in shown or not path.startswith("teams/")})


def _may_be_at_fault(facts: Facts | None, changed: Collection[str], day: str) -> bool:
    """Whether a file that is as it was may have findings, though nothing near it changed."""
    if facts is None or facts.clean != day:
        return True
    return bool(changed) and (facts.moves or any(word.endswith("/*") for word in facts.mentions))


def _after(index: Index, core: Mapping[str, Facts], beside: AbstractSet[str], tree: Snapshot, day: str) -> Index | None:
    """Return the index of the same without findings about the core; of what stands beside it nobody knows.

    With a new file words of others may come to mean it, so that their facts are to be found anew.
    """
    if not core or not core.keys() <= index.files.keys():
        return None
    judged = {path: one._replace(digest=tree.digests[path].hex(), clean=day) for path, one in core.items()}
    doubtful = {path: index.files[path]._replace(clean="") for path in beside}
    return index._replace(files={**index.files, **doubtful, **judged})


def names_of_all(refs: AbstractSet[str], facts: Iterable[Facts], index: Index) -> tuple[frozenset[str], frozenset[str]]:
    """Return whoever some manifests name or the platform does, and of these the latter alone."""
    teams = {ref.partition("/")[0] for ref in refs}
    everywhere = index.shared.union(f"{team}/{word}" for team in teams for word in index.shared)
    return everywhere.union(*(one.mentions for one in facts)), everywhere


def read_facts(path: str, tree: Snapshot, refs: AbstractSet[str]) -> Facts | None:
    """Return the facts of a file that is not in the index as it is now; None where it cannot be read."""
    document = document_at(path, tree)
    return facts_of(document, ref_of(path), refs) if document is not None else None


def document_at(path: str, tree: Snapshot) -> MapNode | None:
    """Return the document of a file; None where anything is wrong with its text."""
    data, bag = tree.files[path], Bag()
    document = read_yaml(path, data, bag) if isinstance(data, bytes) else None
    return None if bag.reports else document


def _names_the_same(now: Facts, before: Facts) -> bool:
    """Whether a manifest mentions the same, as where a port is another."""
    return now == before._replace(digest=now.digest, clean=now.clean, outward=now.outward)


def _reaches_further(now: Facts, before: Facts | None) -> bool:
    """Whether a manifest changes, or did, what is far from it."""
    return now.moves or (before is not None and (before.moves or before.kind != now.kind))


def _around(paths: Iterable[str], core: Mapping[str, Facts], index: Index) -> frozenset[str]:
    """Return the paths of manifests in the index that are one step away from some others."""
    if not core:
        return frozenset()
    named, _ = names_of_all(frozenset(map(ref_of, core)), core.values(), index)
    known = (path for path in paths if path in index.files or path in core)
    return frozenset(near(known, core, named, index, core.keys() - index.files.keys()))


def near(
    paths: Iterable[str], core: Mapping[str, Facts], named: AbstractSet[str], index: Index, fresh: AbstractSet[str]
) -> Iterator[str]:
    """Yield the paths of manifests that are one step away from some others, which have `named` them.

    Of those that are `fresh` nobody has looked who names them, so that their whole teams are.
    """
    refs = frozenset(map(ref_of, core))
    beginnings, stems = tuple(f"{ref}-" for ref in refs), _stems(refs)
    teams = frozenset(map(team_document, fresh))
    hosts: frozenset[str] = frozenset().union(*(one.hosts for one in core.values()))
    for path in paths:
        if path in core:
            continue
        ref, facts = ref_of(path), index.files[path]
        team = ref.partition("/")[0]
        is_alike = ref in stems or f"{ref}-".startswith(beginnings)
        is_near = is_alike or ref in named or f"{team}/*" in named or team_document(path) in teams
        if is_near or not refs.isdisjoint(facts.mentions) or _may_meet(hosts, facts.hosts):
            yield path


def _stems(refs: Iterable[str]) -> frozenset[str]:
    """Return what applications are called but for an ending after a dash: versions of others of a team have those."""
    return frozenset(ref[:end] for ref in refs for end, letter in enumerate(ref) if letter == "-")


def team_document(path: str) -> str:
    """Return where the document of the team stands that a manifest belongs to."""
    return f"{path.rpartition('/')[0]}/team.yaml"


def _may_meet(ours: AbstractSet[str], theirs: Collection[str]) -> bool:
    """Whether hosts of these first labels may be the same."""
    return bool(ours and theirs) and (APEX in ours or APEX in theirs or not ours.isdisjoint(theirs))


def ref_of(path: str) -> str:
    """Return `team/name` of a manifest at `teams/team/name.yaml`."""
    return path.removeprefix("teams/").removesuffix(".yaml")
