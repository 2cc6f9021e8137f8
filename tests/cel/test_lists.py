from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions import lists

VALUES = [
    ("[1, 2, 2].isSorted()", True),
    ("[2, 1].isSorted()", False),
    ("['a', 'b'].isSorted()", True),
    ("[false, true].isSorted()", True),
    ("[].isSorted()", True),
    ("[duration('1s'), duration('1m')].isSorted()", True),
    ("[timestamp('2024-01-02T00:00:00Z'), timestamp('2024-01-01T00:00:00Z')].isSorted()", False),
    ("object.numbers.isSorted()", False),
    ("[1, 3].sum()", 4),
    ("[1.0, 3.0].sum()", 4.0),
    ("[].sum()", 0),
    ("object.halves.sum()", 2.0),
    ("[1u, 2u].sum() == 3u", True),
    ("object.numbers.map(x, x * 2).sum() > 11", True),
    ("object.numbers.min()", 1),
    ("object.numbers.max()", 3),
    ("['b', 'a'].min()", "a"),
    ("[true, false].max()", True),
    ("[1].max()", 1),
    ("object.mixed.min()", 1),
    ("object.words.indexOf('b')", 0),
    ("object.words.lastIndexOf('b')", 2),
    ("object.words.indexOf('c')", -1),
    ("object.nothing.indexOf('c')", -1),
    ("object.numbers.indexOf(1)", 1),
    ("object.mixed.indexOf(1.0)", 0),
    ("object.mixed.indexOf(true)", -1),
    ("[[1], [2]].indexOf([2])", 1),
    ("[{'a': 1}].indexOf({'a': 1})", 0),
    ("[true, false].lastIndexOf(false)", 1),
    ("[duration('1s')].indexOf(duration('1s'))", 0),
    ("[1, 2].includes(2)", True),
    ("object.words.includes('c')", False),
    ("'a'.includes('a')", True),
    ("object.text.includes('h')", False),
    ("object.whole.includes(3)", True),
    # what the engine brings
    ("[3, 1, 2].sort()", [1, 2, 3]),
    ("object.words.sort()", ["a", "b", "b"]),
    ("[{'n': 2}, {'n': 1}].sortBy(x, x.n).map(x, x.n)", [1, 2]),
    ("[1, 1, 2].distinct()", [1, 2]),
    ("[1, 2, 3].slice(1, 3)", [2, 3]),
    ("[[1], [2, [3]]].flatten()", [1, 2, [3]]),
    ("[[1], [2, [3]]].flatten(2)", [1, 2, 3]),
    ("[1, 2].reverse()", [2, 1]),
    ("lists.range(3)", [0, 1, 2]),
]
TROUBLES = [
    ("[].min()", "min called on empty list"),
    ("object.nothing.max()", "max called on empty list"),
    ("object.words.sum()", "no such overload for string"),
    ("object.mixed.sum()", "no such overload for int, string"),
    ("[9223372036854775807, 9223372036854775807, 9223372036854775807].sum()", "integer overflow"),
    ("[[1], [2]].isSorted()", "no such overload for list"),
    ("[object.unset].min()", "no such overload for null_type"),
    ("object.text.sum()", "no such overload"),
    ("[1].slice(0, 2)", "list is length 1"),
    ("object.mixed.sort()", "same type"),
    ("lists.range(-1)", "reserve"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_does_what_kubernetes_does(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize(("text", "words"), TROUBLES)
def test_it_fails_where_kubernetes_fails(judge: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        judge(text)


def test_numbers_are_not_truth_values() -> None:
    assert not lists.includes([1], True)  # noqa: FBT003 -- a value of the language
    assert lists.index_of([True, 1], 1) == 1
    assert not lists.includes([{"a": 1}], {"a": True})
