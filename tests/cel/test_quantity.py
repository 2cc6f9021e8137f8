from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import BadExpressionError, EvaluationError
from platform_compiler.cel.functions import quantity

GOOD = ["0", "1", "-1", "+1", "1.5", ".5", "1.", "100m", "1u", "1n", "2k", "3M", "4G", "5T", "6P", "7E"]
GOOD += ["1Ki", "1.5Mi", "2Gi", "3Ti", "4Pi", "5Ei", "1e3", "1E3", "1e-3", "12E+6", "007"]
BAD = [
    "",
    "1K",
    "1ki",
    "1Mo",
    "1mi",
    "10Mm",
    "Mi1",
    "1,3G",
    "Three",
    "1 ",
    " 1",
    "1e",
    "1e1.5",
    "1.5.5",
    "--1",
    "1i",
    "٣",
]

SAME = [
    ("1Gi", "1024Mi"),
    ("200M", "0.2G"),
    ("0.5", "500m"),
    ("1e3", "1k"),
    ("1000n", "1u"),
    ("-0", "0"),
    ("1.5Ki", "1536"),
    ("0.1n", "1n"),
    ("9Ei", "8Ei"),
]

VALUES = [
    ("quantity('50M').isLessThan(quantity('50Mi'))", True),
    ("quantity('100M').isLessThan(quantity('50M'))", False),
    ("quantity('50Mi').isGreaterThan(quantity('50M'))", True),
    ("quantity('50M').compareTo(quantity('50Mi'))", -1),
    ("quantity('50Mi').compareTo(quantity('50M'))", 1),
    ("quantity('0.2G').compareTo(quantity('200M'))", 0),
    ("quantity('50k').add(quantity('20')) == quantity('50.02k')", True),
    ("quantity('50k').add(20) == quantity('50020')", True),
    ("quantity('50k').sub(quantity('20')) == quantity('49.98k')", True),
    ("quantity('50k').sub(20000) == quantity('30k')", True),
    ("quantity('50k').add(20).sub(quantity('100k')).sub(-50000).asInteger()", 20),
    ("quantity('1').sub(quantity('1500m')) == quantity('-500m')", True),
    ("sign(quantity('-3'))", -1),
    ("sign(quantity('0'))", 0),
    ("sign(quantity('1n'))", 1),
    ("quantity('50k').asInteger()", 50000),
    ("quantity('-5k').asInteger()", -5000),
    ("quantity('1Gi').asInteger()", 1073741824),
    ("quantity('50.703k').asApproximateFloat()", 50703.0),
    ("quantity('100m').asApproximateFloat()", 0.1),
    ("isQuantity('1Gi')", True),
    ("isQuantity('1gb')", False),
    ("quantity('1') != quantity('2')", True),
    ("quantity('1') in [quantity('1000m')]", True),
    ("[quantity('1Gi'), quantity('1024Mi')].distinct().size()", 1),
    ("object.map.all(k, isQuantity(k))", False),
]
INTEGERS = [
    ("50", True),
    ("50k", True),
    ("50000000G", True),
    ("1Gi", True),
    ("1e3", True),
    ("-7", True),
    ("1.5", False),
    ("100m", False),
    # Whole, but held with a fraction or with a scale below zero:
    ("1000m", False),
    ("1.0", False),
    ("1.5Gi", False),
    ("1.5k", True),
    # Too large for 64 bits, or for the short way of holding it:
    ("9999999999999999999999999999999999999G", False),
    ("10E", False),
    ("9223372036854775807", False),
    ("999999999999999999", True),
    ("100000Gi", False),
    ("10000Gi", True),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_quantity_is_one(text: str) -> None:
    assert quantity.is_quantity(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert not quantity.is_quantity(text)
    with pytest.raises(ValueError, match=r"quantit"):
        quantity.quantity(text)


@pytest.mark.parametrize(("left", "right"), SAME)
def test_equal_quantities_are_equal_values(judge: Callable[[str], Any], left: str, right: str) -> None:
    assert judge(f"quantity('{left}') == quantity('{right}')") is True


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize(("text", "whole"), INTEGERS)
def test_a_whole_number_is_what_the_api_server_holds_as_one(
    judge: Callable[[str], Any], text: str, *, whole: bool
) -> None:
    assert judge(f"quantity('{text}').isInteger()") is whole
    if not whole:
        with pytest.raises(EvaluationError, match="cannot convert value to integer"):
            judge(f"quantity('{text}').asInteger()")


@pytest.mark.parametrize(
    ("expression", "whole"),
    [
        ("quantity('1').add(quantity('1'))", True),
        ("quantity('1').add(quantity('1000m'))", False),
        ("quantity('0m').add(5)", True),
        ("quantity('5').sub(quantity('0m'))", True),
        ("quantity('1.5Gi').add(1)", False),
        ("quantity('9E').add(quantity('9E'))", False),
    ],
)
def test_sums_stay_whole_where_both_are(judge: Callable[[str], Any], expression: str, *, whole: bool) -> None:
    assert judge(f"{expression}.isInteger()") is whole


def test_a_quantity_beyond_all_numbers_is_infinite_as_one() -> None:
    assert quantity.as_approximate_float(quantity.quantity("1e399")) == float("inf")
    assert quantity.as_approximate_float(quantity.quantity("-1e399")) == float("-inf")


@pytest.mark.parametrize("text", ["1e401", "1e-9999999999", "1E99999999999999999999"])
def test_an_exponent_without_end_costs_no_memory(text: str) -> None:
    assert not quantity.is_quantity(text)


@pytest.mark.parametrize("text", ["quantity('1').compareTo(semver('1.0.0'))", "object.map.add(1)", "quantity('1K')"])
def test_other_values_are_refused(judge: Callable[[str], Any], text: str) -> None:
    with pytest.raises(EvaluationError, match=r"no such overload|suffix"):
        judge(text)


def test_sign_is_no_method_as_it_is_none_in_a_cluster(judge: Callable[[str], Any]) -> None:
    with pytest.raises(BadExpressionError, match="sign"):
        judge("quantity('1').sign()")
