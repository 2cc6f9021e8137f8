"""What a template makes may be of any shape: it is refused where it is no resource, and never a crash."""

from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.small_repository import AS_OF, SmallRepository

CONTRACT = """
apiVersion: platformc.dev/v1
kind: Blueprint
metadata: {name: custom}
spec:
  part: workload
  version: 1.0.0
  context: 1
  emits: [ConfigMap, NetworkPolicy, AuthorizationPolicy]
  honours: [image, ports, resources, scale]
"""
POLICY = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: x, namespace: shop}, spec: %s}"
RULES = "{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: x, namespace: shop}, spec: %s}"
LACKING = {
    "{apiVersion: v1, kind: [ConfigMap], metadata: {name: x}}": "`kind` is no text",
    "{apiVersion: v1, kind: {a: b}, metadata: {name: x}}": "`kind` is no text",
    "{apiVersion: v1, kind: 7, metadata: {name: x}}": "`kind` is no text",
    "{apiVersion: v1, metadata: {name: x}}": "`kind` is missing",
    "{kind: ConfigMap, metadata: {name: x}}": "`apiVersion` is missing",
    "{apiVersion: [v1], kind: ConfigMap, metadata: {name: x}}": "`apiVersion` is no text",
}
SHAPELESS = (
    POLICY % "[a]",
    POLICY % "{podSelector: {}, ingress: {from: [{}]}}",
    POLICY % "{podSelector: {}, ingress: [a]}",
    POLICY % "{podSelector: {}, ingress: [{from: 1}]}",
    RULES % "[a]",
    RULES % "{rules: [a]}",
    RULES % "{rules: [{from: [a]}]}",
    RULES % "{rules: [{from: [{source: [a]}]}]}",
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: [x], spec: {podSelector: {}}}",
)


def found_in(root: Path, made: str) -> list[tuple[str, str]]:
    repository = SmallRepository(root)
    folder = root / "blueprints" / "custom" / "1.0.0"
    (folder / "app").mkdir(parents=True)
    (folder / "blueprint.yaml").write_text(CONTRACT)
    (folder / "app" / "made.yaml").write_text(made)
    repository.app("shop/web", blueprint="custom@1")
    bag = Bag()
    compile_tree(Directory(root), AS_OF, bag)
    return [(one.code, one.message) for one in bag.sorted()]


@pytest.mark.parametrize("made", LACKING)
def test_what_has_no_kind_or_version_as_a_text_is_no_resource(tmp_path: Path, made: str) -> None:
    assert ("PC4202", f"it makes no resource: {LACKING[made]}") in found_in(tmp_path / "repository", made)


@pytest.mark.parametrize("made", SHAPELESS)
def test_a_policy_of_the_wrong_shape_is_refused_by_its_schema(tmp_path: Path, made: str) -> None:
    codes = {code for code, _ in found_in(tmp_path / "repository", made)}
    assert codes & {"PC5002", "PC4302"}
