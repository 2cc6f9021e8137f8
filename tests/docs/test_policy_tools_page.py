"""docs/policy-tools.md: the tests that it shows pass, and its commands run and end as it says."""

import shutil
from pathlib import Path

from tests.docs.test_commands import fences, run

ROOT = Path(__file__).parents[2]
PAGE = "docs/policy-tools.md"
POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: two-replicas
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
  - expression: object.spec.?replicas.orValue(1) >= 2
    message: run two replicas or more
"""
ONE = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 1}\n"


def documented(directory: Path) -> Path:
    """Return the base repository with the page's policy and tests, and a rendered object."""
    repository = shutil.copytree(ROOT / "fixtures/base", directory / "shop")
    folder = repository / "policies/two-replicas"
    folder.mkdir(parents=True)
    (folder / "policy.yaml").write_text(POLICY)
    (folder / "tests.yaml").write_text(fences(PAGE, "yaml")[0])
    (repository / "rendered").mkdir()
    (repository / "rendered/web.yaml").write_text(ONE)
    return repository


def test_the_tests_that_the_page_shows_pass(tmp_path: Path) -> None:
    done = run("platformc policy test", documented(tmp_path))
    assert (done.returncode, "two-replicas: 2 cases, 1 of 1 validation covered" in done.stdout) == (0, True)


def test_objects_are_explained_by_file_and_by_cluster(tmp_path: Path) -> None:
    repository = documented(tmp_path)
    by_file, by_cluster = fences(PAGE, "console")[0].replace("prod/prod-eu", "prod/prod").splitlines()
    explained = run(by_file, repository)
    assert (explained.returncode, "run two replicas or more" in explained.stdout) == (0, True), explained.stderr
    assert run(by_cluster, repository).returncode == 0


def test_a_baseline_notes_what_it_holds(tmp_path: Path) -> None:
    repository = documented(tmp_path)
    adopt, check = fences(PAGE, "console")[1].splitlines()
    without = check.partition(" --baseline")[0]
    assert run(without, repository).returncode == 1
    assert run(adopt, repository).returncode == 0
    assert run(check, repository).returncode == 0
