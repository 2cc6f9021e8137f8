"""docs/verify.md: every command of the page succeeds on what a small platform compiles to."""

from pathlib import Path

import pytest

from tests.docs.test_commands import fences, run

PAGE = "docs/verify.md"
CRD = """\
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
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    assert run("platformc init shop", folder).returncode == 0
    repository = folder / "shop"
    assert run("platformc compile -o env", repository).returncode == 0
    (repository / "crds.yaml").write_text(CRD)
    return repository


def commands() -> list[str]:
    return [line.strip() for body in fences(PAGE, "console") for line in body.splitlines()]


@pytest.mark.parametrize("command", commands())
def test_command_of_the_page_succeeds(shop: Path, command: str) -> None:
    done = run(command, shop)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_shows_both_verbs() -> None:
    assert {command.split()[1] for command in commands()} == {"verify", "schemas"}
