from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions.maps import insert


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 1, 'b': 2}.transformMap(k, v, v * 2)", {"a": 2, "b": 4}),
        ("{'a': 1, 'b': 2}.transformMap(k, v, k != 'a', 'x')", {"b": "x"}),
        ("['x', 'y'].transformMap(i, v, v)", {0: "x", 1: "y"}),
        ("{'a': [1]}.transformMap(k, v, v)", {"a": [1]}),
        ("{'a': {'b': true}}.transformMap(k, v, v)", {"a": {"b": True}}),
        ("{'a': 1.5}.transformMap(k, v, v)", {"a": 1.5}),
        ("{}.transformMap(k, v, v)", {}),
    ],
)
def test_maps_are_transformed(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


def test_a_null_in_a_transformed_map_is_an_error_and_never_a_verdict(judge: Callable[[str], Any]) -> None:
    with pytest.raises(EvaluationError, match="no such overload"):
        judge("{'a': object.unset}.transformMap(k, v, v)")


def test_a_key_is_not_inserted_twice() -> None:
    with pytest.raises(ValueError, match="key a already exists"):
        insert({"a": 1}, "a", 2)
