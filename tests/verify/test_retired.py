"""API versions that are gone, or soon will be, are told before anything else about the object."""

import pytest
import yaml

from platform_compiler.verify import retired
from platform_compiler.verify.versions import Versions, version
from tests.verify.judged import found
from tests.verify.published import names

BUDGET = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {surprise: 1}\n"
SCALER = "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
ENDPOINTS = "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n"


def at(minor: int) -> Versions:
    return Versions(kubernetes=(1, minor))


def test_a_version_that_is_gone_is_the_only_finding() -> None:
    assert found(BUDGET) == [
        "PC5006 PodDisruptionBudget web: policy/v1beta1 PodDisruptionBudget is no longer served since Kubernetes 1.25"
    ]


@pytest.mark.parametrize(
    ("text", "minor", "code"),
    [
        (SCALER, 26, "PC5006"),
        (SCALER, 25, "PC5007"),
        (ENDPOINTS, 33, "PC5007"),
    ],
)
def test_versions_are_deprecated_and_then_gone(text: str, minor: int, code: str) -> None:
    assert found(text, versions=at(minor))[0].startswith(code)


def test_a_version_that_will_be_deprecated_later_is_fine() -> None:
    assert found(ENDPOINTS, versions=at(32)) == []


def test_a_deprecated_object_is_judged_all_the_same() -> None:
    codes = [one.split()[0] for one in found(f"{ENDPOINTS}surprise: 1\n", versions=at(33))]
    assert codes == ["PC5007", "PC5002"]


def test_the_table_says_what_the_published_schemas_say() -> None:
    table = yaml.safe_load(retired._text())
    gone = {tuple(name.split()): version(row["removed"])[1] for name, row in table.items() if "removed" in row}
    for kind, minor in gone.items():
        served = [other for other in range(25, 38) if kind in names(other)]
        assert served == list(range(served[0], minor)) if served else minor <= 25, kind


def test_the_table_knows_every_beta_that_went_since_1_25() -> None:
    table = yaml.safe_load(retired._text())
    before = {kind for minor in range(25, 37) for kind in names(minor)}
    went = {kind for kind in before - names(37).keys() if "beta" in kind[0] and not kind[1].endswith("List")}
    assert {" ".join(kind) for kind in went} <= table.keys()
