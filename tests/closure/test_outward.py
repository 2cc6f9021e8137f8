"""What others hear of a manifest: the hook reads nobody else for one that changed without changing it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.closure.outward import MARKS, OF_ITS_OWN, outward
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.layers.merge import replaced, without_keys
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.layers.published import PRIVATE
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.link import link
from platform_compiler.load import Loaded, Manifest, load
from platform_compiler.source.node import MapNode, ScalarNode, at
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.tree import Directory
from tests.cli.reject_cases import FIXTURES, REJECT, prepare

AS_OF = date(2026, 6, 1)
_QUOTA = "PC2414"
"""The one thing that linking says of what is an application's own: whether its pods fit, which needs nobody else."""


@pytest.fixture(scope="module")
def linkable(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return repositories with all findings of links that there are, and two whole organisations."""
    folder = tmp_path_factory.mktemp("linkable")
    faulty = [case for case in sorted(REJECT.glob("PC2*/*")) if not (case / "case.yaml").exists()]
    for case in faulty:
        prepare(case, folder / case.parent.name / case.name)
    return [FIXTURES / "organisation", FIXTURES / "online-boutique", *folder.glob("*/*")]


def test_what_is_left_out_is_private() -> None:
    assert OF_ITS_OWN <= PRIVATE


def test_nothing_that_is_said_of_links_depends_on_what_is_left_out(linkable: list[Path]) -> None:
    codes = set()
    for root in linkable:
        loaded, resolved = merged(root)
        found = told(loaded, resolved)
        assert found == told(loaded, Resolved({name: cut(of) for name, of in resolved.by_cluster.items()})), root
        codes |= {one.code for one in found}
    assert len(codes) > 70


def merged(root: Path) -> tuple[Loaded, Resolved]:
    tree, bag = Directory(root), Bag()
    loaded = load(tree, bag)
    catalog = load_catalog(tree, loaded, bag)
    return loaded, resolve(loaded, catalog.defaults, bag, AS_OF, catalog.workload)


def told(loaded: Loaded, resolved: Resolved) -> list[Diagnostic]:
    bag = Bag()
    link(loaded, resolved, bag)
    return [one for one in bag.sorted() if one.code != _QUOTA]


def cut(by_ref: Mapping[str, Settings]) -> dict[str, Settings]:
    """Return settings without what is left out of a digest."""
    return {
        ref: one._replace(spec=heard(one.spec), manifest=unmarked(one.manifest)) if is_app(one) else one
        for ref, one in by_ref.items()
    }


def is_app(settings: Settings) -> bool:
    return settings.manifest.kind == "Application"


def unmarked(manifest: Manifest) -> Manifest:
    metadata = at(manifest.document, "metadata")
    assert isinstance(metadata, MapNode)
    return manifest._replace(document=replaced(manifest.document, without_keys(metadata, *MARKS), "metadata"))


def heard(spec: MapNode) -> MapNode:
    rest = without_keys(spec, "image", *OF_ITS_OWN)
    env = at(rest, "env")
    if isinstance(env, MapNode):
        values = [name for name, value in env.entries.items() if isinstance(value, ScalarNode)]
        rest = replaced(rest, without_keys(env, *values), "env")
    for word in ("init", "sidecars", "versions"):
        part = at(rest, word)
        for name, one in part.entries.items() if isinstance(part, MapNode) else ():
            rest = replaced(rest, heard(one), word, name) if isinstance(one, MapNode) else rest
    return rest


TEXT = """\
apiVersion: platformc.dev/v1
kind: Application
metadata: {name: web, labels: {a: b}}
spec:
  blueprint: web-service@1
  image: ghcr.io/acme/web:1.0
  scale: {min: 2}
  health: {readiness: {path: /ready}}
  ports: {http: {port: 80, targetPort: 8080}}
  env: {LEVEL: info, API: {call: api}}
  calls: {api: {ports: ["80"]}}
  versions: {v2: {image: "w:2.0", weight: 10}}
  environments:
    prod: {scale: {min: 4}, env: {LEVEL: warn}}
  clusters:
    west: {image: "w:0.9"}
"""


def digest(text: str) -> str:
    document = read_yaml("teams/shop/web.yaml", text.encode(), Bag())
    assert document is not None
    return outward(document, "Application")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("web:1.0", "web:1.1"),
        ("{min: 2}", "{min: 3, max: 9}"),
        ("  scale: {min: 2}\n", ""),
        ("{scale: {min: 4}, ", "{"),
        ("path: /ready", "path: /other"),
        ("LEVEL: info", "LEVEL: debug"),
        ("w:2.0", "w:2.1"),
        ("{a: b}", "{a: c}"),
        ("LEVEL: warn", "LEVEL: error"),
        ("w:0.9", "w:0.8"),
        ("  scale: {min: 2}\n", "  # a comment\n  scale: {min: 2}\n"),
    ],
)
def test_others_do_not_hear_of(old: str, new: str) -> None:
    assert old in TEXT
    assert digest(TEXT.replace(old, new)) == digest(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("port: 80", "port: 81"),
        ('["80"]', "[80]"),
        ("{call: api}", "{call: db}"),
        ("{call: api}", "plain"),
        ("LEVEL: info, ", ""),
        ("LEVEL: warn", "LEVEL: null"),
        ("LEVEL: warn", "LEVEL: {call: api}"),
        ('west: {image: "w:0.9"}', "west: {}"),
        ('west: {image: "w:0.9"}', "west: {image: null}"),
        ("prod: {", 'prod: {image: "w:0.9", '),
        ("prod: {", "staging: {"),
        ("web-service@1", "web-service@2"),
        ("kind: Application", "kind: RawResources"),
    ],
)
def test_others_hear_of(old: str, new: str) -> None:
    assert old in TEXT
    assert digest(TEXT.replace(old, new)) != digest(TEXT)
