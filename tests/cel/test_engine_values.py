"""Values come out of the engine whole, and take nothing with them."""

import subprocess
import sys

import pytest

from platform_compiler.cel.engine import Optional, activation, language

LANGUAGE = language("object")
OBJECT = activation({"object": {"a": None, "list": [None, 1], "map": {"z": None, "b": "x", "a": 1.5}}})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("object.a", None),
        ("object.list", [None, 1]),
        ("object.map", {"a": 1.5, "b": "x", "z": None}),
        ("object.?a", Optional("optional.of(null)")),
        ("object.?x", Optional("optional.none()")),
        ("[object.?map.b]", [Optional('optional.of("x")')]),
        ("{'k': object.?x}", {"k": Optional("optional.none()")}),
    ],
)
def test_values_of_every_kind_come_out(text: str, value: object) -> None:
    assert LANGUAGE.compile(text).value(OBJECT) == value


def test_an_optional_value_says_whether_it_holds_something() -> None:
    assert LANGUAGE.compile("object.?a").value(OBJECT).present
    assert not LANGUAGE.compile("object.?x").value(OBJECT).present


def test_maps_come_out_in_the_order_of_their_keys() -> None:
    assert list(LANGUAGE.compile("object.map").value(OBJECT)) == ["a", "b", "z"]


def test_any_number_of_nulls_can_be_read() -> None:
    code = (
        "from platform_compiler.cel.engine import activation, language\n"
        "known = activation({'object': {'a': [None] * 200}})\n"
        "expression = language('object').compile('object.a')\n"
        "assert all(expression.value(known) == [None] * 200 for _ in range(200))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
