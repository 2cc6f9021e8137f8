"""What each manifest of a sound repository names: kept from a whole check, so that a later one need not look again.

An index is made of a repository without errors. So every reference in it leads somewhere, no namespace has two teams,
and no file is broken; `closure.py` builds on that.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from platform_compiler.closure.outward import outward
from platform_compiler.diagnostics import Diagnostic
from platform_compiler.source.node import MapNode, Node, ScalarNode
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.load.model import Loaded

_REFERENCE = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
_NAME = re.compile(r"[a-z0-9-]+").fullmatch
_ALL_OF = re.compile(r"(?:\*|[a-z0-9-]+)/\*").fullmatch
EVERYBODY = "*/*"
"""What names every application of every team."""
_MOVING = frozenset({"formerly", "delegate", "egress", "passthrough", "sourceRanges"})
"""Words about others: of the last two, rules for hosts leave out whatever the same gateway passes through."""
_EXPOSING, _HOST = "expose", "host"
_AMBIENT = "ambient"
_LAYERS = frozenset({"defaults", "tiers"})
"""Below these keys stands what is merged into manifests, where a short name is one of their own team."""
_OBSERVER = "app"
_OWNER_OF_OBSERVERS = "platform"
"""Whose an observer of a cluster is that is named without a team."""
APEX = "@"
"""The host that is the gateway's own domain: it may be any."""


class Facts(NamedTuple):
    """What a manifest of a team names.

    `mentions` are all words like `team/name` or `team/*`; `hosts` the first labels of what it calls hosts, and its own
    name, where it exposes any; `moves` says that it changes what references of others mean, or leads to hosts for all.
    `clean` is the day that nothing at all was found about it on, empty where something was, or may be.
    `outward` is the digest of all that may matter to others, or to its links with them.
    """

    kind: str
    mentions: Collection[str]
    hosts: Collection[str]
    moves: bool
    digest: str = ""
    clean: str = ""
    outward: str = ""


class Index(NamedTuple):
    """The facts of every team's manifest by path, and what the platform's documents mention.

    Among what is `shared`, a word without a team may be the name of an application of every team. With `steps` of 2,
    what is one step away from a manifest looks different for whoever is one step further.
    """

    shared: frozenset[str]
    files: Mapping[str, Facts]
    steps: int = 1


def is_workload(path: str) -> bool:
    """Whether a team's manifest stands at a path; its own document belongs to the shared ones."""
    return path.startswith("teams/") and path.count("/") == 2 and path.endswith(".yaml") and not _is_team(path)  # noqa: PLR2004


def _is_team(path: str) -> bool:
    return path.endswith("/team.yaml")


def shared_digest(tree: Snapshot, besides: Callable[[str], bool] = lambda _: False) -> bytes:
    """Return the digest of all that is behind every team's manifest, but for some paths."""
    whole = blake2b(digest_size=16)
    for path in tree.paths():
        if not is_workload(path) and not besides(path):
            whole.update(path.encode(errors="surrogateescape") + b"\0" + tree.digests[path])
    return whole.digest()


def index_of(
    tree: Snapshot, loaded: "Loaded", defaults: Iterable[MapNode], found: Iterable[Diagnostic] = (), day: str = ""
) -> Index | None:
    """Return the index of a repository without errors; None where what is near in it cannot be told.

    `defaults` are the layers of blueprints; `found` is what a check of all says on a day, or nothing is known to be
    clean. An exposure among the defaults is everybody's. In an ambient mesh all callers of somebody decide whether they
    come through a waypoint.
    """
    shared = shared_of(loaded, defaults)
    if shared is None:
        return None
    refs = loaded.workloads.keys()
    unclean = places_of(found)
    files = {
        m.path: facts_of(m.document, m.ref, refs)._replace(
            digest=tree.digests[m.path].hex(),
            clean="" if m.path in unclean else day,
        )
        for m in loaded.workloads.values()
    }
    return shared._replace(files=files)


