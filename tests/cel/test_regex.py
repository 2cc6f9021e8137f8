from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError

VALUES = [
    ("'abc 123'.find('[0-9]+')", "123"),
    ("'abc 123'.find('[0-9]*')", ""),
    ("'abc'.find('x')", ""),
    ("'aXb'.find('(?i)x')", "X"),
    ("object.text.find('é.')", "él"),
    ("'123 abc 456'.findAll('[0-9]+')", ["123", "456"]),
    ("'123 abc 456'.findAll('[0-9]+', 1)", ["123"]),
    ("'123 abc 456'.findAll('[0-9]+', 0)", []),
    ("'123 abc 456'.findAll('[0-9]+', -1)", ["123", "456"]),
    ("'abc'.findAll('x')", []),
    ("'1a'.findAll('[0-9]*')", ["1", ""]),
    ("'ab'.findAll('(a)(b)')", ["ab"]),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_it_finds_what_go_finds(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\\1", "[z-a]"])
def test_a_pattern_outside_of_re2_is_an_error(
    judge: Callable[[str], Any], pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(EvaluationError, match="illegal regex"):
        judge(f"'a'.find('{pattern}')")
    assert capfd.readouterr() == ("", "")
