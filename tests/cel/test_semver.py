from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions import comparison, semver

GOOD = ["1.2.3", "0.0.0", "1.0.0-alpha.1", "1.0.0+build", "1.0.0-rc.1+b.2", "1.0.0-0", "1.0.0--", "1.0.0+001"]
BAD = ["", "1", "1.2", "v1.2.3", "01.2.3", "1.02.3", "1.2.03", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.3-a..b", "1.2.x"]
BAD += ["1.2.3.4", " 1.2.3", "99999999999999999999.0.0", "1.2.3-ä", "200K"]
NORMAL = [
    ("v1.2.3", "1.2.3"),
    ("1", "1.0.0"),
    ("v1.2", "1.2.0"),
    ("01.02.03", "1.2.3"),
    ("00.0.000", "0.0.0"),
    ("1.2.03-rc", "1.2.3-rc"),
    ("1.2.-rc", "1.2.0-rc"),
]
NOT_NORMAL = ["vv1", "1.2-rc", "1+b", "", "1.2.3-01", "x"]
ORDERED = ["0.9.9", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc"]
ORDERED += ["1.0.0", "1.0.1-0", "1.0.10", "1.1.0", "2.0.0"]
VALUES = [
    ("isSemver('1.0.0')", True),
    ("isSemver('v1.0')", False),
    ("isSemver('v1.0', true)", True),
    ("isSemver('v1.0', false)", False),
    ("semver('v1.2', true) == semver('1.2.0')", True),
    ("semver('1.0.0+a') == semver('1.0.0+b')", True),
    ("semver('1.0.0-a') == semver('1.0.0')", False),
    ("semver('1.2.3').major()", 1),
    ("semver('1.2.3').minor()", 2),
    ("semver('1.2.3').patch()", 3),
    ("semver('1.2.3').isLessThan(semver('1.10.0'))", True),
    ("semver('1.2.3').isGreaterThan(semver('1.2.3-rc'))", True),
    ("semver('1.2.3').compareTo(semver('1.2.3+x'))", 0),
    ("semver('1.2.3').compareTo(semver('2.0.0'))", -1),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_version_is_one(text: str) -> None:
    assert semver.is_semver(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_version_is_none(text: str) -> None:
    assert not semver.is_semver(text)


@pytest.mark.parametrize(("text", "normal"), NORMAL)
def test_a_version_is_made_normal(text: str, normal: str) -> None:
    assert semver.semver(text, normalize=True) == semver.semver(normal)


@pytest.mark.parametrize("text", NOT_NORMAL)
def test_what_cannot_be_made_normal_is_no_version(text: str) -> None:
    assert not semver.is_semver(text, normalize=True)


@pytest.mark.parametrize(("less", "more"), list(pairwise(ORDERED)))
def test_versions_are_ordered_by_precedence(less: str, more: str) -> None:
    assert comparison.is_less_than(semver.semver(less), semver.semver(more))
    assert comparison.is_greater_than(semver.semver(more), semver.semver(less))


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize(
    ("text", "words"), [("semver('v1')", "not a semantic version"), ("quantity('1').major()", "no such overload")]
)
def test_it_fails_where_kubernetes_fails(judge: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        judge(text)