def shared_of(loaded: "Loaded", defaults: Iterable[MapNode]) -> Index | None:
    """Return what the index of a repository says besides facts of files."""
    platform = (loaded.platform,) if loaded.platform else ()
    kinds = (loaded.environments, loaded.clusters, loaded.gateways)
    owned = [manifest.document for manifest in (*platform, *(m for kind in kinds for m in kind.values()))]
    teams = {name: team.document for name, team in loaded.teams.items()}
    layers = tuple(defaults)
    words = {word for document in (*owned, *teams.values(), *layers) for word in _words(document)}
    if _EXPOSING in words:
        return None
    steps = 2 if any(_AMBIENT in word for word in words) else 1
    for document in owned:
        words.update(f"{_OWNER_OF_OBSERVERS}/{name}" for name in _observers(document))
    for team, document in teams.items():
        words.update(f"{team}/{name}" for name in _short(document))
    everywhere = {word for one in layers for word in _words(one)}.union(*map(_short, owned))
    return Index(frozenset({*_references(words), *filter(_NAME, everywhere)}), {}, steps)


def places_of(found: Iterable[Diagnostic]) -> frozenset[str]:
    """Return the paths that findings point at."""
    return frozenset(label.span.path for finding in found for label in finding.labels)


def facts_of(document: MapNode, ref: str, known: AbstractSet[str]) -> Facts:
    """Return what a manifest names; a short word counts where its team has a manifest that is called so."""
    team, _, name = ref.partition("/")
    words = _words(document)
    kind = document.entries.get("kind")
    hosts = {name, *_hosts(document)} if _EXPOSING in words else ()
    own = {f"{team}/{word}" for word in words} & known
    is_kind = kind.text if isinstance(kind, ScalarNode) else ""
    mentions = sorted({*_references(words), *own} - {ref})
    return Facts(is_kind, mentions, sorted(hosts), bool(words & _MOVING), outward=outward(document, is_kind))


def _words(node: Node) -> set[str]:
    """Return every key and every text."""
    found: set[str] = set()
    _gather(node, found)
    return found


def _gather(node: Node, found: set[str]) -> None:
    if type(node) is ScalarNode:
        found.add(node.text)
        return
    if type(node) is MapNode:
        found.update(node.entries)
    for child in node.entries.values() if type(node) is MapNode else node.items:  # type: ignore[union-attr]
        _gather(child, found)


def _short(node: Node) -> Iterator[str]:
    """Yield every word of layers that may be a name without a team."""
    for key, child in node.entries.items() if isinstance(node, MapNode) else ():
        yield from filter(_NAME, _words(child)) if key in _LAYERS else _short(child)


def _observers(node: Node) -> Iterator[str]:
    """Yield who observes a cluster, where no team is named."""
    for key, child in node.entries.items() if isinstance(node, MapNode) else ():
        if isinstance(child, ScalarNode) and key == _OBSERVER:
            yield child.text
        yield from _observers(child)


def _references(words: set[str]) -> Iterator[str]:
    for word in words:
        if "/" in word:
            yield from [word] if _ALL_OF(word) else _REFERENCE.findall(word)


def _hosts(node: Node) -> Iterator[str]:
    """Yield the first label of whatever is called a host."""
    for key, child in node.entries.items() if isinstance(node, MapNode) else ():
        if key == _HOST and isinstance(child, ScalarNode):
            yield child.text.partition(".")[0]
    if not isinstance(node, ScalarNode):
        for child in node.entries.values() if isinstance(node, MapNode) else node.items:
            yield from _hosts(child)


def index_bytes(index: Index) -> bytes:
    """Return an index as JSON."""
    return json.dumps([sorted(index.shared), dict(index.files), index.steps], separators=(",", ":")).encode()


def index_from(data: bytes) -> Index:
    """Return the index that `index_bytes` wrote."""
    shared, rows, steps = json.loads(data)
    return Index(frozenset(shared), {path: Facts(*row) for path, row in rows.items()}, steps)
