from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions.text_format import text_format

VALUES: list[tuple[str, list[Any], str]] = [
    ("plain", [], "plain"),
    ("%s and %s", ["a", "b"], "a and b"),
    ("100%%", [], "100%"),
    ("%%%s%%", ["a"], "%a%"),
    ("%s %s %s", [True, False, None], "true false null"),
    ("%s", [7], "7"),
    ("%s", [2.71], "2.71"),
    ("%s", [2.0], "2"),
    ("%s", [0.000000002], "2e-09"),
    ("%s", [1234567.0], "1.234567e+06"),
    ("%s", [-0.5], "-0.5"),
    ("%s", [0.0], "0"),
    ("%s %s %s", [float("inf"), float("-inf"), float("nan")], "+Inf -Inf NaN"),
    ("%s", [b"ab"], "ab"),
    ("%s", [timedelta(hours=1, milliseconds=500)], "3600.5s"),
    ("%s", [datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)], "2024-02-03T04:05:06Z"),
    ("%s", [datetime(2024, 2, 3, 4, 5, 6, 120000, tzinfo=UTC)], "2024-02-03T04:05:06.12Z"),
    ("%s", [[1, "a", 2.5, None, [True]]], '[1, "a", 2.500000, null, [true]]'),
    ("%s", [{"b": 1, "a": "x"}], '{"a":"x", "b":1}'),
    ("%s", [{2: "x", True: 1.0}], '{2:"x", true:1.000000}'),
    ("%s", [[timedelta(seconds=1), b"x"]], '[duration("1s"), b"x"]'),
    ("%s", [[datetime(2024, 1, 1, tzinfo=UTC)]], '[timestamp("2024-01-01T00:00:00Z")]'),
    ("%s", [['a"\n\x01é\u200b']], r'["a\"\n\x01é\u200b"]'),
    ("%s", [[float("nan"), float("inf")]], '["NaN", "+Inf"]'),
    ("%d %d", [5, -5], "5 -5"),
    ("%f", [2.71828], "2.718280"),
    ("%.2f", [1234567.891], "1,234,567.89"),
    ("%.0f", [2.5], "2"),
    ("%f %f %f", ["NaN", "Infinity", "-Infinity"], "NaN ∞ -∞"),
    ("%e", [1052.032911275], "1.052033\u202f\u00d7\u202f10⁰³"),
    ("%.1e", [0.00025], "2.5\u202f\u00d7\u202f10⁻⁰⁴"),
    ("%b %b %b", [5, -5, True], "101 -101 1"),
    ("%o %o", [11, -11], "13 -13"),
    ("%x %X %x", [30, 30, -30], "1e 1E -1e"),
    ("%x %X", ["Hi", b"\x00\xff"], "4869 00FF"),
    ("%s", ["unused", "too"], "unused"),
]
TROUBLES: list[tuple[str, list[Any], str]] = [
    ("%s", [], "index 0 out of range"),
    ("%d %d", [1], "index 1 out of range"),
    ("%", [1], "unexpected end of string"),
    ("%.3", [1.0], "a precision has no end"),
    ("%.f", [1.0], "a precision has no digits"),
    ("%.99999999f", [1.0], "too large"),
    ("%a", [1], 'unrecognized formatting clause "a"'),
    ("%E", [1.0], 'unrecognized formatting clause "E"'),
    ("%d", ["a"], "integers, was given string"),
    ("%d", [True], "integers, was given bool"),
    ("%d", [1.0], "integers, was given double"),
    ("%f", [1], "doubles, was given int"),
    ("%e", [None], "doubles, was given null_type"),
    ("%b", ["a"], "binary, was given string"),
    ("%o", [1.5], "integers, was given double"),
    ("%x", [1.5], "hex, was given double"),
    ("%s", [{"@quantity": "1"}], "was given kubernetes.Quantity"),
    ("%s", [{1.5: 1}], "no such overload for double"),
]


@pytest.mark.parametrize(("text", "values", "made"), VALUES)
def test_clauses_are_filled_in(text: str, values: list[Any], made: str) -> None:
    assert text_format(text, values) == made


@pytest.mark.parametrize(("text", "values", "words"), TROUBLES)
def test_what_cannot_be_filled_in_is_an_error(text: str, values: list[Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        text_format(text, values)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("'%s has %d of %s'.format([object.text, object.whole, object.words])", 'héllo has 3 of ["b", "a", "b"]'),
        ("'%s %s'.format([type(1), type(duration('1s'))])", "int google.protobuf.Duration"),
        ("'%s'.format([[1, 2].map(x, x * 2)])", "[2, 4]"),
        ("'%s'.format([null])", "null"),
    ],
)
def test_expressions_fill_in_values(judge: Callable[[str], Any], text: str, made: str) -> None:
    assert judge(text) == made


def test_an_error_is_one_in_an_expression(judge: Callable[[str], Any]) -> None:
    with pytest.raises(EvaluationError, match="index 1 out of range"):
        judge("'%s %s'.format(['a'])")
