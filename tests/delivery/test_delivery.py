"""Argo CD and Flux find everything, once; what they may delete is guarded; C6 and C10 of the acceptance list."""

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from platform_compiler.blueprints.resource import Batch, Resource
from platform_compiler.context.delivery import Delivery
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.emit.file import File, sheaf_of
from platform_compiler.emit.layout import Folder, Output, lay_out
from platform_compiler.emit.limits import check_names, check_sizes, names_in
from tests import plain_yaml

ROOT = Path(__file__).parents[2]
EXPECTED = ROOT / "fixtures" / "expected" / "online-boutique"
CRDS = ROOT.parent / "shared" / "crds"
ARGO = ("prod-eu", "prod-us", "staging")
FOLDERS = {"dev": "nonprod", "staging": "nonprod", "prod-eu": "prod", "prod-us": "prod"}


def objects(folder: Path) -> list[dict[str, Any]]:
    return [plain_yaml.read(path.read_text()) for path in sorted(folder.glob("*.yaml"))]


def delivered(cluster: str) -> list[dict[str, Any]]:
    return objects(EXPECTED / "clusters" / cluster / "_delivery")


def path_of(body: dict[str, Any]) -> str | None:
    """Return the folder that a delivery object applies, relative to the output's root."""
    spec = body["spec"]
    path = spec.get("path") if body["kind"] == "Kustomization" else spec.get("source", {}).get("path")
    return str(path).removeprefix("./").partition("/")[2] if path else None


@pytest.mark.parametrize("cluster", FOLDERS)
def test_c10_every_folder_is_applied_exactly_once_and_every_path_exists(cluster: str) -> None:
    referenced = Counter(path for body in delivered(cluster) if (path := path_of(body)))
    folders = {
        file.parent.relative_to(EXPECTED).as_posix() for file in (EXPECTED / "clusters" / cluster).rglob("*.yaml")
    }
    assert set(referenced) == folders
    assert set(referenced.values()) == {1}


@pytest.mark.parametrize("cluster", FOLDERS)
def test_paths_start_with_the_folder_of_the_environment(cluster: str) -> None:
    for body in delivered(cluster):
        path = body["spec"].get("path") or body["spec"].get("source", {}).get("path")
        assert path is None or path.removeprefix("./").startswith(f"{FOLDERS[cluster]}/clusters/{cluster}/")


def test_names_are_unique_over_all_clusters() -> None:
    names = Counter(
        (body["kind"], body["metadata"]["name"])
        for cluster in FOLDERS
        for body in delivered(cluster)
        if body["kind"] != "GitRepository"
    )
    assert set(names.values()) == {1}


def test_a_name_that_is_too_long_is_cut_and_stays_unique() -> None:
    long, longer = ("a" * 40, "b" * 40), ("a" * 40, "b" * 39 + "c")
    names = {Delivery._name(*words) for words in (long, longer)}
    assert len(names) == 2
    assert all(len(name) <= 63 for name in names)
    assert Delivery._name("short", "name") == "short.name"


@pytest.mark.parametrize("cluster", ARGO)
def test_argo_cd_folders_hold_no_kustomization(cluster: str) -> None:
    assert not list((EXPECTED / "clusters" / cluster).rglob("kustomization.yaml"))


@pytest.mark.parametrize("cluster", ARGO)
def test_a_team_may_deliver_to_its_own_namespaces_only_and_nothing_cluster_wide(cluster: str) -> None:
    bodies = delivered(cluster)
    projects = {b["metadata"]["name"]: b["spec"] for b in bodies if b["kind"] == "AppProject"}
    for body in bodies:
        if body["kind"] == "Application":
            project = projects[body["spec"]["project"]]
            assert body["spec"]["destination"] in project["destinations"]
            assert body["spec"]["source"]["repoURL"] in project["sourceRepos"]
    for name, project in projects.items():
        if not name.endswith(".platform"):
            assert project["clusterResourceWhitelist"] == []
            assert len(project["destinations"]) == 1
        assert "*" not in str(project)


