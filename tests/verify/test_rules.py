"""Rules in CEL of imported kinds: what they see, what they say, and what is told of those that cannot be judged."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_compiler.diagnostics import Diagnostic
from platform_compiler.schema.imported import imported
from tests.verify.imports import definition, store
from tests.verify.judged import diagnostics

RULES = "x-kubernetes-validations"
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
# A kind with everything that a rule may see in its own way.
SPEC: dict[str, Any] = {
    "type": "object",
    "properties": {
        "size": {**WHOLE, "default": 2},
        "share": {"type": "number"},
        "note": {**TEXT, "nullable": True, "default": "none"},
        "namespace": TEXT,
        "a-b.c/d": TEXT,
        "two__lines": TEXT,
        "port": {"x-kubernetes-int-or-string": True},
        "start": {**TEXT, "format": "date-time"},
        "day": {**TEXT, "format": "date"},
        "wait": {**TEXT, "format": "duration"},
        "key": {**TEXT, "format": "byte"},
        "times": {"type": "array", "items": {**TEXT, "format": "date-time"}},
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": TEXT},
        "list": {"type": "array", "items": TEXT},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {"type": "object", "properties": {"name": TEXT, "size": {**WHOLE, "default": 1}}},
        },
        "inner": {"type": "object", "properties": {"mode": {**TEXT, "default": "slow"}}},
        "made": {"type": "object", "default": {}, "properties": {"mode": {**TEXT, "default": "slow"}}},
        "labels": {"type": "object", "additionalProperties": {**TEXT, "nullable": True}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
GIVEN: dict[str, Any] = {
    "share": 1,
    "namespace": "shop",
    "a-b.c/d": "odd",
    "two__lines": "x",
    "port": "http",
    "start": "2026-01-02T03:04:05Z",
    "day": "2026-01-02",
    "wait": "1m30s",
    "key": "YWJj",
    "times": ["2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z"],
    "tags": ["x", "z"],
    "list": ["x", "z"],
    "parts": [{"name": "a"}, {"name": "b", "size": 4}],
    "inner": {},
    "labels": {"app.kubernetes.io/name": "web", "none": None},
    "free": {"any": [1, {"thing": True}]},
}


def _judged(folder: Path, schema: dict[str, Any], spec: Any) -> tuple[Diagnostic, ...]:
    kinds = store(folder, imported(definition(schema)))
    metadata = {"name": "web", "namespace": "shop"}
    body = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "spec": spec}
    return diagnostics(yaml.safe_dump(body, sort_keys=False), imported=kinds)


def _words(folder: Path, schema: dict[str, Any], spec: Any) -> list[str]:
    return [f"{found.code} {found.message}" for found in _judged(folder, schema, spec)]


def _with(*rules: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties or SPEC["properties"], RULES: list(rules)}


@pytest.mark.parametrize(
    "rule",
    [
        "self.size == 2",
        "type(self.share) == double && self.share / 2.0 == 0.5",
        "self.note == 'none'",
        "self.__namespace__ == 'shop'",
        "self.a__dash__b__dot__c__slash__d == 'odd'",
        "self.two__underscores__lines == 'x'",
        "has(self.__namespace__) && !has(self.gone)",
        "type(self.port) == string && self.port == 'http'",
        "self.start < timestamp('2026-01-03T00:00:00Z') && self.start.getHours() == 3",
        "self.day.getMonth() == 0 && self.day.getDayOfMonth() == 1",
        "self.wait > duration('1m') && self.wait == duration('90s')",
        "self.start + self.wait > self.start",
        "self.key == b'abc' && size(self.key) == 3",
        "self.times.all(t, t > timestamp('2025-01-01T00:00:00Z'))",
        "self.times.filter(t, t.getMonth() == 4)[0] > self.times[0]",
        "self.?start.orValue(timestamp('2020-01-01T00:00:00Z')) == self.start",
        "self.?start.optMap(t, t.getFullYear()).orValue(0) == 2026",
        "self.tags == ['z', 'x'] && !(self.tags != ['z', 'x'])",
        "self.tags != ['x'] && self.tags != ['x', 'w']",
        "self.list != ['z', 'x'] && self.list == ['x', 'z']",
        "self.parts == [{'name': 'b', 'size': 4}, {'name': 'a', 'size': 1}]",
        "self.parts != [{'name': 'b', 'size': 4}, {'name': 'a', 'size': 2}]",
        "self.parts.map(p, p.size) == [1, 4]",
        "self.inner.mode == 'slow' && self.made.mode == 'slow'",
        "self.labels['app.kubernetes.io/name'] == 'web' && self.labels['none'] == null",
        "self.free == self.free",
    ],
)
def test_a_rule_sees_what_the_api_server_shows_it(tmp_path: Path, rule: str) -> None:
    assert _words(tmp_path, _with({"rule": rule}), GIVEN) == []
    told = _words(tmp_path, _with({"rule": f"!({rule})", "message": "no"}), GIVEN)
    assert told == ["PC5011 Widget `shop/web`: a rule of its kind refuses it: no"]


def test_defaults_invent_no_parents_and_null_is_filled_only_where_it_may_not_stand(tmp_path: Path) -> None:
    schema = _with({"rule": "!has(self.inner) && !has(self.note) && self.size == 2"})
    assert _words(tmp_path, schema, {"inner": None, "note": None, "size": None}) == []


def test_the_root_of_an_object_knows_its_kind_and_its_name(tmp_path: Path) -> None:
    whole = definition({"type": "object"})
    schema = whole["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema[RULES] = [{"rule": "self.kind == 'Widget' && self.metadata.name == 'api'", "message": "it is not api"}]
    body = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "web", "namespace": "shop"}}
    (told,) = diagnostics(yaml.safe_dump(body), imported=store(tmp_path, imported(whole)))
    assert told.message == "Widget `shop/web`: a rule of its kind refuses it: it is not api"


def test_rules_of_every_level_are_judged_at_their_own_value(tmp_path: Path) -> None:
    no = {"rule": "self != 'bad'"}
    item = {**TEXT, RULES: [{**no, "message": "item"}]}
    value = {**TEXT, RULES: [{**no, "message": "value"}]}
    schema = _with(
        list={"type": "array", "items": item},
        map={"type": "object", "additionalProperties": value},
        name={**TEXT, "allOf": [{RULES: [{**no, "message": "condition"}]}]},
    )
    told = _judged(tmp_path, schema, {"list": ["good", "bad"], "map": {"x": "good", "a.b": "bad"}, "name": "bad"})
    assert [(found.message.rpartition(": ")[2], found.span.line) for found in told] == [
        ("item", 9),
        ("value", 12),
        ("condition", 13),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"message": " min is above max\n"}, "min is above max"),
        ({"message": "fixed", "messageExpression": "'min ' + string(self.min)"}, "min 3"),
        ({"message": "fixed", "messageExpression": "self.gone"}, "fixed"),
        ({"message": "fixed", "messageExpression": "''"}, "fixed"),
        ({"message": "fixed", "messageExpression": "'a\\nb'"}, "fixed"),
        ({"message": "fixed", "messageExpression": "oldSelf.min == 1 ? 'a' : 'b'"}, "fixed"),
        ({"messageExpression": "self.gone"}, "failed rule: `self.min <= self.max`"),
        ({}, "failed rule: `self.min <= self.max`"),
    ],
)
def test_a_rule_speaks_in_its_own_words(tmp_path: Path, rule: dict[str, Any], words: str) -> None:
    schema = _with({"rule": "self.min <= self.max", **rule}, min=WHOLE, max=WHOLE)
    assert _words(tmp_path, schema, {"min": 3, "max": 2}) == [
        f"PC5011 Widget `shop/web`: a rule of its kind refuses it: {words}"
    ]


@pytest.mark.parametrize(("path", "line"), [(".min", 7), (".labels['a.b']", 9), (".labels", 8), ("", 6)])
def test_a_rule_points_at_the_field_that_it_names(tmp_path: Path, path: str, line: int) -> None:
    labels = {"type": "object", "additionalProperties": TEXT}
    schema = _with({"rule": "self.min < 1", "fieldPath": path}, min=WHOLE, labels=labels)
    (told,) = _judged(tmp_path, schema, {"min": 3, "labels": {"a.b": "c"}})
    assert told.span.line == line


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, "the rule is"),
        ("FieldValueInvalid", "the rule is"),
        ("FieldValueRequired", "a value is needed here: the rule is"),
        ("FieldValueForbidden", "no value may stand here: the rule is"),
        ("FieldValueDuplicate", "the value is there already: the rule is"),
    ],
)
def test_the_reason_of_a_rule_is_part_of_the_cure(tmp_path: Path, reason: str | None, words: str) -> None:
    rule = {"rule": "self.min < 1", **({"reason": reason} if reason else {})}
    (told,) = _judged(tmp_path, _with(rule, min=WHOLE), {"min": 3})
    assert told.help == (f"{words} `self.min < 1`",)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("self.gone > 1", "no such key: gone"),
        ("int(self.note) > 1", "cannot convert string to int"),
        ("self.list[7] == 'x'", "index out of bounds: 7"),
        ("self.port > 1", "no such overload"),
        ("self.note", "its value is neither true nor false"),
    ],
)
def test_a_rule_without_a_verdict_refuses(tmp_path: Path, rule: str, words: str) -> None:
    (told,) = _words(tmp_path, _with({"rule": rule}), {"note": "x", "list": ["a"], "port": "http"})
    assert told.startswith("PC5012 Widget `shop/web`: a rule of its kind has no verdict: ")
    assert words in told


def test_a_rule_that_counts_for_too_long_refuses(tmp_path: Path) -> None:
    schema = _with({"rule": "self.list.all(a, self.list.all(b, a + b != 'x'))"})
    (told,) = _words(tmp_path, schema, {"list": [str(number) for number in range(200)]})
    assert told.startswith("PC5012")


def test_a_number_that_the_language_does_not_know_refuses(tmp_path: Path) -> None:
    (told,) = _words(tmp_path, _with({"rule": "self.size > 1"}), {"size": 1 << 70})
    assert told.startswith("PC5012")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"rule": "self.size >"}, "Syntax error"),
        ({"rule": "other > 1"}, "undeclared reference to 'other'"),
        ({"rule": "isEven(self.size)"}, "undeclared reference to 'isEven'"),
        ({"rule": "1 + 1"}, "its value is a int, not a bool"),
        ({"rule": "true", "messageExpression": "self.size +"}, "Syntax error"),
        ({"rule": "true", "messageExpression": "1"}, "its value is a int, not a string"),
        ({"rule": "self.size" + " + 1" * 40 + " > 1"}, ""),
    ],
)
def test_a_rule_that_does_not_compile_is_told_once_at_its_schema(
    tmp_path: Path, rule: dict[str, Any], words: str
) -> None:
    kinds = store(tmp_path, imported(definition(_with(rule))))
    body = {"apiVersion": "example.com/v1", "kind": "Widget", "spec": {"size": 1}}
    text = yaml.safe_dump_all({**body, "metadata": {"name": name, "namespace": "shop"}} for name in ("a", "b"))
    (told,) = diagnostics(text, imported=kinds)
    assert told.code == "PC5013"
    assert told.message.startswith("Widget: a rule of `spec` does not compile: ")
    assert words in told.message
    assert told.span.path == "schemas/example.com/v1/Widget.json"


def test_transition_rules_are_left_out_unless_they_do_without_an_old_object(tmp_path: Path) -> None:
    changed = {"rule": "self.size == oldSelf.size", "message": "changed"}
    optional = {"rule": "oldSelf.hasValue() || self.size > 1", "optionalOldSelf": True, "message": "first"}
    assert _words(tmp_path, _with(changed, optional), {"size": 1}) == [
        "PC5011 Widget `shop/web`: a rule of its kind refuses it: first"
    ]


def test_objects_of_an_unsound_shape_are_not_judged_by_rules(tmp_path: Path) -> None:
    told = _words(tmp_path, _with({"rule": "self.size > 9"}), {"size": "x"})
    assert [words.split()[0] for words in told] == ["PC5002"]


@pytest.mark.parametrize("odd", [None, 7, "x", [7], [{"rule": 7}], {"rule": "false"}, [{"rule": " "}], [{}]], ids=repr)
def test_what_is_no_rule_refuses_nothing(tmp_path: Path, odd: Any) -> None:
    assert _words(tmp_path, {**_with(), RULES: odd}, {"size": 1}) == []
