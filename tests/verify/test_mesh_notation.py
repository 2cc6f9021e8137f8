"""The notation of the profile says what it means, and what it refuses is told in words."""

from typing import Any

import pytest
from jsonschema_rs import validator_for

from platform_compiler.diagnostics import Bag
from platform_compiler.schema.walk import breaches
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.verify.profile.notation import Reader
from platform_compiler.verify.versions import Versions
from tests.verify.judged import found

WHERE_OTHER = {
    "mode": "Open|Shut",
    "size": "int",
    "name": "str",
    "where mode is Open": {"needs": ["size"], "size": "int 1..", "without": ["name"]},
}
CASES: list[tuple[Any, str, list[str]]] = [
    ({"a..2": ["int"]}, "a: [1, 2]", []),
    ({"a..2": ["int"]}, "a: [1, 2, 3]", ["`a` has 3 items; at most 2 fit"]),
    ({"a..1": {"*": "int"}}, "a: {b: 1, c: 2}", ["`a` has 2 entries; at most 1 fit"]),
    ({"a..2": "str"}, "a: abc", ["`a` has 3 characters; at most 2 fit"]),
    ({"a": "/^[a-z]+$/ small letters"}, "a: B", ["`a` cannot be `B`"]),
    ({"a": "int 1|2"}, "a: 3", ["`a` cannot be `3`"]),
    ({"a": "int 1|2"}, "a: 2", []),
    ({"a": {"*$key": "int"}}, "a: {X: 1}", ["a key cannot be `X`"]),
    (WHERE_OTHER, "mode: Shut", []),
    (WHERE_OTHER, "name: x", []),
    (WHERE_OTHER, "{mode: Open, size: 1}", []),
    (WHERE_OTHER, "{mode: Open}", ["it lacks `size` where `mode` is `Open`"]),
    (WHERE_OTHER, "{mode: Open, size: 0}", ["`size` where `mode` is `Open` is 0"]),
    (WHERE_OTHER, "{mode: Open, size: 1, name: x}", ["it cannot have `name` where `mode` is `Open`"]),
    ({"a": "int", "b": "int", "where a is there": {"needs": ["b"]}}, "a: 1", ["it lacks `b` beside `a`"]),
    ({"a": "int", "b": "int", "where a is there": {"needs": ["b"]}}, "b: 1", []),
    (
        {"a": "A|B", "b": "int", "where a is A or absent": {"without": ["b"]}},
        "b: 1",
        ["it cannot have `b` without `a`"],
    ),
    (
        {"a": "A|B", "b": "int", "c": "int", "where a is B": {"at least one of": ["b", "c"]}},
        "a: B",
        ["it has none of `b`, `c`"],
    ),
    ({"a": "str", "b": "int", "where a is /^x/": {"without": ["b"]}}, "{a: z, b: 1}", []),
]


@pytest.mark.parametrize(("notation", "text", "words"), CASES)
def test_notation_and_its_words(notation: Any, text: str, words: list[str]) -> None:
    schema = Reader({"$key": "/^[a-z]+$/ small letters"}, (1, 0)).schema(notation)
    tree = read_yaml("a.yaml", text.encode(), Bag())
    assert tree is not None
    assert [breach.message for breach in breaches(schema, tree, "it")] == words
    assert validator_for(schema).is_valid(plain(tree)) == (not words)


@pytest.mark.parametrize(
    ("kind", "version", "words"),
    [
        ("extensions.istio.io/v1alpha1 TrafficExtension", Versions(istio=(1, 29)), "needs 1.30"),
        ("gateway.networking.k8s.io/v1 BackendTLSPolicy", Versions(gateway_api=(1, 3)), "needs 1.4"),
        ("gateway.networking.k8s.io/v1 ListenerSet", Versions(gateway_api=(1, 4)), "needs 1.5"),
    ],
)
def test_a_kind_that_is_too_new_is_told_with_the_version_that_brings_it(
    kind: str, version: Versions, words: str
) -> None:
    group, name = kind.split()
    text = f"apiVersion: {group}\nkind: {name}\nmetadata: {{name: a, namespace: b}}\n"
    assert found(text, whole=False, versions=version) == [f"PC5008 {name} b/a: {name} {words}"]


def test_a_field_that_is_too_new_is_told_with_the_version_that_brings_it() -> None:
    text = (
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: b}\n"
        "spec: {host: a, trafficPolicy: {retryBudget: {percent: 20}}}\n"
    )
    assert found(text, whole=False, versions=Versions(istio=(1, 27))) == []
    assert found(text, whole=False, versions=Versions(istio=(1, 26))) == [
        "PC5008 DestinationRule b/a: retryBudget needs 1.27"
    ]
