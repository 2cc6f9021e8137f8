"""The profile of the mesh's kinds knows every field of the real CRDs and no other, and says yes and no as they do."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.completeness import keys_apart, takes_any_key
from tests.verify.crds import crds, needs_crds
from tests.verify.differences import Accepts, Differences, accepting, differences, unexplained
from tests.verify.examples import examples, golden, golden_of_each_kind, kind
from tests.verify.mutations import mutations
from tests.verify.profile.mesh_reasons import KEYS_APART, LAXER, STRICTER
from tests.verify.profile.ours import ours, profile

NEWEST = Versions(istio=(9, 9), gateway_api=(9, 9))
FOLDERS = {"istio": "istio", "gateway_api": "gateway-api", "envoy_gateway": "envoy-gateway"}
REAL = {known: schema for folder in FOLDERS.values() for known, schema in crds(folder).items()}


def objects() -> list[Any]:
    return [body for folder in FOLDERS for body in examples(folder)]


def name_of(body: Any) -> str:
    return f"{body['kind']}-{body['metadata']['name']}"


@cache
def theirs(known: tuple[str, str]) -> Accepts:
    return accepting(REAL[known])


@pytest.mark.parametrize("body", objects(), ids=name_of)
def test_example_is_accepted_and_no_place_of_it_takes_another_key(body: Any) -> None:
    accepts, schema = ours(kind(body), NEWEST), profile(kind(body), NEWEST)
    assert accepts(body)
    for damage in mutations(body):
        if damage.done == "unknown" and accepts(damage.body):
            assert takes_any_key(schema, damage.path), damage.place


@needs_crds
def test_profile_and_crds_accept_the_same_objects() -> None:
    judged = [body for body in (*objects(), *golden()) if kind(body) in REAL]
    for body in judged:
        assert theirs(kind(body))(body), body
        assert ours(kind(body), NEWEST)(body), body
    assert {kind(body) for body in judged} >= {kind(body) for body in objects()}


@needs_crds
def test_profile_knows_every_field_of_the_crds_and_no_other() -> None:
    apart = {
        f"{key[0]}{known[1]} {key[1:]}"
        for known, schema in REAL.items()
        for key in keys_apart(profile(known, NEWEST), schema)
    }
    assert unexplained(apart, KEYS_APART) == set()


@cache
def found() -> Differences:
    return differences(pairs())


def pairs() -> Iterator[tuple[Any, Accepts, Accepts]]:
    for body in (*objects(), *golden_of_each_kind(5)):
        if kind(body) in REAL:
            yield body, ours(kind(body), NEWEST), theirs(kind(body))


@needs_crds
def test_damage_is_refused_where_crds_refuse_it() -> None:
    assert unexplained(found().laxer, LAXER) == set()


@needs_crds
def test_what_the_profile_alone_refuses_has_a_reason() -> None:
    assert unexplained(found().stricter, STRICTER) == set()
