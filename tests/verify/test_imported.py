"""What clusters publish of their kinds becomes closed schemas, and these judge before the profile does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from platform_compiler.cli.main import platformc
from platform_compiler.schema.imported import imported
from platform_compiler.schema.store import path_of
from tests.verify.imports import published, store

ROOT = Path(__file__).parents[2]
CRDS = ROOT.parent / "shared" / "crds"
EXPECTED = ROOT / "fixtures/expected/online-boutique"

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          status: {type: object, properties: {ready: {type: boolean}}}
          spec:
            type: object
            required: [size]
            x-kubernetes-validations: [{rule: self.size > 0}]
            oneOf:
            - not: {anyOf: [{required: [small]}, {required: [big]}]}
            - required: [small]
            - required: [big]
            properties:
              size: {type: integer, format: int32, minimum: 1}
              port: {x-kubernetes-int-or-string: true}
              colour: {type: string, enum: [red, green], nullable: true}
              small: {type: string}
              big: {type: string}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              labels: {type: object, additionalProperties: {type: string}}
              tags: {type: array, items: {type: string}, x-kubernetes-list-type: set}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, properties: {name: {type: string}, made: {type: string, format: date-time}}}
  - name: v0
    served: false
    storage: false
    schema: {openAPIV3Schema: {type: object}}
"""
WIDGET: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Widget",
    "metadata": {"name": "web", "namespace": "shop"},
}
GOOD: dict[str, Any] = {
    "size": 2,
    "port": "http",
    "colour": None,
    "small": "a",
    "free": {"any": [1, {"thing": True}]},
    "labels": {"a": "b"},
    "tags": ["x", "z"],
    "parts": [{"name": "a", "made": "2026-01-01T00:00:00Z"}, {"name": "b"}],
}


def _import(folder: Path, text: str, name: str = "crd.yaml") -> str:
    (folder / name).write_text(text)
    result = CliRunner().invoke(platformc, ["schemas", "import", str(folder / name), "-o", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def _verify(folder: Path, monkeypatch: pytest.MonkeyPatch, body: Any, *options: str) -> tuple[int, str]:
    (folder / "platform.yaml").touch()
    (folder / "widget.yaml").write_text(yaml.safe_dump(body))
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(platformc, ["verify", "widget.yaml", "--format", "concise", *options])
    return result.exit_code, result.output


def test_an_object_that_fits_its_imported_schema_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "imported 1 kind" in _import(tmp_path, CRD)
    assert _verify(tmp_path, monkeypatch, {**WIDGET, "spec": GOOD, "status": {"anything": 1}}, "--strict")[0] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sise": 1}, "`spec` has no key `sise`"),
        ({"size": 0}, "`size` is 0"),
        ({"size": 1 << 40}, "`size` is 1099511627776"),
        ({"size": "2"}, "`size` is `2`, where a whole number belongs"),
        ({"port": True}, "`true` without quotes is a boolean; a string is meant here"),
        ({"colour": "blue"}, "`colour` cannot be `blue`"),
        ({"big": "b"}, "`spec` has both `small` and `big`"),
        ({"labels": {"a": 1}}, "a string is meant here"),
        ({"tags": ["x", "x"]}, "`tags` holds `x` twice"),
        ({"parts": [{"name": "a"}, {"name": "a"}]}, "a second item with name `a`"),
        ({"parts": [{"nam": "a"}]}, "an item of `parts` has no key `nam`"),
        ({"parts": [{"name": "a", "made": "yesterday"}]}, "`made` cannot be `yesterday`"),
        ({"free": 1}, "`free` is `1`, where a mapping belongs"),
    ],
)
def test_an_object_that_does_not_fit_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    _import(tmp_path, CRD)
    code, output = _verify(tmp_path, monkeypatch, {**WIDGET, "spec": {**GOOD, **change}})
    assert code == 1
    assert words in output


def test_a_missing_required_field_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _import(tmp_path, CRD)
    assert "the object lacks `spec`" in _verify(tmp_path, monkeypatch, WIDGET)[1]


def test_versions_that_are_not_served_are_left_out_and_rules_in_cel_are_counted(tmp_path: Path) -> None:
    assert "imported 1 kind with 1 rule in CEL to" in _import(tmp_path, CRD)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("schemas/**/*.json")] == [
        "schemas/example.com/v1/Widget.json"
    ]


def test_importing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    _import(tmp_path, CRD)
    first = (tmp_path / path_of("example.com/v1", "Widget")).read_bytes()
    _import(tmp_path, json.dumps(yaml.safe_load(CRD)), "crd.json")
    assert (tmp_path / path_of("example.com/v1", "Widget")).read_bytes() == first


