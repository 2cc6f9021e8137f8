"""Patches: applied as Kubernetes would merge them, only where a blueprint lets them, and never in vain."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.pipeline import build
from tests.hatches.shops import WEB, Shop, body

MANIFEST = "teams/shop/web.yaml"


def pod(**fields: Any) -> dict[str, Any]:
    return {"merge": {"spec": {"template": {"spec": fields}}}}


def test_a_merge_changes_what_it_says_and_nothing_else(shop: Shop) -> None:
    before = shop.output()
    shop.patch(dns=pod(dnsPolicy="Default"))
    after = shop.output()
    changed = body(after)
    assert changed["spec"]["template"]["spec"].pop("dnsPolicy") == "Default"
    assert changed == body(before)
    assert {path for path in after.files if after.files[path] != before.files.get(path)} == {WEB}


def test_lists_with_keys_of_kubernetes_merge_by_them(shop: Shop) -> None:
    shop.patch(late={"merge": {"spec": {"template": {"spec": {"containers": [{"name": "web", **LATE}]}}}}})
    (container,) = body(shop.output())["spec"]["template"]["spec"]["containers"]
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
    assert container["image"] == "ghcr.io/acme/web:1.0.0"


LATE = {"terminationMessagePolicy": "FallbackToLogsOnError"}


def test_several_keys_tell_an_item_apart(shop: Shop) -> None:
    shop.spec(MANIFEST, {"scheduling": {"spread": ["zone", "node"]}})
    spread = "topologySpreadConstraints"
    zone = "topology.kubernetes.io/zone"
    item = {"topologyKey": zone, "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 2}
    shop.patch(skew=pod(**{spread: [item]}))
    found = body(shop.output())["spec"]["template"]["spec"][spread]
    assert {one["topologyKey"]: one["maxSkew"] for one in found} == {zone: 2, "kubernetes.io/hostname": 1}
    assert all("labelSelector" in one for one in found)


def test_a_list_without_keys_is_replaced(shop: Shop) -> None:
    servers = ["10.0.0.10"]
    shop.patch(dns=pod(dnsPolicy="None", dnsConfig={"nameservers": servers}))
    shop.spec(MANIFEST, {"environments": {"prod": {"patches": {"dns": pod(dnsConfig={"nameservers": ["10.0.0.11"]})}}}})
    assert body(shop.output())["spec"]["template"]["spec"]["dnsConfig"] == {"nameservers": ["10.0.0.11"]}


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([{"op": "add", "path": "/spec/minReadySeconds", "value": 9}], {"minReadySeconds": 9}),
        ([{"op": "replace", "path": "/spec/revisionHistoryLimit", "value": 9}], {"revisionHistoryLimit": 9}),
        ([{"op": "remove", "path": "/spec/revisionHistoryLimit"}], {"revisionHistoryLimit": None}),
        (
            [{"op": "move", "from": "/spec/revisionHistoryLimit", "path": "/spec/minReadySeconds"}],
            {"revisionHistoryLimit": None, "minReadySeconds": 3},
        ),
        (
            [{"op": "copy", "from": "/spec/revisionHistoryLimit", "path": "/spec/minReadySeconds"}],
            {"revisionHistoryLimit": 3, "minReadySeconds": 3},
        ),
        (
            [
                {"op": "test", "path": "/spec/template/metadata/labels/app.kubernetes.io~1name", "value": "web"},
                {"op": "add", "path": "/spec/minReadySeconds", "value": 9},
            ],
            {"minReadySeconds": 9},
        ),
    ],
    ids=lambda value: "-".join(one["op"] for one in value) if isinstance(value, list) else None,
)
def test_operations_of_rfc_6902_do_as_they_say(operations: list[Any], expected: dict[str, Any], shop: Shop) -> None:
    shop.patch(one={"json": operations})
    spec = body(shop.output())["spec"]
    assert {key: spec.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/spec/revisionHistoryLimit", "value": "3"},
        {"op": "test", "path": "/spec/template/spec/enableServiceLinks", "value": 0},
        {"op": "replace", "path": "/spec/minReadySeconds", "value": 9},
        {"op": "remove", "path": "/spec/minReadySeconds"},
        {"op": "add", "path": "/spec/nothing/there", "value": 9},
        {"op": "add", "path": "/spec/revisionHistoryLimit/there", "value": 9},
        {"op": "remove", "path": "/spec/template/spec/containers/-"},
        {"op": "remove", "path": "/spec/template/spec/containers/+0"},
        {"op": "move", "from": "/spec", "path": "/spec/template"},
        {"op": "remove", "path": ""},
    ],
    ids=lambda operation: f"{operation['op']} {operation['path']}",
)
def test_an_operation_that_finds_something_else_is_an_error_at_its_line(operation: Any, shop: Shop) -> None:
    shop.patch(one={"json": [operation]})
    assert shop.found() == [("PC4076", MANIFEST, shop.line(MANIFEST, f"op: {operation['op']}"))]


def test_a_directive_of_strategic_merge_is_an_error(shop: Shop) -> None:
    shop.patch(one=pod(hostAliases=[{"ip": "10.0.0.1", "$patch": "delete"}]))
    assert shop.found() == [("PC4076", MANIFEST, shop.line(MANIFEST, "$patch"))]


@pytest.mark.parametrize(
    "merge",
    [
        {"kind": "StatefulSet"},
        {"apiVersion": "apps/v2"},
        {"metadata": {"name": "other"}},
        {"metadata": {"namespace": "other"}},
        {"metadata": {"labels": {"app.kubernetes.io/name": "other"}}},
        {"metadata": {"annotations": {"platformc.dev/matches-everyone": "why not"}}},
        {"spec": {"replicas": 1}},
        {"spec": {"selector": {"matchLabels": {"a": "b"}}}},
        {"spec": {"template": {"spec": {"serviceAccountName": "other"}}}},
        {"spec": {"template": {"spec": {"securityContext": {"runAsNonRoot": False}}}}},
        {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "evil.example/x:1"}]}}}},
        {"spec": {"template": {"spec": {"containers": [{"name": "second", "image": "evil.example/x:1"}]}}}},
    ],
    ids=str,
)
def test_what_a_blueprint_does_not_let_be_patched_is_an_error(merge: Any, shop: Shop) -> None:
    shop.patch(one={"merge": merge})
    assert set(shop.codes()) == {"PC4075"}


def own_blueprint(shop: Shop, *fields: str) -> None:
    """Let the repository's own copy of web-service be patched in other fields."""
    target = shop.root / "blueprints/web-service/1.0.0"
    shutil.copytree(Path(__file__).parents[2] / "blueprints/web-service/1.0.0", target)
    contract = (target / "blueprint.yaml").read_text().partition("  patchable:")[0]
    listed = "".join(f"    - {field}\n" for field in fields)
    (target / "blueprint.yaml").write_text(f"{contract}  patchable:\n    Deployment:\n{listed}")


