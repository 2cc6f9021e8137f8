"""What is compiled of a change is what a compile of the whole makes of it, or nothing is."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_compiler.cache.store import Store
from platform_compiler.cli.since import Whole, base_for, remember_whole
from platform_compiler.cli.verdict import Verdict
from platform_compiler.diagnostics import Bag
from platform_compiler.incremental.rebuild import Rebuilt
from platform_compiler.pipeline import build, check
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import Edit, Fleet, edits
from tests.incremental.parts import (
    AS_OF,
    Change,
    Start,
    check_against_whole,
    doubted,
    patched,
    removing,
    setting,
    untouched,
    without,
)

_TIMES = int(os.environ.get("PLATFORMC_TEST_FLEETS", "12"))
BESIDE_NOBODY = {
    "requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app.kubernetes.io/name": "nobody"}}, "topologyKey": "zone"}
    ]
}


def units(made: Rebuilt) -> set[tuple[str, str, str]]:
    return {(unit.cluster, unit.scope, unit.id) for unit in (*made.output.units, *made.gone)}


def test_random_edits_come_to_what_the_whole_does() -> None:
    compared = 0

    @settings(max_examples=_TIMES * 2, suppress_health_check=[HealthCheck.too_slow])
    @given(changes=st.lists(edits(), min_size=1, max_size=2))
    def edited(changes: list[Edit]) -> None:
        nonlocal compared
        with tempfile.TemporaryDirectory() as scratch:
            fleet = Fleet(Path(scratch))
            for change in changes:
                change(fleet)
            for before, made in _parts(fleet):
                check_against_whole(before, made, fleet)
                compared += 1

    edited()
    assert compared > _TIMES // 2, "hardly any of the edits was compiled as a part"


def _parts(fleet: Fleet) -> Iterator[tuple[Start, Rebuilt]]:
    """Yield what could be compiled as a part, with the base it was compiled from."""
    tree = snapshot(Directory(fleet.root))
    shared = {path for path in tree.files if not path.startswith("teams/") or path.endswith("/team.yaml")}
    if any(tree.files[path] != untouched().tree.files.get(path) for path in shared):
        return  # such a base is not asked
    for before in (untouched(), doubted()):
        made = before.now(fleet)
        if made is not None:
            yield before, made


def calling_nobody(fleet: Fleet) -> None:
    """Take a call and the grant for it away, on both sides."""
    without("teams/ash/api.yaml", "calls")(fleet)
    without("teams/birch/db.yaml", "access")(fleet)


def a_new_application(fleet: Fleet) -> None:
    fleet.put("ash/new", {"calls": {"api": {}}})
    setting("teams/ash/api.yaml", access={"web": {"from": ["web", "new"]}})(fleet)


def without_the_callee(fleet: Fleet) -> None:
    """Delete an application, and the call of it."""
    without("teams/ash/api.yaml", "calls")(fleet)
    removing("teams/birch/db.yaml")(fleet)


def on(*units: tuple[str, str]) -> set[tuple[str, str, str]]:
    return {(cluster, scope, name) for cluster in ("dev", "prod") for scope, name in units}


@pytest.mark.parametrize(
    ("change", "rebuilt_units"),
    [
        (setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0"), on(("app", "ash/api"))),
        (setting("teams/ash/api.yaml", description="words"), set()),
        (
            setting("teams/ash/api.yaml", environments={"prod": {"scale": {"min": 3}}}),
            {("prod", "app", "ash/api")},
        ),
        (calling_nobody, on(("app", "ash/api"), ("app", "birch/db"))),
        (a_new_application, on(("app", "ash/new"), ("app", "ash/api"))),
        (without_the_callee, on(("app", "ash/api"), ("app", "birch/db"))),
        (
            setting("teams/ash/web.yaml", expose={"web": {"gateway": "public", "host": "ash", "paths": ["/a/*"]}}),
            on(("app", "ash/web")) | {("dev", "host", "ash.dev.acme.example"), ("prod", "host", "ash.acme.example")},
        ),
    ],
)
def test_only_what_changes_is_made(change: Change, rebuilt_units: set[tuple[str, str, str]], tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    change(fleet)
    made = untouched().now(fleet)
    assert made is not None
    assert units(made) == rebuilt_units
    check_against_whole(untouched(), made, fleet)


@pytest.mark.parametrize(
    "change",
    [
        setting("teams/ash/api.yaml", formerly=["ash/old"]),
        without("teams/ash/web.yaml", "expose"),
        setting(
            "teams/ash/web.yaml", expose={"web": {"gateway": "public", "host": "ash", "sourceRanges": ["10.0.0.0/8"]}}
        ),
        patched("Deployment/api", template={"spec": {"affinity": {"podAffinity": BESIDE_NOBODY}}}),
        patched("Deployment/other", minReadySeconds=3),
        patched("Deployment/api", minReadySeconds="many"),
    ],
    ids=["former name", "gateway", "ranges", "what may be elsewhere", "nothing to patch", "shape of an object"],
)
def test_whole_is_compiled_where_a_change_reaches_further(change: Change, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    change(fleet)
    assert untouched().now(fleet) is None


def test_base_that_does_not_come_out_again_is_not_trusted(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0")(fleet)
    before = untouched()
    assert before.now(fleet) is not None
    made = before.base.units.items()
    other = {unit: one._replace(digest="0" * 32) if unit.id == "ash/api" else one for unit, one in made}
    assert replace(before, base=replace(before.base, units=other)).now(fleet) is None


@pytest.mark.parametrize(("namespace", "bases"), [("istio-system", 1), ("ash", 0), (None, 0)])
def test_compile_is_no_base_where_a_team_may_make_parameters_of_policies(
    namespace: str | None, bases: int, tmp_path: Path
) -> None:
    fleet = Fleet(tmp_path / "repository")
    place = {} if namespace is None else {"namespace": namespace}
    entry = {"cost-memory-limit": {"params": {"name": "limits", **place}}}
    spec = {"policies": entry, "enforce": [{"actions": ["Warn"]}]}
    fleet.write(
        "policies/all.yaml",
        {"apiVersion": "platformc.dev/v1", "kind": "PolicySet", "metadata": {"name": "all"}, "spec": spec},
    )
    tree, bag, cache = snapshot(Directory(fleet.root)), Bag(), Store(str(tmp_path / "cache"))
    checked = check(tree, AS_OF, bag)
    verdict = Verdict(bag.sorted(), {})
    remember_whole(cache, tree, AS_OF, Whole(verdict, checked, build(checked, Bag(), judged=False), late=()))
    assert (base_for(cache, tree, AS_OF) is not None) == bool(bases)