def test_a_team_called_platform_has_a_project_of_its_own() -> None:
    """The platform's project may make namespaces; a team's may not, however it is called."""
    bodies = objects(ROOT / "fixtures/expected/organisation/clusters/prod-eu/_delivery")
    projects = {b["metadata"]["name"]: b["spec"] for b in bodies if b["kind"] == "AppProject"}
    assert projects["prod-eu.platform"]["clusterResourceWhitelist"]
    assert projects["prod-eu.platform.team"]["clusterResourceWhitelist"] == []
    collector = next(b for b in bodies if b["metadata"]["name"] == "prod-eu.platform-services.collector")
    assert collector["spec"]["project"] == "prod-eu.platform.team"


def test_an_empty_folder_never_deletes_what_runs() -> None:
    applications = [b for cluster in ARGO for b in delivered(cluster) if b["kind"] == "Application"]
    assert applications
    assert all("allowEmpty" not in body["spec"]["syncPolicy"]["automated"] for body in applications)


def test_the_root_leaves_what_it_applied_when_it_is_deleted() -> None:
    for cluster in ARGO:
        applications = [b["metadata"] for b in delivered(cluster) if b["kind"] == "Application"]
        found = {metadata["name"]: metadata.get("finalizers") for metadata in applications}
        assert found[f"{cluster}.root"] is None
        assert found[f"{cluster}.cart"] == ["resources-finalizer.argocd.argoproj.io"]


def test_flux_neither_substitutes_nor_forces() -> None:
    found = [body for body in delivered("dev") if body["kind"] == "Kustomization"]
    assert found
    assert not any(key in body["spec"] for body in found for key in ("postBuild", "force"))


def test_flux_applies_an_application_after_its_namespace() -> None:
    found = {
        b["metadata"]["name"]: b["spec"].get("dependsOn") for b in delivered("dev") if b["kind"] == "Kustomization"
    }
    assert found["dev.cart.cartservice"] == [{"name": "dev.cart"}]
    assert found["dev.cart"] is None
    assert {d["name"] for depends in found.values() if depends for d in depends} <= set(found)


@pytest.mark.parametrize(
    ("cluster", "key", "value"),
    [
        ("dev", "kustomize.toolkit.fluxcd.io/prune", "disabled"),
        ("prod-eu", "argocd.argoproj.io/sync-options", "Prune=confirm,Delete=confirm"),
    ],
)
def test_namespaces_are_guarded_against_deletion_and_nothing_else_is(cluster: str, key: str, value: str) -> None:
    bodies = [plain_yaml.read(path.read_text()) for path in (EXPECTED / "clusters" / cluster).rglob("*.yaml")]
    guarded = {b["kind"] for b in bodies if b["metadata"].get("annotations", {}).get(key) == value}
    assert guarded == {"Namespace"}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")
def test_c10_kustomize_builds_every_flux_root_to_our_objects(tmp_path: Path) -> None:
    def known(body: dict[str, Any]) -> tuple[str, ...]:
        metadata = body["metadata"]
        return body["apiVersion"], body["kind"], metadata.get("namespace", ""), metadata["name"]

    folders = sorted({path.parent for path in (EXPECTED / "clusters" / "dev").rglob("*.yaml")})
    assert len(folders) > 10
    for number, folder in enumerate(folders):
        copy = tmp_path / str(number)
        shutil.copytree(folder, copy)
        names = sorted(path.name for path in copy.glob("*.yaml") if path.name != "kustomization.yaml")
        if folder.name == "_delivery":  # Flux makes the list of a folder without one by itself, of all its files
            (copy / "kustomization.yaml").write_text(yaml.safe_dump({"resources": names}))
        built = subprocess.run(["kubectl", "kustomize", str(copy)], capture_output=True, text=True, check=True).stdout
        ours = [plain_yaml.read((folder / name).read_text()) for name in names]
        assert sorted(map(known, yaml.safe_load_all(built))) == sorted(map(known, ours))


def closed(schema: Any) -> Any:
    """Return a CRD's schema in which fields that it does not know are refused."""
    if isinstance(schema, dict):
        made = {key: closed(value) for key, value in schema.items()}
        if (
            made.get("type") == "object"
            and "properties" in made
            and not made.get("x-kubernetes-preserve-unknown-fields")
        ):
            made.setdefault("additionalProperties", False)
        return made
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


