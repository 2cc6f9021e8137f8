from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions.formats import CHECKS

LONG = "a" * 64
FORMATS: dict[str, tuple[list[str], list[str]]] = {
    "dns1123Label": (["my-name", "1a", "a" * 63], ["", "A", "a.b", "-a", "a-", "a b", LONG, "a\n"]),
    "dns1123Subdomain": (["a.b-c.d", "apps.k8s.io"], ["", "a..b", "A.b", ".a", "a.", "a" * 254]),
    "dns1035Label": (["my-name", "a1"], ["1a", "a.b", "A", LONG]),
    "qualifiedName": (["my.name", "a.io/My_name"], ["", "a/b/c", "/a", "a/", "A.io/a", "-a", f"a/{LONG}"]),
    "dns1123LabelPrefix": (["my-name-", "a", "A-"], ["", "-", "AB-", "a b-"]),
    "dns1123SubdomainPrefix": (["my.name-", "a.b.-"], ["AB-", "a b-"]),
    "dns1035LabelPrefix": (["my-name-"], ["1a-", "a b-"]),
    "labelValue": (["", "a", "A_b.c-1"], ["-a", "a!", "a\n", LONG]),
    "uri": (["http://h", "/path"], ["h", ""]),
    "uuid": (
        ["123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000"],
        ["", "123e4567", "g23e4567-e89b-12d3-a456-426614174000"],
    ),
    "byte": (["aGVsbG8=", "YQ==", "YWJj"], ["", "aGVsbG8", "a", "====", "aGVs bG8="]),
    "date": (["2024-02-29", "0000-01-01"], ["2023-02-29", "2024-13-01", "2024-1-1", "20240101", ""]),
    "datetime": (
        ["2024-01-01T00:00:00Z", "2024-01-01t23:59:59.123+01:00"],
        ["2024-01-01", "2024-01-32T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00"],
    ),
}


def test_every_format_is_tested() -> None:
    assert FORMATS.keys() == CHECKS.keys()


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_tells_good_from_bad(name: str) -> None:
    good, bad = FORMATS[name]
    assert [one for one in good if CHECKS[name](one)] == []
    assert [one for one in bad if not CHECKS[name](one)] == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_known_by_its_name(judge: Callable[[str], Any], name: str) -> None:
    assert judge(f"format.named('{name}').value() == format.{name}()") is True
    assert judge(f"format.{name}().validate('{FORMATS[name][0][0]}').hasValue()") is False


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("format.dns1123Label().validate('A').hasValue()", True),
        ("!format.dns1123Label().validate('a').hasValue()", True),
        ("format.date().validate('x').value()", ["invalid date"]),
        ("format.date().validate('x').value().join('; ')", "invalid date"),
        ("format.date().validate('x').orValue([])", ["invalid date"]),
        ("format.date().validate('2024-01-01').orValue([]).size()", 0),
        ("format.named('x').hasValue()", False),
        ("format.date().validate('x')[?0].orValue('')", "invalid date"),
        ("format.named('date').optMap(f, f.validate('x').hasValue()).orValue(false)", True),
        ("object.words.all(w, !format.dns1123Label().validate(w).hasValue())", True),
        ("format.date() == format.datetime()", False),
    ],
)
def test_troubles_are_optional(judge: Callable[[str], Any], text: str, value: object) -> None:
    assert judge(text) == value


@pytest.mark.parametrize("text", ["format.named('x').value()", "format.date().validate('2024-01-01').value()"])
def test_no_value_is_an_error_where_one_is_read(judge: Callable[[str], Any], text: str) -> None:
    with pytest.raises(EvaluationError, match="none"):
        judge(text)


def test_only_formats_validate(judge: Callable[[str], Any]) -> None:
    with pytest.raises(EvaluationError, match="no such overload for map"):
        judge("object.map.validate('x').hasValue()")
