"""`platformc explain` on a small repository: what is written by hand, for programs, as of a day, what is refused."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from platform_compiler.cli.main import platformc
from platform_compiler.pipeline import build
from platform_compiler.provenance.explain import Explainer, Traced
from tests.hatches.shops import WEB, Shop, config_map
from tests.provenance.test_origins import leaves

RELIABLE = """\
apiVersion: platformc.dev/v1
kind: PolicySet
metadata: {name: strict}
spec:
  policies: {reliability-*: {}}
  enforce: [{actions: [Deny]}]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a patch of `web`, raw resources, and policies that it does not pass."""
    found = Shop(tmp_path_factory.mktemp("shop") / "repository")
    patched = {"spec": {"minReadySeconds": 9, "template": {"spec": {"dnsConfig": {"options": [{"name": "ndots"}]}}}}}
    found.patch(slow={"merge": patched, "expires": "2026-07-31"})
    found.raw(config_map(), description="greetings")
    (found.root / "policies").mkdir()
    (found.root / "policies/strict.yaml").write_text(RELIABLE)
    return found


def explained(shop: Shop, *arguments: str, as_of: str = "2026-06-01") -> Result:
    given = ["explain", *arguments, "--root", str(shop.root), "--as-of", as_of]
    return CliRunner().invoke(platformc, given, catch_exceptions=False)


@pytest.fixture(scope="module")
def by_kind(shop: Shop) -> dict[str, list[Traced]]:
    """The fields of the patched Deployment and of the raw ConfigMap."""
    checked, bag = shop.checked()
    output = build(checked, bag, judged=False)
    assert output is not None
    wanted = [one for path, one in output.resources.items() if path == WEB or (one.unit.scope == "raw" and one.by_hand)]
    explainer = Explainer(checked, wanted, output.resources.values())
    found = {one.body["kind"]: list(explainer.explain(one).fields) for one in wanted}
    assert all([f.pointer for f in found[one.body["kind"]]] == leaves(one.body) for one in wanted)
    return found


def test_every_leaf_of_a_patched_resource_has_an_origin(by_kind: dict[str, list[Traced]]) -> None:
    by_patch = [f for f in by_kind["Deployment"] if f.written and f.written.path == "teams/shop/web.yaml"]
    assert {f.value for f in by_patch} == {9, "ndots"}
    assert {line.setting for f in by_patch for line in f.value_from} == {"patches.slow.merge"}
    image = next(f for f in by_kind["Deployment"] if f.pointer[-1] == "image")
    assert [line.setting for line in image.value_from] == ["image"]


def test_every_leaf_of_a_raw_resource_has_an_origin(by_kind: dict[str, list[Traced]]) -> None:
    fields = {f.pointer: f for f in by_kind["ConfigMap"]}
    assert all(f.written and f.written.path == "teams/shop/extra.yaml" for f in fields.values())
    label = fields["metadata", "labels", "app.kubernetes.io/name"]
    assert [line.setting for line in label.value_from] == ["metadata.name"]
    data = next(f for pointer, f in fields.items() if pointer[0] == "data")
    assert data.constant
    assert data.value_from[0].setting.startswith("resources[0].data")


def test_a_field_is_named_by_a_dotted_path_and_by_a_json_pointer_alike(shop: Shop) -> None:
    dotted = explained(shop, "prod", "deployment/web", "spec.template.spec.containers[0].image")
    pointer = explained(shop, "prod", "deployment/web", "/spec/template/spec/containers/0/image")
    assert (dotted.exit_code, pointer.stdout) == (0, dotted.stdout)
    label = explained(shop, "prod", "deployment/web", "/metadata/labels/app.kubernetes.io~1name")
    assert "metadata.labels.app.kubernetes.io/name: web\n" in label.stdout


def test_an_explanation_for_programs_holds_places_expressions_and_layers(shop: Shop) -> None:
    done = explained(shop, "prod", "deployment/web", "spec.template.spec.containers[0].image", "--format", "json")
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["resource"] == {
        "cluster": "prod",
        "kind": "Deployment",
        "namespace": "shop",
        "name": "web",
        "path": WEB,
    }
    (field,) = document["fields"]
    assert field["pointer"] == "/spec/template/spec/containers/0/image"
    assert field["writtenBy"]["text"] == "image: ${{ container.image }}"
    assert field["expressions"] == ["container.image"]
    assert [one["text"] for one in field["through"] if "=" in one["text"]] == ["container = version.container"]
    (line,) = field["valueFrom"]
    assert (line["path"], line["setting"], line["layer"]) == ("teams/shop/web.yaml", "image", "application")


def test_codes_and_settings_are_explained_to_programs_too(shop: Shop) -> None:
    (code,) = json.loads(explained(shop, "PC2104", "--format", "json").stdout)["codes"]
    assert (code["name"], code["severity"]) == ("call-not-granted", "error")
    (setting,) = json.loads(explained(shop, "prod", "shop/web", "image", "--format", "json").stdout)["settings"]
    assert [origin["layer"] for origin in setting["origins"] if origin["wins"]] == ["application"]


def test_what_a_policy_refuses_is_explained_all_the_same(shop: Shop) -> None:
    assert "PC7101" in shop.codes()
    assert explained(shop, "prod", "deployment/web", "spec.minReadySeconds").exit_code == 0


def test_dated_rules_are_judged_as_of_the_day_that_is_named(shop: Shop) -> None:
    expired = explained(shop, "prod", "deployment/web", "spec.minReadySeconds", as_of="2026-08-01")
    assert expired.exit_code == 1
    assert "PC4070" in expired.stdout


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (["prdo", "deployment/web", "spec"], "there is no cluster 'prdo'; did you mean 'prod'?"),
        (["prod", "deployment/wbe", "spec"], "there is no resource 'deployment/wbe'; did you mean 'Deployment/web'?"),
        (
            ["prod", "volumesnapshotclass/web", "spec"],
            "there is no resource 'volumesnapshotclass/web'; of that name there are: ",
        ),
        (["prod", "deployment/web", "/spec/tempalte"], "`spec` has no `tempalte`; did you mean `template`?"),
        (["prod", "deployment/web", "/metadata/labels/x~1y"], "`metadata.labels` has no `x/y`; "),
    ],
)
def test_a_mistyped_name_says_which_was_meant(shop: Shop, named: list[str], words: str) -> None:
    done = explained(shop, *named)
    assert done.exit_code == 2
    assert words in done.stderr
