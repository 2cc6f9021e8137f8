"""`platformc verify`: files, folders and streams; what is whole and what is not; exit codes and summaries."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from platform_compiler.cli.main import platformc

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers: [{name: web, image: "ghcr.io/acme/web:1.0.0"}]
"""
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}\n"
WIDGET = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: web, namespace: shop}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rendered").mkdir()
    return tmp_path / "rendered"


def verify(*arguments: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(platformc, ["verify", *arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_folder_is_a_whole_cluster_and_a_missing_account_is_told(folder: Path) -> None:
    (folder / "web.yaml").write_text(DEPLOYMENT)
    result = verify("rendered", "--format", "concise")
    assert result.exit_code == 1
    assert "rendered/web.yaml:9:27: error[" in result.stdout
    (folder / "account.yml").write_text(ACCOUNT)
    assert verify("rendered").exit_code == 0


def test_what_a_single_file_refers_to_is_not_looked_for(folder: Path) -> None:
    (folder / "web.yaml").write_text(DEPLOYMENT)
    result = verify("rendered/web.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "judged 1 object\n")


def test_stdin_is_read_as_a_whole(folder: Path) -> None:
    assert folder.exists()
    assert verify("-", stdin=f"{DEPLOYMENT}---\n{ACCOUNT}").exit_code == 0
    result = verify("-", "--format", "concise", stdin=DEPLOYMENT)
    assert result.exit_code == 1
    assert result.stdout.startswith("<stdin>:9:27: error[")


def test_clusters_below_a_folder_of_that_name_are_judged_apart(folder: Path) -> None:
    for cluster in ("a", "b"):
        (folder / "clusters" / cluster).mkdir(parents=True)
        (folder / "clusters" / cluster / "all.yaml").write_text(f"{DEPLOYMENT}---\n{ACCOUNT}")
    result = verify("rendered")
    assert (result.exit_code, result.stderr) == (0, "judged 4 objects on 2 clusters\n")


def test_schema_only_does_not_look_at_what_objects_say_of_each_other(folder: Path) -> None:
    (folder / "web.yaml").write_text(DEPLOYMENT)
    assert verify("rendered", "--schema-only").exit_code == 0


def test_a_kind_without_a_schema_is_counted_and_fails_strict_runs(folder: Path) -> None:
    (folder / "widget.yaml").write_text(WIDGET)
    result = verify("rendered")
    assert result.exit_code == 0
    assert result.stderr == "judged 1 object; not checked, as no schema knows them: 1 Widget\n"
    strict = verify("rendered", "--strict", "--format", "concise")
    assert strict.exit_code == 1
    assert "error[PC5001]" in strict.stdout


def test_a_kind_that_is_misspelled_or_too_new_is_told_in_any_run(folder: Path) -> None:
    (folder / "web.yaml").write_text(DEPLOYMENT.replace("Deployment", "Deploymnet"))
    (folder / "policy.yaml").write_text(
        "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: web}\n"
    )
    result = verify("rendered", "--kubernetes-version", "1.29", "--format", "concise")
    assert result.exit_code == 1
    assert "error[PC5001]" in result.stdout
    assert "error[PC5008]" in result.stdout


def test_nothing_but_schemas_is_looked_for_beside_what_is_judged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "account.yaml").write_text(ACCOUNT)
    (folder.parent / "beside").mkdir()
    seen: list[str] = []
    walk = os.walk

    def watched(top: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        for entry in walk(top):
            seen.append(entry[0])
            yield entry

    monkeypatch.setattr(os, "walk", watched)
    assert verify("rendered", "--strict").exit_code == 0
    assert {Path(path).name for path in seen} == {"rendered"}


def test_a_warning_fails_strict_runs_alone(folder: Path) -> None:
    (folder / "web.yaml").write_text(
        DEPLOYMENT.replace("      containers:", "      containers:").replace(
            'image: "ghcr.io/acme/web:1.0.0"', "image: web, envFrom: [{secretRef: {name: db}}]"
        )
    )
    (folder / "account.yaml").write_text(ACCOUNT)
    result = verify("rendered", "--format", "concise")
    assert "warning[" in result.stdout
    assert "error[" not in result.stdout
    assert result.exit_code == 0
    assert verify("rendered", "--strict").exit_code == 1


def test_versions_decide_what_is_known(folder: Path) -> None:
    (folder / "budget.yaml").write_text(
        "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {maxUnavailable: 1}\n"
    )
    assert "PC5006" in verify("rendered", "--kubernetes-version", "v1.25.3").stdout
    result = verify("rendered", "--kubernetes-version", "latest")
    assert result.exit_code == 2
    assert "'latest' is no version such as 1.33" in result.stderr


def test_services_get_json_with_every_label(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(ACCOUNT)
    report = json.loads(verify("rendered", "--format", "json").stdout)
    (finding,) = report["diagnostics"]
    assert finding["code"] == "PC5005"
    assert [label["path"] for label in finding["labels"]] == ["rendered/two.yaml", "rendered/one.yaml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a folder or files"),
        (("nowhere",), "there is no nowhere"),
        (("rendered", "--against", "env"), "it goes without FILES"),
    ],
)
def test_wrong_use_is_told_in_words(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    assert folder.exists()
    result = verify(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_broken_files_are_told_and_hide_no_others(folder: Path) -> None:
    (folder / "broken.yaml").write_text("a: [\n")
    (folder / "binary.json").write_bytes(b"\xff\xfe")
    (folder / "bomb.yaml").write_text(
        "a: &a [x, x]\n"
        + "".join(
            f"{n}: &{n} [*{p}, *{p}]\n"
            for n, p in zip("bcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxy", strict=True)
        )
    )
    (folder / "twice.yaml").write_text("apiVersion: v1\napiVersion: v1\nkind: Pod\n")
    (folder / "web.yaml").write_text(DEPLOYMENT.replace("matchLabels", "matchLabel"))
    output = verify("rendered", "--format", "concise").stdout
    for path, code in (
        ("broken.yaml", "PC1006"),
        ("binary.json", "PC1002"),
        ("bomb.yaml", "PC1010"),
        ("twice.yaml", "PC1007"),
        ("web.yaml", "PC5002"),
    ):
        assert any(f"rendered/{path}" in line and code in line for line in output.splitlines()), path
    assert "ServiceAccount" not in output


def test_lists_anchors_merge_keys_and_json_are_read_as_kubectl_reads_them(folder: Path) -> None:
    (folder / "list.yaml").write_text(
        """\
apiVersion: v1
kind: List
items:
- &account
  apiVersion: v1
  kind: ServiceAccount
  metadata: {name: web, namespace: shop}
- <<: *account
  metadata: {name: api, namespace: shop}
- {<<: *account, metadata: {name: Wrong_, namespace: shop}}
"""
    )
    (folder / "one.json").write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": 1}}))
    output = verify("rendered", "--format", "concise").stdout
    assert "rendered/list.yaml:10:35" in output
    assert "rendered/one.json:1:64" in output
    assert len(output.splitlines()) == 2


def test_patches_of_a_kustomization_are_left_out(folder: Path) -> None:
    (folder / "account.yaml").write_text(ACCOUNT)
    (folder / "patch.yaml").write_text(ACCOUNT)
    assert verify("rendered").exit_code == 1
    (folder / "kustomization.yaml").write_text("resources: [account.yaml]\npatches: [{path: patch.yaml}]\n")
    result = verify("rendered")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "judged 2 objects; left out 1 file that a kustomization works in\n"
