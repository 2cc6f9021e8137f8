"""A walk accepts of the built-in kinds what a validator accepts, so that it may stand in for one."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import pytest
from jsonschema_rs import validator_for

from platform_compiler.verify.accepting import Accepting, is_walked_through
from platform_compiler.verify.profile.profile import kind_in_profile
from platform_compiler.verify.versions import Versions
from tests.verify.examples import examples, golden_of_each_kind, kind
from tests.verify.mutations import mutations, places, put

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


def test_verdict_is_the_same_for_the_first_and_for_all_later_objects() -> None:
    body = largest()["v1", "Service"]
    bodies = [*damaged(body)]
    known = kind_in_profile("v1", "Service", NEWEST)
    assert known is not None
    judge = Accepting(known.schema)
    assert [judge.is_valid(one) for one in bodies] == [is_walked_through(known.schema, one) for one in bodies]