def _openapi(version: int) -> dict[str, Any]:
    """A cut of what an API server publishes, in OpenAPI v2 or v3."""
    prefix = "#/definitions/" if version == 2 else "#/components/schemas/"

    def ref(name: str) -> dict[str, Any]:
        return {"$ref": prefix + name} if version == 2 else {"allOf": [{"$ref": prefix + name}], "default": {}}

    kind = {
        "type": "object",
        "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Quota"}],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": ref("io.k8s.Meta"),
            "spec": ref("io.k8s.Spec"),
        },
    }
    definitions = {
        "io.k8s.Quota": kind,
        "io.k8s.Meta": {"type": "object", "properties": {"name": {"type": "string"}}},
        "io.k8s.Unused": {"type": "object", "properties": {"x": ref("io.k8s.Spec")}},
        "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string"},
        "io.k8s.Spec": {
            "type": "object",
            "properties": {
                "cpu": ref("io.k8s.apimachinery.pkg.api.resource.Quantity"),
                "port": {"type": "string", "format": "int-or-string"},
                "below": ref("io.k8s.Spec"),
            },
        },
    }
    if version == 2:
        return {"swagger": "2.0", "definitions": definitions}
    return {"openapi": "3.0.0", "components": {"schemas": definitions}}


@pytest.mark.parametrize("version", [2, 3])
def test_openapi_documents_of_an_api_server_give_schemas_that_stand_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    _import(tmp_path, json.dumps(_openapi(version)), "openapi.json")
    schema = json.loads((tmp_path / path_of("v1", "Quota")).read_text())["schema"]
    assert set(schema["$defs"]) == {"io.k8s.Spec"}
    quota = {"apiVersion": "v1", "kind": "Quota", "metadata": {"name": "a"}}
    spec = {"cpu": 2, "port": 80, "below": {"cpu": "2", "below": {"port": "http"}}}
    assert _verify(tmp_path, monkeypatch, {**quota, "spec": spec}) == (0, "judged 1 object\n")
    spec["below"] = {"below": {"prot": 1}}
    assert "`below` has no key `prot`" in _verify(tmp_path, monkeypatch, {**quota, "spec": spec})[1]


def test_a_file_that_defines_no_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: ConfigMap\napiVersion: v1\n")
    result = CliRunner().invoke(platformc, ["schemas", "import", str(tmp_path / "a.yaml"), "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert "defines no kind" in result.output
    assert not (tmp_path / "schemas").exists()


def test_a_broken_file_is_told_at_its_line_and_the_others_are_imported(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(CRD)
    (tmp_path / "bad.yaml").write_text("a: [\n")
    (tmp_path / "bad.json").write_text("{")
    files = [str(tmp_path / name) for name in ("bad.yaml", "good.yaml", "bad.json")]
    result = CliRunner().invoke(platformc, ["schemas", "import", *files, "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert "bad.yaml:2:1" in result.output
    assert "bad.json" in result.output
    assert (tmp_path / path_of("example.com/v1", "Widget")).exists()


@pytest.mark.parametrize("names", [("../../out", "Widget"), ("example.com", "../../../out"), ("", "a b")])
def test_names_that_lead_elsewhere_are_no_kinds_and_nothing_is_written(tmp_path: Path, names: tuple[str, str]) -> None:
    group, kind = names
    text = CRD.replace("group: example.com", f"group: '{group}'").replace("{kind: Widget,", f"{{kind: '{kind}',")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/crd.yaml").write_text(text)
    result = CliRunner().invoke(platformc, ["schemas", "import", str(tmp_path / "in"), "-o", str(tmp_path / "in")])
    assert result.exit_code == 1
    assert "defines no kind" in result.output
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["crd.yaml"]


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").symlink_to("/nowhere/at/all")
    (tmp_path / "good").mkdir()
    (tmp_path / "good/link.yaml").symlink_to("/nowhere/at/all")
    result = CliRunner().invoke(platformc, ["schemas", "import", str(tmp_path / "good"), "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert "PC1001" in result.output


ODD: tuple[Any, ...] = (
    None,
    7,
    "x",
    [],
    [7],
    {},
    {"a": 1},
    {"$ref": 3},
    {"properties": [1]},
    {"allOf": "x", "type": 3},
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "place", ["properties", "items", "allOf", "oneOf", "additionalProperties", "format", "required"]
)
def test_definitions_of_any_shape_are_read_without_an_exception(place: str, odd: Any) -> None:
    crd = yaml.safe_load(CRD)
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"][place] = odd
    (kind,) = imported(crd)
    assert kind.kind == "Widget"


@pytest.mark.skipif(not CRDS.is_dir(), reason="the published CRDs are not beside this checkout")
def test_golden_objects_fit_the_published_crds_and_one_key_more_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = store(tmp_path, published()).known()
    (tmp_path / "platform.yaml").touch()
    (tmp_path / "good").mkdir()
    (tmp_path / "bad").mkdir()
    number = 0
    for file in sorted(EXPECTED.glob("clusters/**/*.yaml")):
        body = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
        if (body["apiVersion"], body["kind"]) in known:
            number += 1
            (tmp_path / "good" / f"{number}.yaml").write_text(file.read_text())
            (tmp_path / "bad" / f"{number}.yaml").write_text(yaml.safe_dump({**body, "spec": {**body["spec"], "x": 1}}))
    assert number > 100
    monkeypatch.chdir(tmp_path)
    good = CliRunner().invoke(platformc, ["verify", "--schema-only", "good", "--format", "concise"])
    assert not re.search(r"PC50(02|11|12|13)", good.output), good.output
    bad = CliRunner().invoke(platformc, ["verify", "--schema-only", "bad", "--format", "concise"])
    assert bad.output.count("`spec` has no key `x`") == number
