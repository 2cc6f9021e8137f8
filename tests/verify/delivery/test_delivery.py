"""Objects of Argo CD and Flux, and files of kustomize, that point at nothing; and what only looks as if it did."""

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.verify import delivery
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.world import Facts, World
from tests.verify.judged import all_faults

ENV = "https://git.example/env"
ACCOUNT = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}"


def told(files: dict[str, str]) -> list[str]:
    """Return what is found in files of one cluster, as `CODE Kind name`."""
    items = [item for path, text in files.items() for item in items_of(path, text.encode(), Bag())]
    world = World(items, Facts(files=frozenset(files)), whole=True)
    return [f"{fault.code} {fault.item.kind} {fault.item.name}".strip() for fault in all_faults(delivery, world)]


def one(*objects: str) -> list[str]:
    return told({"a.yaml": "\n---\n".join(objects)})


def project(
    destinations: str = "{name: in-cluster, namespace: shop}", repositories: str = ENV, name: str = "shop"
) -> str:
    spec = f"{{destinations: [{destinations}], sourceRepos: ['{repositories}']}}"
    return f"{{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {{name: {name}}}, spec: {spec}}}"


def app(
    of: str = "shop",
    to: str = "name: in-cluster, namespace: shop",
    repository: str = ENV,
    path: str = ".",
    name: str = "a",
) -> str:
    source = f"{{repoURL: '{repository}', path: {path}}}"
    spec = f"{{project: {of}, destination: {{{to}}}, source: {source}}}"
    return f"{{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {{name: {name}}}, spec: {spec}}}"


def flux(kind: str, name: str, spec: str = "") -> str:
    group = "source" if kind.endswith("Repository") else "kustomize"
    head = f"apiVersion: {group}.toolkit.fluxcd.io/v1, kind: {kind}"
    return f"{{{head}, metadata: {{name: {name}, namespace: flux}}, spec: {{{spec}}}}}"


def source(name: str) -> str:
    return f"sourceRef: {{kind: GitRepository, name: {name}}}"


def kustomization(fields: str) -> str:
    return f"{{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, {fields}}}"


SERVER = "https://kubernetes.default.svc"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([project(), app("shopp")], ["PC5401 Application a"]),
        ([project(), app()], []),
        ([project(), app("default")], []),
        ([app("made-elsewhere")], []),
        ([project(), app(to="name: in-cluster, namespace: web")], ["PC5402 Application a"]),
        ([project(), app(to="name: other, namespace: shop")], ["PC5402 Application a"]),
        ([project(), app(to="name: in-cluster")], []),
        ([project("{name: in-cluster, namespace: 'shop-*'}"), app(to="name: in-cluster, namespace: shop-a")], []),
        ([project("{name: '*', namespace: '*'}, {namespace: '!shop', name: '*'}"), app()], ["PC5402 Application a"]),
        ([project(f"{{server: '{SERVER}', namespace: shop}}"), app()], []),
        ([project(f"{{server: '{SERVER}', namespace: shop}}"), app(to="name: east, namespace: shop")], []),
        (
            [project("{name: east, namespace: shop}"), app(to=f"server: '{SERVER}', namespace: shop")],
            ["PC5402 Application a"],
        ),
        ([project("{server: '*', namespace: shop}"), app()], []),
        ([project(), app(repository="https://git.example/other")], ["PC5402 Application a"]),
        ([project(), app(repository=f"{ENV}.git")], []),
        ([project(repositories="https://git.example/*"), app()], []),
        ([project(repositories="*"), app(repository="https://elsewhere.example/a")], []),
    ],
)
def test_applications_keep_to_a_project_that_exists(objects: list[str], expected: list[str]) -> None:
    assert one(*objects) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([flux("GitRepository", "env"), flux("Kustomization", "a", source("evn"))], ["PC5403 Kustomization a"]),
        ([flux("GitRepository", "env"), flux("Kustomization", "a", source("env"))], []),
        ([flux("GitRepository", "env"), flux("Kustomization", "a", source("flux-system"))], []),
        ([flux("Kustomization", "a", source("made-elsewhere"))], []),
        ([flux("Kustomization", "a", "dependsOn: [{name: b}]")], ["PC5403 Kustomization a"]),
        ([flux("Kustomization", "a", "dependsOn: [{name: b}]"), flux("Kustomization", "b")], []),
        ([flux("Kustomization", "a", "dependsOn: [{name: b, namespace: other}]")], []),
    ],
)
def test_objects_of_flux_name_others_that_exist(objects: list[str], expected: list[str]) -> None:
    assert one(*objects) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("clusters/prod/shop/web", []),
        ("env/clusters/prod/shop", []),
        ("./clusters/prod/_delivery/", []),
        ("clusters/prod", []),
        ("clusters/prod/shop/wob", ["PC5404 Application a"]),
        ("clusters/prod/sho", ["PC5404 Application a"]),
        ("clusters/other/shop/wob", []),
        ("charts/wob", []),
    ],
)
def test_folder_that_is_delivered_holds_something(path: str, expected: list[str]) -> None:
    tree = {
        "out/clusters/prod/_delivery/a.yaml": app(path=path),
        "out/clusters/prod/_delivery/b.yaml": app(path="clusters/prod/shop/web", name="b"),
        "out/clusters/prod/shop/web/account.yaml": ACCOUNT,
    }
    assert told(tree) == expected


def test_folders_of_a_repository_that_is_not_this_one_are_not_judged() -> None:
    elsewhere = app(path="clusters/prod/addons", repository="https://git.example/infra")
    here = app(path="clusters/prod/shop", name="b")
    files = {"clusters/prod/a.yaml": elsewhere, "clusters/prod/b.yaml": here, "clusters/prod/shop/web.yaml": ACCOUNT}
    assert told(files) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("resources: [web.yaml]", []),
        ("resources: [./web.yaml]", []),
        ("resources: [wob.yaml]", ["PC5405 Kustomization"]),
        ("resources: [web.yaml, below/wob.yaml]", ["PC5405 Kustomization"]),
        ("resources: [../base/wob.yaml, below, 'https://git.example/a.yaml']", []),
        ("resources: []", ["PC5406 Kustomization"]),
        ("namespace: shop", ["PC5406 Kustomization"]),
        ("configMapGenerator: [{name: a}]", []),
    ],
)
def test_kustomize_lists_files_that_are_there(fields: str, expected: list[str]) -> None:
    assert told({"app/kustomization.yaml": kustomization(fields), "app/web.yaml": ACCOUNT}) == expected


def test_kustomization_alone_in_its_folder_is_not_judged() -> None:
    assert told({"app/kustomization.yaml": kustomization("resources: [web.yaml]")}) == []
