"""A kind's first manifests are walked and later ones validated: no manifest is judged otherwise for being late."""

from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.load import load
from platform_compiler.load.model import Manifest
from platform_compiler.load.shape import has_shape, spec_has_shape
from platform_compiler.source.node import MapNode
from platform_compiler.source.tree import Directory

FIXTURES = Path(__file__).parents[2] / "fixtures"
MANY = 80
LOADED = [load(Directory(FIXTURES / name), Bag()) for name in ("online-boutique", "base")]
OF_EACH_KIND = {
    manifest.kind: manifest
    for loaded in LOADED
    for manifest in (*loaded.manifests, *loaded.policy_sets.values(), *loaded.waivers.values())
}


def _without_spec_entries(node: MapNode) -> MapNode:
    return MapNode({"unknown": next(iter(node.entries.values()))}, {}, node.span)


def _found(manifest: Manifest, spec: MapNode) -> tuple[bool, tuple[Diagnostic, ...]]:
    bag = Bag()
    return spec_has_shape(manifest.kind, spec, bag), bag.sorted()


@pytest.mark.parametrize("kind", sorted(OF_EACH_KIND))
def test_the_hundredth_spec_is_judged_like_the_first(kind: str) -> None:
    manifest = OF_EACH_KIND[kind]
    wrong = _without_spec_entries(manifest.spec)
    first = _found(manifest, manifest.spec), _found(manifest, wrong)
    assert first[0] == (True, ())
    assert not first[1][0]
    for _ in range(MANY):
        assert (_found(manifest, manifest.spec), _found(manifest, wrong)) == first


@pytest.mark.parametrize("kind", sorted(OF_EACH_KIND))
def test_the_hundredth_document_is_judged_like_the_first(kind: str) -> None:
    manifest = OF_EACH_KIND[kind]
    for _ in range(MANY):
        assert has_shape(kind, manifest.document, Bag())
        assert not has_shape(kind, _without_spec_entries(manifest.document), Bag())
