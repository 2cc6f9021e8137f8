"""Objects that come, go or are named anew are compiled in a part only where nobody far away can tell."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import Fleet
from tests.cache.test_parts import own_blueprint
from tests.incremental.parts import Change, check_against_whole, removing, setting, start, whole, without


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