@pytest.mark.skipif(not CRDS.exists(), reason="needs the published CRDs")
def test_c10_delivery_objects_fit_the_published_crds() -> None:
    schemas = {}
    for name in ("argo-cd/application", "argo-cd/appproject", "flux/gitrepositories", "flux/kustomizations"):
        crd = plain_yaml.read((CRDS / f"{name}.yaml").read_text())["spec"]
        for version in crd["versions"]:
            key = f"{crd['group']}/{version['name']}", crd["names"]["kind"]
            schemas[key] = closed(version["schema"]["openAPIV3Schema"]["properties"]["spec"])
    checked = 0
    for cluster in FOLDERS:
        for body in delivered(cluster):
            jsonschema.validate(body["spec"], schemas[body["apiVersion"], body["kind"]])
            checked += 1
    assert checked > 50


def laid(*paths: str, size: int = 1) -> tuple[Output, list[Folder]]:
    span = Span("teams/shop/web.yaml", 4, 9, 4, 12)
    unit = Unit("c", "app", "shop/web", "clusters/c/shop/web")
    resource = Resource(unit, {}, span, span)
    folders: dict[str, Folder] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        sheaf = sheaf_of([resource], [File({}, name, b"x" * size, name)])
        folders.setdefault(folder, Folder(folder, [], {})).sheaves.append(sheaf)
    return Output(dict.fromkeys(paths, b""), {unit: paths}, dict.fromkeys(paths, resource)), list(folders.values())


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (laid(*(f"clusters/c/a/{n}.yaml" for n in range(500))), []),
        (laid(*(f"clusters/c/a/{n}.yaml" for n in range(501))), [("PC6003", Severity.WARNING)]),
        (laid(*(f"clusters/c/a/{n}.yaml" for n in range(2001))), [("PC6003", Severity.ERROR)]),
        (laid("clusters/c/a/1.yaml", "clusters/c/a/2.yaml", size=4_000_000), []),
        (laid("clusters/c/a/1.yaml", "clusters/c/a/2.yaml", size=4_000_001), [("PC6003", Severity.ERROR)]),
        (laid("c/" + "a" * 198), []),
        (laid("c/" + "a" * 199), [("PC6004", Severity.ERROR)]),
        (laid("clusters/c/a/conf.yaml"), []),
        (laid("clusters/c/CON/a.yaml"), [("PC6005", Severity.ERROR)]),
        (laid("clusters/c/a/kustomization.yml"), [("PC6005", Severity.ERROR)]),
    ],
)
def test_c6_limits_of_folders_paths_and_names(
    made: tuple[Output, list[Folder]], found: list[tuple[str, Severity]]
) -> None:
    bag = Bag()
    check_sizes(*made, bag)
    check_names(names_in(*made), bag)
    assert [(d.code, d.severity) for d in bag.sorted()] == found


def test_names_that_paths_cannot_hold_are_escaped_reversibly() -> None:
    unit = Unit("c", "cluster", "c", "clusters/c/_cluster")
    span = Span("clusters/c.yaml")
    body = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "system:x"}}
    made = lay_out([Batch(unit, [Resource(unit, body, span, span)])], Bag())
    assert list(made.files) == ["clusters/c/_cluster/clusterrole-system%3Ax.yaml"]
    other = made.resources[next(iter(made.files))]._replace(body={**body, "metadata": {"name": "system-x"}})
    assert list(lay_out([Batch(unit, [other])], Bag()).files) == ["clusters/c/_cluster/clusterrole-system-x.yaml"]


@pytest.mark.parametrize("parts", [2, 1])
def test_two_names_that_differ_in_case_alone_are_told_however_they_come(parts: int) -> None:
    unit = Unit("c", "cluster", "c", "clusters/c/_cluster")
    span = Span("clusters/c.yaml")
    kind = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
    one, other = (Resource(unit, {**kind, "metadata": {"name": name}}, span, span) for name in ("reader", "Reader"))
    bag = Bag()
    made = lay_out([Batch(unit, [one]), Batch(unit, [other])] if parts > 1 else [Batch(unit, [one, other])], bag)
    assert [found.code for found in bag.sorted()] == ["PC6002"]
    assert list(made.files) == ["clusters/c/_cluster/clusterrole-reader.yaml"]
