"""What is compiled of a change is what a compile of the whole makes of it, or nothing is."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_compiler.cache.store import Store
from platform_compiler.cli.since import Whole, base_for, remember_whole
from platform_compiler.cli.verdict import Verdict
from platform_compiler.closure.index import Index, index_of
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Label, Severity, Span
from platform_compiler.incremental.base import (
    Base,
    Made,
    as_it_was,
    base_bytes,
    base_from,
    made_of,
    sources_bytes,
    stage_digests,
)
from platform_compiler.incremental.news import findings_since
from platform_compiler.incremental.rebuild import Rebuilt, rebuilt
from platform_compiler.pipeline import build, check
from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import Edit, Fleet, edits
from tests.cache.test_parts import own_blueprint

AS_OF = date(2026, 6, 1)
_TIMES = int(os.environ.get("PLATFORMC_TEST_FLEETS", "12"))
Change = Callable[[Fleet], object]
_DOUBT = Diagnostic("PC5110", Severity.NOTE, "somewhere", (Label(Span("teams/oak/api.yaml")),))
BESIDE_NOBODY = {
    "requiredDuringSchedulingIgnoredDuringExecution": [
        {"labelSelector": {"matchLabels": {"app.kubernetes.io/name": "nobody"}}, "topologyKey": "zone"}
    ]
}


@dataclass(frozen=True)
class Compiled:
    """What a compile of all says and makes."""

    index: Index | None
    units: dict[Unit, Made]
    files: dict[str, bytes]
    found: tuple[Diagnostic, ...]
    late: tuple[Diagnostic, ...]


def whole(tree: Snapshot) -> Compiled:
    """Compile all; with errors nothing is made."""
    bag = Bag()
    checked = check(tree, AS_OF, bag)
    said = bag.sorted()
    output = None if bag.has_errors else build(checked, bag)
    if output is None:
        return Compiled(None, {}, {}, bag.sorted(), ())
    index = index_of(tree, checked.loaded, checked.catalog.defaults.values(), bag.sorted(), "")
    return Compiled(
        index, made_of(output), dict(output.files), bag.sorted(), tuple(one for one in bag.sorted() if one not in said)
    )


@dataclass(frozen=True)
class Start:
    """A fleet as it was when all of it was compiled."""

    tree: Snapshot
    base: Base
    found: tuple[Diagnostic, ...]

    def now(self, fleet: Fleet) -> Rebuilt | None:
        tree = snapshot(Directory(fleet.root))
        before = as_it_was(self.base, tree, sources_bytes(self.tree, self.base.index))
        return rebuilt(self.base, before, tree, AS_OF)


def start(fleet: Fleet) -> Start:
    tree = snapshot(Directory(fleet.root))
    made = whole(tree)
    assert made.index is not None
    base = Base("key", made.index, made.units, stage_digests(tree), late=made.late)
    return Start(tree, base_from(base_bytes(base)), made.found)


@cache
def untouched() -> Start:
    with tempfile.TemporaryDirectory() as scratch:
        return start(Fleet(Path(scratch)))


def doubted() -> Start:
    """Return the same, where something was found of resources, so that they are judged on both sides."""
    return replace(untouched(), base=replace(untouched().base, late=(_DOUBT,)))


def units(made: Rebuilt) -> set[tuple[str, str, str]]:
    return {(unit.cluster, unit.scope, unit.id) for unit in (*made.output.units, *made.gone)}


def check_against_whole(before: Start, made: Rebuilt, fleet: Fleet) -> None:
    """Hold what was compiled of a change against a compile of all."""
    right = whole(snapshot(Directory(fleet.root)))
    found = findings_since(before.found, before.base, made.news)
    if found is None:
        return  # then the whole is compiled
    assert found == right.found
    if right.index is None:
        return
    kept = {unit: one for unit, one in before.base.units.items() if unit not in made.gone}
    assert kept | dict(made_of(made.output)) == right.units
    assert {path: right.files[path] for path in made.output.files} == made.output.files


@settings(max_examples=_TIMES * 2, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.lists(edits(), min_size=1, max_size=2))
def test_random_edits_come_to_what_the_whole_does(changes: list[Edit]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        fleet = Fleet(Path(scratch))
        for change in changes:
            change(fleet)
        tree = snapshot(Directory(fleet.root))
        shared = {path for path in tree.files if not path.startswith("teams/") or path.endswith("/team.yaml")}
        if any(tree.files[path] != untouched().tree.files.get(path) for path in shared):
            return  # such a base is not asked
        for before in (untouched(), doubted()):
            made = before.now(fleet)
            if made is not None:
                check_against_whole(before, made, fleet)


def setting(path: str, **words: Any) -> Change:
    return lambda fleet: fleet.change(path, lambda spec: spec.update(words))


def without(path: str, word: str) -> Change:
    return lambda fleet: fleet.change(path, lambda spec: spec.pop(word))


def removing(*paths: str) -> Change:
    def remove(fleet: Fleet) -> None:
        for path in paths:
            (fleet.root / path).unlink()

    return remove


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


def patched(target: str, **spec: Any) -> Change:
    """Patch an object that `ash/api` is compiled to."""
    patch = {"target": target, "merge": {"spec": spec}, "reason": "it is tried", "expires": "2026-12-31"}
    return setting("teams/ash/api.yaml", patches={"tried": patch})


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


def breaking(path: str) -> Change:
    def append(fleet: Fleet) -> None:
        file = fleet.root / path
        file.write_text(file.read_text() + "\t- broken\n")

    return append


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (setting("teams/ash/api.yaml", imege="a typo"), {"PC1101"}),
        (breaking("teams/ash/api.yaml"), {"PC1008"}),
        (setting("teams/ash/api.yaml", calls={"elm/bd": {}}), {"PC2001", "PC2103"}),
        (setting("teams/ash/api.yaml", calls={"elm/db": {}}), {"PC2103", "PC2104"}),
        (setting("teams/ash/api.yaml", namespace="birch"), {"PC2103", "PC2401"}),
        (setting("teams/ash/api.yaml", access={"web": {"from": ["web"]}, "more": {"from": ["db"]}}), {"PC2103"}),
        (without("teams/ash/api.yaml", "calls"), {"PC2103"}),
        (removing("teams/ash/api.yaml"), {"PC2001", "PC2103", "PC2107"}),
        (patched("Deployment/api", minReadySeconds=700), {"PC5130"}),
    ],
    ids=[
        "typo",
        "text",
        "nobody called",
        "no grant",
        "other namespace",
        "note",
        "note of another",
        "callee that is gone",
        "object by itself",
    ],
)
def test_what_a_change_brings_to_be_said_and_takes_away_is_told_of_the_part(
    change: Change, codes: set[str], tmp_path: Path
) -> None:
    fleet = Fleet(tmp_path)
    change(fleet)
    made = untouched().now(fleet)
    assert made is not None
    found = findings_since(untouched().found, untouched().base, made.news)
    right = whole(snapshot(Directory(fleet.root)))
    assert found == right.found
    assert {one.code for one in right.found} == codes


@pytest.mark.parametrize(
    "change",
    [
        setting("teams/ash/api.yaml", access={"web": {"from": ["web"]}, "more": {"from": ["db"]}}),
        without("teams/ash/api.yaml", "calls"),
        setting("teams/ash/api.yaml", args=["$(NOBODY)"]),
    ],
    ids=["note", "note of another", "note of an object"],
)
def test_what_was_found_is_gone_once_it_is_mended(change: Change, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    change(fleet)
    before = start(fleet)
    assert before.found
    Fleet(tmp_path)
    made = before.now(fleet)
    assert made is not None
    assert findings_since(before.found, before.base, made.news) == ()
    check_against_whole(before, made, fleet)


def test_rule_of_a_team_about_all_of_another_is_told_as_the_whole_does_while_one_cannot_be_read(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    rule = {"access": {"all": {"from": ["birch/*"]}}}
    fleet.change("teams/fig/team.yaml", lambda spec: spec.update(defaults=rule))
    before = start(fleet)
    assert {one.span.path for one in before.found} == {"teams/fig/team.yaml"}
    file = fleet.root / "teams/birch/api.yaml"
    file.write_text(file.read_text() + "\t- broken\n")
    made = before.now(fleet)
    assert made is not None
    assert findings_since(before.found, before.base, made.news) is None


def raw(fleet: Fleet, ref: str, kind: str, name: str, **words: Any) -> None:
    """Write an object as it is."""
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **words}
    head = {"apiVersion": "platformc.dev/v1", "kind": "RawResources", "metadata": {"name": ref.partition("/")[2]}}
    fleet.write(f"teams/{ref}.yaml", {**head, "spec": {"resources": [body]}})


def two_config_maps(fleet: Fleet) -> None:
    raw(fleet, "ash/one", "ConfigMap", "first")
    raw(fleet, "ash/two", "ConfigMap", "second")


def a_service_for_peers(fleet: Fleet) -> None:
    ports = [{"name": "http", "port": 80}]
    raw(fleet, "ash/extras", "Service", "db-peers", spec={"selector": {"a": "b"}, "ports": ports})


def a_cluster_role_for_all(fleet: Fleet) -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "common"}}
    made_by_a_blueprint(fleet, {**role, "rules": []})


def one_name_in_each_namespace(fleet: Fleet) -> None:
    metadata = {"name": "common", "namespace": "${{ namespace.name }}"}
    made_by_a_blueprint(fleet, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}})
    fleet.change(
        "teams/birch/team.yaml",
        lambda spec: spec.update(namespaces={"birch": {}, "other": {}}, defaultNamespace="birch"),
    )
    setting("teams/birch/web.yaml", blueprint="own-service@1", namespace="other")(fleet)


def made_by_a_blueprint(fleet: Fleet, body: dict[str, Any]) -> None:
    """Let a blueprint of the repository make an object of one name, whoever uses it."""
    own_blueprint(fleet)
    folder = fleet.root / "blueprints/own-service/1.0.0"
    (folder / "app/extra.yaml").write_text(yaml.safe_dump(body))
    contract = folder / "blueprint.yaml"
    document = yaml.safe_load(contract.read_text())
    document["spec"]["emits"].append("ClusterRole")
    contract.write_text(yaml.safe_dump(document, sort_keys=False))


@pytest.mark.parametrize(
    ("prepared", "change"),
    [
        (two_config_maps, lambda fleet: raw(fleet, "ash/two", "ConfigMap", "first")),
        (a_service_for_peers, setting("teams/ash/db.yaml", blueprint="stateful-service@1")),
        (a_cluster_role_for_all, setting("teams/hazel/web.yaml", blueprint="own-service@1")),
        (one_name_in_each_namespace, setting("teams/birch/web.yaml", namespace="birch")),
    ],
    ids=["raw resources", "raw resource and application", "blueprint", "another namespace"],
)
def test_names_that_somebody_far_away_has_are_not_overlooked(prepared: Change, change: Change, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    prepared(fleet)
    before = start(fleet)
    change(fleet)
    assert before.now(fleet) is None
    assert whole(snapshot(Directory(fleet.root))).index is None


@pytest.mark.parametrize(
    "change",
    [
        lambda fleet: raw(fleet, "ash/two", "ConfigMap", "second", data={"a": "b"}),
        lambda fleet: raw(fleet, "ash/three", "ConfigMap", "third"),
        lambda fleet: raw(fleet, "elm/one", "ConfigMap", "first"),
    ],
    ids=["changed", "new", "new in another team"],
)
def test_raw_resources_are_made_with_all_of_their_team_beside_them(change: Change, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    two_config_maps(fleet)
    before = start(fleet)
    change(fleet)
    made = before.now(fleet)
    assert made is not None
    assert {unit.scope for unit in made.output.units} == {"raw"}
    check_against_whole(before, made, fleet)


@pytest.mark.parametrize(
    "change",
    [
        removing("teams/ash/two.yaml"),
        lambda fleet: raw(fleet, "ash/two", "ConfigMap", "renamed"),
        lambda fleet: raw(fleet, "ash/two", "ConfigMap", "api"),
    ],
    ids=["gone", "renamed", "as another of the team"],
)
def test_whole_is_compiled_where_raw_resources_go(change: Change, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    two_config_maps(fleet)
    before = start(fleet)
    change(fleet)
    assert before.now(fleet) is None


def test_base_that_does_not_come_out_again_is_not_trusted(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0")(fleet)
    before = untouched()
    assert before.now(fleet) is not None
    made = before.base.units.items()
    other = {unit: one._replace(digest="0" * 32) if unit.id == "ash/api" else one for unit, one in made}
    assert replace(before, base=replace(before.base, units=other)).now(fleet) is None


def test_what_was_found_before_is_told_from_what_is_new(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    setting("teams/ash/api.yaml", args=["$(NOBODY)"])(fleet)
    before = start(fleet)
    assert before.base.late
    setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0")(fleet)
    made = before.now(fleet)
    assert made is not None
    assert [one.code for one in made.news.now if one in before.found] == ["PC5110"]
    check_against_whole(before, made, fleet)


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


def test_object_that_loses_its_name_is_told_as_the_whole_tells_it(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    own_blueprint(fleet)
    template = fleet.root / "blueprints/own-service/1.0.0/app/named.yaml"
    template.write_text('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "${{? app.description }}"}\n')
    setting("teams/birch/db.yaml", description="birch-db")(fleet)
    before = start(fleet)
    without("teams/birch/db.yaml", "description")(fleet)
    assert before.now(fleet) is None
    assert {one.code for one in whole(snapshot(Directory(fleet.root))).found} == {"PC5002"}
