"""What trials forgive: a variation that stumbles is one that platformc refuses, else it is a mistake of ours."""

from dataclasses import replace

from platform_compiler.provenance.refused import is_refused
from platform_compiler.provenance.world import World
from platform_compiler.source.node import ScalarNode
from tests.provenance.explained import fixture

CHECKED = fixture("online-boutique").checked
WRITTEN = World(CHECKED.loaded, CHECKED.resolved)


def said(word: str, value: str) -> World:
    """Return the world in which a cluster says a word of its `spec` otherwise."""
    cluster = CHECKED.loaded.clusters["dev"]
    node = cluster.spec.entries[word]
    assert isinstance(node, ScalarNode)
    spec = replace(cluster.spec, entries={**cluster.spec.entries, word: replace(node, value=value, text=value)})
    return WRITTEN.with_manifest("clusters", cluster._replace(spec=spec))


def test_the_repository_as_it_is_written_is_not_refused() -> None:
    assert not is_refused(WRITTEN, WRITTEN, CHECKED.catalog)


def test_an_environment_that_is_not_there_is_refused() -> None:
    assert is_refused(said("environment", "nowhere"), WRITTEN, CHECKED.catalog)


def test_settings_that_are_as_sound_as_before_are_not_refused_and_an_unknown_blueprint_is() -> None:
    settings = CHECKED.resolved.by_cluster["dev"]["web/frontend"]
    for blueprint, expected in (("web-service@1", False), ("web-service@9", True)):
        node = settings.spec.entries["blueprint"]
        assert isinstance(node, ScalarNode)
        entries = {**settings.spec.entries, "blueprint": replace(node, value=blueprint, text=blueprint)}
        changed = settings._replace(spec=replace(settings.spec, entries=entries))
        assert is_refused(WRITTEN.with_settings([changed]), WRITTEN, CHECKED.catalog) is expected
