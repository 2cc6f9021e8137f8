"""What reaches a manifest without being named in it: the part that the hook checks must hold that too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_compiler.shipped import shipped
from tests.cache.fleets import TEAMS, Fleet
from tests.cache.test_same_answers import said

CLUSTERS = ("dev", "prod")
CLOSED = {"http": {"port": 80, "targetPort": 8080, "internal": True}}


def put_in(fleet: Fleet, path: str, **words: Any) -> str:
    return fleet.change(path, lambda spec: spec.update(words))


def platform_team(fleet: Fleet) -> None:
    team = {"owners": {"slack": "#p"}, "namespaces": {"platform": {}}}
    document = {"apiVersion": "platformc.dev/v1", "kind": "Team", "metadata": {"name": "platform"}, "spec": team}
    fleet.write("teams/platform/team.yaml", document)


def own_blueprint(fleet: Fleet, **defaults: Any) -> None:
    """Copy a built-in blueprint, give it defaults, and let one application be made by it."""
    source = Path(shipped("blueprints")) / "web-service/1.0.0"
    for file in filter(Path.is_file, source.rglob("*")):
        copy = fleet.root / "blueprints/own-service/1.0.0" / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text().replace("web-service", "own-service"))
    contract = fleet.root / "blueprints/own-service/1.0.0/blueprint.yaml"
    document = yaml.safe_load(contract.read_text())
    document["spec"]["defaults"] = {"image": "ghcr.io/acme/a:1.0.0", **defaults}
    contract.write_text(yaml.safe_dump(document, sort_keys=False))
    put_in(fleet, "teams/birch/db.yaml", blueprint="own-service@1")


def stores(fleet: Fleet, teams: tuple[str, ...]) -> None:
    for team in teams:
        fleet.put(f"{team}/store", {"clusters": {name: {"calls": {"store": None}} for name in CLUSTERS}})


def short_name_of_a_team(fleet: Fleet) -> None:
    stores(fleet, ("ash",))
    put_in(fleet, "teams/ash/team.yaml", defaults={"calls": {"store": {}}})


def short_name_of_the_platform(fleet: Fleet) -> None:
    stores(fleet, TEAMS)
    put_in(fleet, "platform.yaml", defaults={"calls": {"store": {}}})


def collector(fleet: Fleet) -> None:
    platform_team(fleet)
    fleet.put("platform/collector", {"ports": {"otlp": {"port": 4317, "targetPort": 4317, "protocol": "grpc"}}})
    put_in(fleet, "teams/birch/db.yaml", access={})
    put_in(fleet, "teams/ash/api.yaml", calls={})
    for name in CLUSTERS:
        put_in(fleet, f"clusters/{name}.yaml", tracing={"app": "collector"})
        fleet.change(f"clusters/{name}.yaml", lambda spec: spec["parts"].update(observability="prometheus-operator@1"))


def ways_out_by_a_gateway(fleet: Fleet) -> None:
    """Leave the fleet as it is: two teams call banks of their own by way of the egress gateway."""
    assert (fleet.root / "teams/elm/bank.yaml").exists()


def quota(fleet: Fleet) -> None:
    put_in(fleet, "teams/ash/team.yaml", quota={"pods": 4})


def images_are_pinned(fleet: Fleet) -> None:
    put_in(fleet, "environments/prod.yaml", promotion={"pinImage": True})
    for team in TEAMS:
        for app in ("api", "db", "web"):
            fleet.change(f"teams/{team}/{app}.yaml", pin_image)


def pin_image(spec: dict[str, Any]) -> None:
    spec["environments"] = {"prod": {"image": spec["image"]}}


def blueprint_that_exposes(fleet: Fleet) -> None:
    own_blueprint(fleet, expose={"web": {"gateway": "public", "host": "shop"}})


def blueprint_that_calls(fleet: Fleet) -> None:
    platform_team(fleet)
    fleet.put("platform/hub", {"access": {"all": {"from": ["*/*"]}}})
    own_blueprint(fleet, calls={"platform/hub": {}})
    put_in(fleet, "teams/elm/db.yaml", blueprint="own-service@1")


@pytest.mark.parametrize(
    ("prepared", "path", "words", "code"),
    [
        (short_name_of_a_team, "ash/store", {"ports": CLOSED}, "PC2410"),
        (short_name_of_the_platform, "ash/store", {"ports": CLOSED}, "PC2410"),
        (collector, "birch/db", {"mesh": {"member": False}, "observe": {"instrument": "java"}}, "PC2412"),
        (ways_out_by_a_gateway, "ash/bank", {"hosts": ["elm.example"]}, "PC2430"),
        (quota, "ash/api", {"scale": {"min": 5}}, "PC2414"),
        (images_are_pinned, "birch/db", {"environments": {}}, "PC3004"),
        (blueprint_that_exposes, "hazel/web", {"expose": {"web": {"gateway": "public", "host": "shop"}}}, "PC2306"),
        (blueprint_that_calls, "platform/hub", {"access": {"all": {"from": ["elm/db"]}}}, "PC2104"),
    ],
)
def test_what_reaches_a_manifest_unnamed_is_found(  # noqa: PLR0913, PLR0917 -- fixtures and cases
    prepared: Callable[[Fleet], None],
    path: str,
    words: dict[str, Any],
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PLATFORMC_NO_CACHE")
    monkeypatch.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    fleet = Fleet(tmp_path / "repository")
    prepared(fleet)
    assert said(fleet, "validate")[0] == 0
    file = str(fleet.root / put_in(fleet, f"teams/{path}.yaml", **words))
    whole = said(fleet, "validate", file, "--no-cache")
    assert code in whole[1]
    assert said(fleet, "validate", file) == whole


def test_what_policies_say_of_a_manifest_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLATFORMC_NO_CACHE")
    monkeypatch.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    fleet = Fleet(tmp_path / "repository")
    spec = {"policies": {"manifests-*": {}}, "enforce": [{"actions": ["Warn"]}]}
    head = {"apiVersion": "platformc.dev/v1", "kind": "PolicySet", "metadata": {"name": "base"}}
    fleet.write("policies/base.yaml", {**head, "spec": spec})
    assert said(fleet, "validate")[0] == 0
    for ref, words, says in (("ash/web", {"tier": "critical"}, True), ("elm/db", {"description": "more"}, False)):
        files = [str(fleet.root / path) for path in (put_in(fleet, f"teams/{ref}.yaml", **words), "teams/fig/db.yaml")]
        for named in (files, files[:1]):
            found = said(fleet, "validate", *named)
            assert ("manifests-critical" in found[1]) == says
            assert found == said(fleet, "validate", *named, "--no-cache")
