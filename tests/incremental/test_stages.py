"""A change of an environment or a cluster reaches its environment, and what shares a mesh with that.

One of an environment's defaults alone reaches whoever reads them.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_compiler.cache.store import Store
from platform_compiler.cli.options import Run
from platform_compiler.cli.since import Since, Whole, base_for, remember_whole, since_stages
from platform_compiler.cli.verdict import Verdict
from platform_compiler.diagnostics import Bag
from platform_compiler.incremental.base import Base, made_of
from platform_compiler.incremental.stages import Stage, reached
from platform_compiler.pipeline import build, check
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import APPS, REFS, TEAMS, Fleet
from tests.incremental.parts import AS_OF, setting, whole

STAGES = {
    "dev": Stage("dev", "dev"),
    "test": Stage("test", "shared"),
    "eu": Stage("prod", "shared"),
    "us": Stage("prod", "us"),
}
_SCALED = {"scale": {"min": 2}}


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


class Compiled:
    """A fleet that was compiled whole and is remembered."""

    def __init__(self, folder: Path, *before: Callable[[Fleet], object]) -> None:
        self.fleet = Fleet(folder / "fleet")
        for change in before:
            change(self.fleet)
        tree = snapshot(Directory(self.fleet.root))
        self._run = Run(self.fleet.root, AS_OF, "text", colour=False, quiet=True, cache=Store(str(folder / "cache")))
        bag = Bag()
        checked = check(tree, AS_OF, bag)
        output = build(checked, bag)
        assert output is not None
        verdict = Verdict(bag.sorted(), checked.texts)
        remember_whole(self._run.cache, tree, AS_OF, Whole(verdict, checked, output, late=()))
        base = base_for(self._run.cache, tree, AS_OF)
        assert base is not None
        self.base: Base = base

    def now(self) -> Since | None:
        tree = snapshot(Directory(self.fleet.root))
        bag = Bag()
        checked = check(tree, AS_OF, bag)
        return None if bag.has_errors else since_stages(self._run, tree, self.base, checked, bag)

    def check_against_whole(self, since: Since) -> None:
        right = whole(snapshot(Directory(self.fleet.root)))
        assert right is not None
        kept = {unit: one for unit, one in self.base.units.items() if unit not in since.gone}
        assert kept | dict(made_of(since.output)) == right.units
        assert {path: right.files[path] for path in since.output.files} == since.output.files
        assert since.verdict.findings == right.found


def scaled(*but: str) -> list[Callable[[Fleet], object]]:
    """Let all applications say how many they are, but for some."""
    return [setting(f"teams/{ref}.yaml", **_SCALED) for ref in REFS if ref not in but]


def test_only_who_reads_a_changed_default_is_compiled_again(tmp_path: Path) -> None:
    base = Compiled(tmp_path, *scaled("birch/db", "fig/web"))
    setting("environments/prod.yaml", defaults={"scale": {"min": 3}})(base.fleet)
    since = base.now()
    assert since is not None
    assert {(unit.cluster, unit.id) for unit in since.output.units} == {("prod", "birch/db"), ("prod", "fig/web")}
    base.check_against_whole(since)


def test_default_that_nobody_reads_compiles_nothing(tmp_path: Path) -> None:
    base = Compiled(tmp_path, *scaled())
    setting("environments/prod.yaml", defaults={"scale": {"min": 3}})(base.fleet)
    since = base.now()
    assert since is not None
    assert not since.output.units
    assert not since.gone
    base.check_against_whole(since)


def test_only_the_clusters_of_an_environment_are_compiled_again_where_most_read_its_default(tmp_path: Path) -> None:
    base = Compiled(tmp_path)
    setting("environments/prod.yaml", defaults={"scale": {"min": 3}})(base.fleet)
    since = base.now()
    assert since is not None
    assert {unit.cluster for unit in since.output.units} == {"prod"}
    assert {unit.scope for unit in since.output.units} > {"app"}
    base.check_against_whole(since)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("environments/prod.yaml", {"namespaceSuffix": "-p", "defaults": {"scale": {"min": 3}}}),
        ("environments/prod.yaml", {"mandates": {"minReplicas": 2}}),
        ("clusters/prod.yaml", {"defaults": {"scale": {"min": 3}}}),
    ],
)
def test_only_the_clusters_are_compiled_again_where_more_than_a_default_differs(
    path: str, words: dict[str, Any], tmp_path: Path
) -> None:
    base = Compiled(tmp_path, *scaled("birch/db"))
    setting(path, **words)(base.fleet)
    since = base.now()
    assert since is not None
    assert {unit.cluster for unit in since.output.units} == {"prod"}
    assert {unit.scope for unit in since.output.units} > {"app"}
    base.check_against_whole(since)


_DEFAULTS: tuple[dict[str, Any], ...] = (
    {"scale": {"min": 3}},
    {"scale": {"min": 1, "max": 4}},
    {"tier": "critical"},
    {"env": {"STAGE": "x"}},
    {"traffic": {"timeout": "2s"}},
    {"mesh": {"mtls": "permissive"}},
    {"ports": {"http": {"port": 81, "targetPort": 8080}}},
    {"security": {"runAsUser": 1001}},
    {},
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    former=st.sampled_from(_DEFAULTS),
    now=st.sampled_from(_DEFAULTS),
    own=st.sets(st.sampled_from([(team, app) for team in TEAMS for app in APPS]), max_size=2),
)
def test_random_defaults_come_to_what_the_whole_does(
    former: dict[str, Any], now: dict[str, Any], own: set[tuple[str, str]]
) -> None:
    rest = [setting(f"teams/{ref}.yaml", **now) for ref in REFS if tuple(ref.split("/")) not in own]
    with tempfile.TemporaryDirectory() as scratch:
        try:
            base = Compiled(Path(scratch), setting("environments/prod.yaml", defaults=former), *rest)
        except AssertionError:
            return  # such a fleet has errors
        setting("environments/prod.yaml", defaults=now)(base.fleet)
        since = base.now()
        if since is not None:
            base.check_against_whole(since)


def test_whole_is_compiled_where_a_manifest_changes_too(tmp_path: Path) -> None:
    base = Compiled(tmp_path)
    setting("environments/prod.yaml", defaults={"scale": {"min": 3}})(base.fleet)
    setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0")(base.fleet)
    assert base.now() is None