@pytest.mark.parametrize(
    "merge",
    [
        {"kind": "StatefulSet"},
        {"metadata": {"name": "other"}},
        {"metadata": {"labels": {"app.kubernetes.io/name": "other"}}},
        {"metadata": {"labels": {"platformc.dev/team": "other"}}},
        {"spec": {"selector": {"matchLabels": {"a": "b"}}}},
        {"spec": {"template": {"metadata": {"labels": {"platformc.dev/version": "other"}}}}},
        {"spec": {"template": {"spec": {"securityContext": {"runAsNonRoot": False}}}}},
        {"spec": {"template": {"spec": {"hostNetwork": True}}}},
        {"spec": {"template": {"spec": {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}}}},
        {"spec": {"replicas": 1}},
    ],
    ids=str,
)
def test_a_wide_contract_opens_neither_identity_nor_selectors_nor_labels_nor_security(merge: Any, shop: Shop) -> None:
    own_blueprint(shop, "spec", "metadata", "kind")
    shop.patch(one={"merge": merge})
    assert set(shop.codes()) == {"PC4075"}


def test_a_contract_that_names_a_security_field_lets_it_be_patched(shop: Shop) -> None:
    own_blueprint(shop, "spec.template.spec.securityContext")
    shop.patch(one=pod(securityContext={"fsGroupChangePolicy": "Always"}))
    patched = body(shop.output())["spec"]["template"]["spec"]["securityContext"]
    assert patched["fsGroupChangePolicy"] == "Always"
    assert patched["runAsNonRoot"] is True


def test_a_patch_that_targets_nothing_is_an_error(shop: Shop) -> None:
    shop.patch(one={"target": "StatefulSet/web", "merge": {"spec": {"minReadySeconds": 9}}})
    assert shop.found() == [("PC4074", MANIFEST, shop.line(MANIFEST, "StatefulSet"))]


def test_a_patch_reaches_no_resource_of_another_application(shop: Shop) -> None:
    shop.patch(one={"target": "Deployment/cart", "merge": {"spec": {"minReadySeconds": 9}}})
    assert shop.codes() == ["PC4074"]


