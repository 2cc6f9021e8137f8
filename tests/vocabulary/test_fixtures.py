"""Every word stands in a fixture whose output is checked in, so that nobody changes what it makes unseen."""

from collections import defaultdict
from functools import cache
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.source.node import MapNode, Node, at
from platform_compiler.source.tree import Directory
from tests.vocabulary.test_every_word import NEVER, excused
from tests.vocabulary.words import KINDS, Field, leaves, said

FIXTURES = Path(__file__).parents[2] / "fixtures"
WITH_GOLDEN_TREE = sorted(path.name for path in (FIXTURES / "expected").iterdir())


@cache
def documents() -> dict[str, list[Node]]:
    """Return every spec by kind; overlays and defaults count as the applications that they are laid over."""
    found: dict[str, list[Node]] = defaultdict(list)
    for name in WITH_GOLDEN_TREE:
        loaded = load(Directory(FIXTURES / name), Bag())
        assert loaded.platform is not None
        shared = [loaded.platform, *loaded.clusters.values(), *loaded.environments.values(), *loaded.teams.values()]
        for manifest in (*shared, *loaded.gateways.values(), *loaded.workloads.values()):
            found[manifest.kind].append(manifest.spec)
            if manifest.kind in {"Application", "ExternalService"}:
                found[manifest.kind] += _inside(manifest.spec, "environments") + _inside(manifest.spec, "clusters")
        for manifest in shared:
            stages = _inside(manifest.spec, "environments") if manifest.kind == "Team" else []
            layers = [at(spec, "defaults") for spec in (manifest.spec, *stages)]
            found["Application"] += [layer for layer in layers if layer is not None] + _inside(manifest.spec, "tiers")
    return found


def _inside(spec: Node, word: str) -> list[Node]:
    held = at(spec, word)
    return list(held.entries.values()) if isinstance(held, MapNode) else []


def test_every_word_is_said_by_a_fixture_with_a_golden_tree() -> None:
    """A model that stands in several places needs each of its words in one of them, and each place once."""
    known: set[Field] = set()
    wanted: dict[Field, str] = {}
    for kind in KINDS:
        prefix = "external." if kind == "ExternalService" else ""
        for leaf in leaves(kind):
            if any(said(spec, leaf.word) for spec in documents()[kind]):
                known.update(leaf.trail)
            elif not excused(prefix + ".".join(leaf.word), NEVER):
                wanted.update(dict.fromkeys(leaf.trail, f"{kind} {'.'.join(leaf.word)}"))
    assert sorted(wanted[field] for field in wanted.keys() - known) == []
