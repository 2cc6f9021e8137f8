"""`platformc list exceptions`, and where `platformc explain` says that exceptions come from."""

import json

from click.testing import CliRunner, Result

from platform_compiler.cli.main import platformc
from platform_compiler.pipeline import build
from platform_compiler.provenance.explain import Traced, explain
from platform_compiler.provenance.field import pointer_of
from tests.hatches.shops import WEB, Shop, config_map

WAIVER = """\
apiVersion: platformc.dev/v1
kind: Waiver
metadata: {name: legacy-root}
spec:
  policy: pod-security-restricted-run-as-non-root
  match: {kind: Deployment, name: legacy-*, namespace: shop, environments: [prod]}
  reason: runs as root until its rewrite
  ticket: SHOP-1
  owner: shop/leads
  granted: "2026-05-01"
  expires: "2026-05-31"
"""


def listed(shop: Shop, *arguments: str) -> Result:
    given = ["list", "exceptions", "--root", str(shop.root), "--as-of", "2026-06-01", *arguments]
    return CliRunner().invoke(platformc, given, catch_exceptions=False)


def fill(shop: Shop) -> None:
    shop.patch(slow={"merge": {"spec": {"minReadySeconds": 9}}})
    shop.raw(config_map(), description="greetings")
    (shop.root / "waivers").mkdir()
    (shop.root / "waivers/legacy-root.yaml").write_text(WAIVER)


def test_patches_raw_resources_and_waivers_are_listed_with_owner_reason_and_last_day(shop: Shop) -> None:
    fill(shop)
    found = json.loads(listed(shop, "--format", "json").stdout)
    assert found["version"] == 1
    patch, raw, waiver = found["exceptions"]
    assert patch == {
        "kind": "patch",
        "of": "shop/web slow",
        "about": "Deployment/web",
        "clusters": ["prod"],
        "owner": "acme/shop",
        "reason": "legacy resolver",
        "expires": "2026-12-31",
        "over": False,
        "path": "teams/shop/web.yaml",
        "line": shop.line("teams/shop/web.yaml", "slow:"),
    }
    assert [raw[key] for key in ("kind", "of", "about", "reason")] == [
        "raw",
        "shop/extra",
        "ConfigMap/greeting",
        "greetings",
    ]
    assert raw["expires"] is None
    assert [waiver[key] for key in ("kind", "of", "owner", "expires", "over")] == [
        "waiver",
        "legacy-root",
        "shop/leads",
        "2026-05-31",
        True,
    ]


def test_the_table_has_a_row_for_each_and_marks_what_is_over(shop: Shop) -> None:
    fill(shop)
    head, *rows = listed(shop).stdout.splitlines()
    assert head.split()[0] == "KIND"
    assert [row.split()[0] for row in rows] == ["patch", "raw", "waiver"]
    assert ["(over)" in row for row in rows] == [False, False, True]


def test_exceptions_are_listed_even_when_they_are_errors(shop: Shop) -> None:
    shop.patch(slow={"merge": {"spec": {"minReadySeconds": 9}}, "expires": "2020-01-01"})
    done = listed(shop, "--format", "json")
    assert done.exit_code == 0
    assert [one["over"] for one in json.loads(done.stdout)["exceptions"]] == [True]


def test_a_repository_without_exceptions_lists_none(shop: Shop) -> None:
    assert json.loads(listed(shop, "--format", "json").stdout) == {"version": 1, "exceptions": []}


def traced(shop: Shop, path: str, field: str) -> list[Traced]:
    checked, bag = shop.checked()
    output = build(checked, bag)
    assert output is not None
    resource = output.resources[path]
    return list(explain(checked, resource, pointer_of(resource.body, field)).fields)


def test_a_merged_field_is_explained_by_the_line_of_the_patch(shop: Shop) -> None:
    shop.patch(slow={"merge": {"spec": {"minReadySeconds": 9}}})
    (field,) = traced(shop, WEB, "spec.minReadySeconds")
    assert field.written is not None
    assert (field.written.path, field.written.line) == (
        "teams/shop/web.yaml",
        shop.line("teams/shop/web.yaml", "minReady"),
    )
    assert [(line.owner, line.setting) for line in field.value_from] == [("application", "patches.slow.merge")]


def test_a_patch_of_an_overlay_is_explained_by_the_overlay(shop: Shop) -> None:
    patch = {"target": "Deployment/web", "merge": {"spec": {"minReadySeconds": 9}}, "reason": "why"}
    overlay = {"environments": {"prod": {"patches": {"slow": {**patch, "expires": "2026-12-31"}}}}}
    shop.spec("teams/shop/web.yaml", overlay)
    (field,) = traced(shop, WEB, "spec.minReadySeconds")
    assert [line.owner for line in field.value_from] == ["application's environment"]


def test_a_field_that_an_operation_wrote_is_explained_by_the_operation(shop: Shop) -> None:
    shop.patch(slow={"json": [{"op": "add", "path": "/spec/minReadySeconds", "value": 9}]})
    (field,) = traced(shop, WEB, "spec.minReadySeconds")
    assert [line.setting for line in field.value_from] == ["patches.slow.json[0]"]


def test_fields_beside_a_patch_are_explained_as_without_it(shop: Shop) -> None:
    before = traced(shop, WEB, "spec")
    shop.patch(slow={"merge": {"spec": {"minReadySeconds": 9}}})
    after = [field for field in traced(shop, WEB, "spec") if field.pointer != ("spec", "minReadySeconds")]
    assert [(f.pointer, f.value, f.written, f.constant) for f in after] == [
        (f.pointer, f.value, f.written, f.constant) for f in before
    ]
    assert [len(f.value_from) for f in after] == [len(f.value_from) for f in before]


def test_every_leaf_of_a_raw_resource_has_an_origin(shop: Shop) -> None:
    shop.raw(config_map())
    fields = traced(shop, "clusters/prod/shop/extra/configmap-greeting.yaml", "")
    written = {".".join(map(str, field.pointer)): field for field in fields}
    assert written["data.hello"].value_from[0].setting == "resources[0].data.hello"
    assert written["metadata.namespace"].value_from[0].setting == "namespaces.shop"
    assert all(field.written is not None and field.written.path == "teams/shop/extra.yaml" for field in fields)
