"""What manifests declare as existing raises no alarm in `compile`; what nothing declares does in `verify`."""

import shutil
from datetime import date
from pathlib import Path

import yaml

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.verify.judged import codes, found

BASE = Path(__file__).parents[2] / "fixtures" / "base"
EXISTING = {
    "secrets": {"byhand": {"existing": True}, "db": {"store": "vault", "path": "shop/db", "keys": {"password": "pw"}}},
    "configMaps": {"shared": {"existing": True}, "own": {"a": "b"}},
    "imagePullSecrets": ["registry"],
    "scheduling": {"priorityClass": "high"},
    "volumes": {"data": {"claim": "orders"}},
    "files": {"/data": {"volume": "data"}},
    "env": {
        "A": {"secret": "byhand", "key": "a"},
        "B": {"configMap": "shared", "key": "b"},
        "C": {"secret": "db", "key": "password"},
        "D": {"configMap": "own", "key": "a"},
    },
}


def compiled(directory: Path) -> tuple[list[str], str]:
    """Compile the base repository with an application that uses what exists; return the findings and the output."""
    shutil.copytree(BASE, directory)
    path = directory / "teams/shop/web.yaml"
    manifest = yaml.safe_load(path.read_text())
    manifest["spec"] |= EXISTING
    path.write_text(yaml.safe_dump(manifest))
    bag = Bag()
    output = compile_tree(Directory(directory), date(2026, 6, 1), bag)
    assert output is not None
    texts = [data.decode() for name, data in output.files.items() if "/prod/" in f"/{name}" and name.endswith(".yaml")]
    return [f"{d.code} {d.message}" for d in bag.sorted()], "\n---\n".join(texts)


def test_what_manifests_declare_as_existing_is_promised(tmp_path: Path) -> None:
    findings, output = compiled(tmp_path / "repository")
    assert findings == []
    told = [line for line in found(output) if line.startswith(("PC5135", "PC5137"))]
    assert told == [
        "PC5137 Deployment shop/web: Secret shop/byhand is not among what is judged",
        "PC5137 Deployment shop/web: ConfigMap shop/shared is not among what is judged",
        "PC5137 Deployment shop/web: Secret shop/registry is not among what is judged",
        "PC5135 Deployment shop/web: there is no PersistentVolumeClaim shop/orders",
    ]


def test_an_object_of_unsound_shape_still_counts_as_there() -> None:
    pods = "{metadata: {labels: {a: b}}, spec: {serviceAccountName: web, containers: [{name: a, image: b}]}}"
    spec = f"{{selector: {{matchLabels: {{a: b}}}}, template: {pods}}}"
    web = f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web, namespace: shop}}, spec: {spec}}}"
    account = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}, surprise: 1}"
    assert codes(web) == {"PC5135"}
    assert codes(f"{web}\n---\n{account}") == {"PC5002"}


def test_number_with_a_zero_in_front_is_octal_as_for_kubectl() -> None:
    volume = "{name: v, configMap: {name: c, optional: true, defaultMode: %s}}"
    container = "{name: a, image: b, volumeMounts: [{name: v, mountPath: /v}]}"
    spec = f"{{containers: [{container}], volumes: [{volume}]}}"
    pod = f"{{apiVersion: v1, kind: Pod, metadata: {{name: web, namespace: shop}}, spec: {spec}}}"
    assert codes(pod % "0755") == set()
    assert codes(pod % "755") == {"PC5002"}
    assert codes(pod % "0400") == set()
    assert codes(pod % "400") == {"PC5111"}
