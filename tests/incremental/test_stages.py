"""A change of an environment or a cluster reaches its environment, and what shares a mesh with that."""

from pathlib import Path

import pytest

from platform_compiler.cli.since import since_stages
from platform_compiler.diagnostics import Bag
from platform_compiler.incremental.base import Base, base_bytes, base_from, made_of, stage_digests
from platform_compiler.incremental.stages import Stage, reached, stages_of
from platform_compiler.pipeline import build, check
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import Fleet
from tests.incremental.test_rebuild import AS_OF, setting, untouched, whole

STAGES = {
    "dev": Stage("dev", "dev"),
    "test": Stage("test", "shared"),
    "eu": Stage("prod", "shared"),
    "us": Stage("prod", "us"),
}


@pytest.mark.parametrize(
    ("edited", "clusters"),
    [
        (["environments/dev.yaml"], {"dev"}),
        (["clusters/dev.yaml"], {"dev"}),
        (["environments/prod.yaml"], {"eu", "us", "test"}),
        (["clusters/us.yaml"], {"eu", "us", "test"}),
        (["environments/dev.yaml", "environments/test.yaml"], {"dev", "test", "eu", "us"}),
        (["environments/new.yaml"], set()),
        ([], set()),
    ],
)
def test_change_reaches_environments_and_their_meshes(edited: list[str], clusters: set[str]) -> None:
    assert reached(edited, STAGES, STAGES) == clusters


def test_cluster_that_moves_reaches_where_it_was_and_where_it_is() -> None:
    moved = {**STAGES, "dev": Stage("other", "dev"), "more": Stage("other", "more")}
    both = {**STAGES, "late": Stage("dev", "late")}
    assert reached(["clusters/dev.yaml"], both, moved) == {"dev", "more", "late"}


def test_only_the_clusters_of_an_environment_are_compiled_again(tmp_path: Path) -> None:
    base = base_of(tmp_path / "before")
    fleet = Fleet(tmp_path / "after")
    setting("environments/prod.yaml", defaults={"scale": {"min": 3}})(fleet)
    tree = snapshot(Directory(fleet.root))
    bag = Bag()
    since = since_stages(tree, base, check(tree, AS_OF, bag), bag)
    assert since is not None
    assert {unit.cluster for unit in since.output.units} == {"prod"}
    right = whole(tree)
    assert right is not None
    assert dict(base.units) | made_of(since.output) == right.units
    assert since.verdict.findings == right.found


def test_whole_is_compiled_where_a_manifest_changes_too(tmp_path: Path) -> None:
    base = base_of(tmp_path / "before")
    fleet = Fleet(tmp_path / "after")
    setting("environments/prod.yaml", defaults={"scale": {"min": 3}})(fleet)
    setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0")(fleet)
    tree = snapshot(Directory(fleet.root))
    bag = Bag()
    assert since_stages(tree, base, check(tree, AS_OF, bag), bag) is None


def base_of(folder: Path) -> Base:
    """Return a compile of an untouched fleet."""
    tree = snapshot(Directory(Fleet(folder).root))
    bag = Bag()
    checked = check(tree, AS_OF, bag)
    output = build(checked, bag)
    assert output is not None
    index = untouched().base.index
    base = Base("key", index, made_of(output), stage_digests(tree), stages_of(checked.loaded), is_clean=True)
    return base_from(base_bytes(base))
