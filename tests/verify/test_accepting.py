"""A walk accepts of the built-in kinds what a validator accepts, so that it may stand in for one."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import pytest
from jsonschema_rs import validator_for

from platform_compiler.diagnostics import Span
from platform_compiler.load.shape import schema_for
from platform_compiler.schema.patterns import matches
from platform_compiler.schema.unique import repeats, repetitions, ways_of
from platform_compiler.source.node import ScalarNode
from platform_compiler.verify.accepting import Accepting, is_walked_through
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile
from platform_compiler.verify.profile.profile import kind_in_profile, kinds
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.shape import fits, without_nulls
from platform_compiler.verify.versions import Versions
from tests.verify.examples import examples, golden_of_each_kind, kind
from tests.verify.mutations import mutations, places, put

NOWHERE = InFile(ScalarNode(None, Span(""), "null", quoted=False))
NEWEST = Versions(kubernetes=(9, 9), istio=(9, 9), gateway_api=(9, 9))


@cache
def largest() -> dict[tuple[str, str], Any]:
    """Return the example of each built-in kind that says most."""
    found: dict[tuple[str, str], Any] = {}
    for body in sorted((*examples(""), *golden_of_each_kind()), key=lambda one: len(str(one))):
        if kind_in_profile(*kind(body), NEWEST):
            found[kind(body)] = body
    return found


def damaged(body: Any) -> Iterator[Any]:
    """Yield an object as it is, with one damage of three that it may have, and with a new line at the end of a text."""
    yield body
    yield from (one.body for one in islice(mutations(body), 0, None, 3))
    yield from (put(body, path, f"{value}\n") for path, value in places(body) if isinstance(value, str))


@pytest.mark.parametrize("of", sorted(largest()), ids="/".join)
def test_walk_accepts_what_a_validator_accepts(of: tuple[str, str]) -> None:
    known = kind_in_profile(*of, NEWEST)
    assert known is not None
    validator = validator_for(known.schema)
    verdicts = set()
    for body in damaged(largest()[of]):
        verdict = is_walked_through(known.schema, body)
        assert verdict == validator.is_valid(body), body
        verdicts.add(verdict)
    assert verdicts == {True, False}


def patterns_in(schema: Any) -> Iterator[str]:
    for key, below in schema.items() if isinstance(schema, dict) else ():
        if key == "pattern" and isinstance(below, str):
            yield below
        yield from patterns_in(below)
    for below in schema if isinstance(schema, list) else ():
        yield from patterns_in(below)


def all_patterns() -> list[str]:
    schemas = [kind.schema for of in kinds() if (kind := kind_in_profile(*of, NEWEST))]
    return sorted({pattern for schema in (*schemas, schema_for("Application")) for pattern in patterns_in(schema)})


@pytest.mark.parametrize("sign", ["é", "٣", "\u017f", "µ", "\r", "\n", "\x1c", "\xa0", "\u2028", "\u3000"])
def test_pattern_is_read_as_a_validator_reads_it(sign: str) -> None:
    beginnings = ("", "a", "1", "/a", "a/b:1", "https://", "a/b", "15 3 * *", "AAAA=")
    texts = [text for begin in beginnings for text in (f"{begin}{sign}", f"{sign}{begin}", f"{begin}{sign} a")]
    for pattern in all_patterns():
        validator = validator_for({"type": "string", "pattern": pattern})
        assert [matches(pattern, text) for text in texts] == [validator.is_valid(text) for text in texts], pattern


def test_image_with_a_letter_that_is_not_ascii_is_refused_from_the_first_object_on() -> None:
    known = kind_in_profile("v1", "Pod", NEWEST)
    assert known is not None
    judge = Accepting(known.schema)
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "image": "a.example/web:1"}]},
    }
    wrong = put(body, ("spec", "containers", 0, "image"), "a.example/web:é")
    assert judge.is_valid(body)
    assert [judge.is_valid(wrong) for _ in range(8)] == [False] * 8


@pytest.mark.parametrize("among", [1, 1000])
def test_verdict_is_the_same_for_the_first_and_for_all_later_objects(among: int) -> None:
    body = largest()["v1", "Service"]
    bodies = [*damaged(body)]
    known = kind_in_profile("v1", "Service", NEWEST)
    assert known is not None
    judge = Accepting(known.schema)
    assert [judge.is_valid(one, among) for one in bodies] == [is_walked_through(known.schema, one) for one in bodies]


@pytest.mark.parametrize("of", sorted(largest()), ids="/".join)
def test_object_fits_where_its_whole_schema_accepts_it_and_no_list_repeats(of: tuple[str, str]) -> None:
    schemas = Schemas(NEWEST)
    judge = schemas.judge(*of)
    assert judge is not None
    validator = validator_for(judge.schema)
    for body in damaged(largest()[of]):
        if isinstance(body, dict):
            accepted = validator.is_valid(body) or validator.is_valid(without_nulls(body))
            wanted = accepted and not list(repetitions(judge.ways, without_nulls(body)))
            for _ in range(2):  # the second time what was accepted of its metadata is known
                assert fits(Item(body, "", NOWHERE), judge, schemas.metadata) == wanted, body


ODD: tuple[list[Any], ...] = ([{}, {}], [1, "1"], [None, [[]]])


def repeated(body: Any) -> Iterator[Any]:
    """Yield an object with one of its lists longer: by parts of its first item, by all of it, by items that are odd."""
    for path, value in places(body):
        if isinstance(value, list) and value:
            first = value[0]
            parts = [{key: told} for key, told in first.items()] if isinstance(first, dict) else []
            yield from (put(body, path, [*value, other]) for other in (*parts, first))
            yield from (put(body, path, [*value, *odd]) for odd in ODD)


@pytest.mark.parametrize("of", sorted(largest()), ids="/".join)
def test_lists_that_repeat_are_found_without_words_too(of: tuple[str, str]) -> None:
    known = kind_in_profile(*of, NEWEST)
    assert known is not None
    if ways := ways_of(known.schema):
        for body in repeated(largest()[of]):
            assert repeats(ways, body) == bool(list(repetitions(ways, body))), body


def test_imported_schema_is_asked_of_its_validator_from_the_first_object_on() -> None:
    schema = {"type": "object", "not": {"required": ["a"]}}
    assert is_walked_through(schema, {"a": 1}), "a walk knows what the profile's notation has, and `not` is none of it"
    assert not Accepting(schema, validator_for(schema)).is_valid({"a": 1})