def test_a_patch_that_changes_nothing_is_an_error(shop: Shop) -> None:
    shop.patch(one={"merge": {"spec": {"revisionHistoryLimit": 3}}})
    assert shop.found() == [("PC4077", MANIFEST, shop.line(MANIFEST, "one:"))]


def test_two_patches_of_one_field_are_an_error(shop: Shop) -> None:
    shop.patch(
        a={"merge": {"spec": {"minReadySeconds": 5}}},
        b={"json": [{"op": "add", "path": "/spec/minReadySeconds", "value": 9}]},
    )
    assert shop.found() == [("PC4078", MANIFEST, shop.line(MANIFEST, "op: add"))]


def test_two_patches_of_two_fields_both_hold(shop: Shop) -> None:
    shop.patch(a={"merge": {"spec": {"minReadySeconds": 5}}}, b={"merge": {"spec": {"revisionHistoryLimit": 9}}})
    spec = body(shop.output())["spec"]
    assert (spec["minReadySeconds"], spec["revisionHistoryLimit"]) == (5, 9)


def test_a_patch_holds_on_its_last_day_and_is_an_error_after_it(shop: Shop) -> None:
    shop.patch(one={"merge": {"spec": {"minReadySeconds": 9}}})
    assert shop.codes(date(2026, 12, 31)) == ["PC4071"]
    assert shop.found(date(2027, 1, 1)) == [("PC4070", MANIFEST, shop.line(MANIFEST, "expires"))]


def test_the_platform_bounds_how_far_a_patchs_last_day_lies_ahead(shop: Shop) -> None:
    shop.patch(one={"merge": {"spec": {"minReadySeconds": 9}}})
    shop.spec("platform.yaml", {"patches": {"maxDays": 212}})
    assert shop.codes() == ["PC4072"]
    shop.spec("platform.yaml", {"patches": {"maxDays": 213}})
    assert shop.codes() == []


def test_an_overlay_takes_a_patch_away(shop: Shop) -> None:
    before = shop.output()
    shop.patch(one={"merge": {"spec": {"minReadySeconds": 9}}})
    shop.spec(MANIFEST, {"environments": {"prod": {"patches": {"one": None}}}})
    assert shop.output().files == before.files


def test_what_a_patch_made_is_verified_and_a_fault_is_told_at_its_line(shop: Shop) -> None:
    shop.patch(one=pod(dnsPolicy="Sometimes"))
    assert shop.found() == [("PC5002", MANIFEST, shop.line(MANIFEST, "dnsPolicy"))]


def test_what_a_patch_made_is_judged_by_policies_and_told_at_its_line(shop: Shop) -> None:
    own_blueprint(shop, "spec.template.spec.hostNetwork")
    shop.spec("platform.yaml", {})
    sets = shop.root / "policies"
    sets.mkdir()
    (sets / "all.yaml").write_text(
        "apiVersion: platformc.dev/v1\nkind: PolicySet\nmetadata: {name: all}\n"
        "spec: {policies: {pod-security-baseline-host-namespaces: {}}, "
        "enforce: [{environments: [prod], actions: [Deny]}]}\n"
    )
    shop.patch(one=pod(hostNetwork=True))
    found = [one for one in shop.found() if one[0].startswith("PC70") or one[0].startswith("PC71")]
    assert found
    assert {place[1:] for place in found} == {(MANIFEST, shop.line(MANIFEST, "hostNetwork"))}


def test_a_contract_that_lets_another_kind_be_patched_is_an_error(shop: Shop) -> None:
    own_blueprint(shop, "spec")
    contract = shop.root / "blueprints/web-service/1.0.0/blueprint.yaml"
    contract.write_text(contract.read_text() + "    StatefulSet: [spec]\n    Service: spec.type\n")
    line = shop.line("blueprints/web-service/1.0.0/blueprint.yaml", "StatefulSet:")
    assert ("PC4003", "blueprints/web-service/1.0.0/blueprint.yaml", line) in shop.found()
    assert shop.codes().count("PC4003") == 2


def test_a_schema_that_cannot_be_used_is_told_though_its_kind_is_patched(shop: Shop) -> None:
    broken = shop.root / "schemas/apps/v1/Deployment.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{}")
    shop.patch(dns=pod(dnsPolicy="Default"))
    checked, bag = shop.checked()
    assert build(checked, bag) is None
    assert "PC5009" in {finding.code for finding in bag.sorted()}
