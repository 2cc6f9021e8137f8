"""The profile of the mesh's kinds knows every field of the real CRDs and no other, and says yes and no as they do."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import validator_for

from platform_compiler.schema.unique import repetitions, ways_of
from platform_compiler.verify.profile.profile import kind_in_profile
from platform_compiler.verify.versions import Versions
from tests.verify.judged import refused
from tests.verify.mesh_crds import SHARED, Kind, Schema, crds, paths
from tests.verify.mesh_differences import EXPERIMENTAL, LOOSER, STRICTER, Difference
from tests.verify.mesh_mutants import mutants

OBJECTS = Path(__file__).parent / "objects"
GOLDEN = Path(__file__).parents[2] / "fixtures/expected/online-boutique/clusters"
NEWEST = Versions(istio=(9, 9), gateway_api=(9, 9))
FOLDERS = {"istio": "istio", "gateway_api": "gateway-api", "envoy_gateway": "envoy-gateway"}
MAY_BE_OPEN = ("gateway.envoyproxy.io/v1alpha1",)
EXAMPLES = [path for folder in FOLDERS for path in sorted((OBJECTS / folder).glob("*.yaml"))]
beside_shared = pytest.mark.skipif(not (SHARED / "crds").exists(), reason="shared/crds is not here")


def bodies(path: Path) -> list[dict[str, Any]]:
    return list(yaml.load_all(path.read_text(), yaml.CSafeLoader))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@cache
def profile(kind: Kind) -> Schema:
    known = kind_in_profile(*kind, NEWEST)
    assert known is not None, kind
    return known.schema


@cache
def _validator(kind: Kind, folder: str) -> Any:
    return validator_for(crds(folder)[kind] if folder else profile(kind))


def accepts(kind: Kind, folder: str, body: Any) -> bool:
    """Whether a CRD accepts an object, or the profile does if no folder of CRDs is named."""
    schema = crds(folder)[kind] if folder else profile(kind)
    return _validator(kind, folder).is_valid(body) and next(repetitions(ways_of(schema), body), None) is None


def real_kinds() -> Iterator[tuple[str, Kind]]:
    for folder in FOLDERS.values():
        yield from ((folder, kind) for kind in sorted(crds(folder)))


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_examples_are_accepted(path: Path) -> None:
    assert refused(path.read_text(), versions=NEWEST) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_no_place_of_an_example_takes_another_key(path: Path) -> None:
    for body in bodies(path):
        kind = (body["apiVersion"], body["kind"])
        free = free_places(kind)
        for what, where, mutant in mutants(body):
            if what == "key more" and not free & set(_above(where)):
                assert not accepts(kind, "", mutant) or _is_map(profile(kind), where), where


def _above(where: str) -> Iterator[str]:
    """Yield a place and those above it."""
    while where:
        yield where
        where = where[: max(where.rfind("."), where.rfind("[]"), 0)]


def _is_map(schema: Schema, where: str) -> bool:
    """Whether any key may stand at a place."""
    for step in re.findall(r"\[\]|[^.\[\]]+", where):
        below = schema["items"] if step == "[]" else schema.get("properties", {}).get(step)
        schema = below if below is not None else schema["additionalProperties"]
    return isinstance(schema.get("additionalProperties"), dict)


@beside_shared
@pytest.mark.parametrize(("folder", "kind"), list(real_kinds()), ids=str)
def test_profile_knows_every_field_of_the_crd_and_no_other(folder: str, kind: Kind) -> None:
    ours, theirs = set(paths(profile(kind))), set(paths(crds(folder)[kind]))
    free = free_places(kind)
    assert [path for path in sorted(theirs - ours) if not free & set(_above(path.removesuffix(".?")))] == []
    more = [path for path in sorted(ours - theirs) if not is_experimental(kind, path)]
    assert [path for path in more if not (kind[0] in MAY_BE_OPEN and path.endswith(".?"))] == []


def free_places(kind: Kind) -> set[str]:
    """Return the places of a kind that take anything."""
    return {path.removesuffix(".?") for path in paths(profile(kind)) if path.endswith(".?")}


def is_experimental(kind: Kind, path: str) -> bool:
    return kind[0].startswith("gateway.networking.k8s.io") and any(re.fullmatch(place, path) for place in EXPERIMENTAL)


@beside_shared
@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_profile_and_crd_agree_on_examples_and_on_what_damage_makes_of_them(path: Path) -> None:
    folder = FOLDERS[path.parent.name]
    for body in bodies(path):
        kind = (body["apiVersion"], body["kind"])
        assert accepts(kind, folder, body), body["metadata"]["name"]
        assert disagreements(kind, folder, body) == []


def disagreements(kind: Kind, folder: str, body: Any) -> list[str]:
    """Return where only one of profile and CRD refuses what damage makes of an object, without the known places."""
    return [
        f"{kind[1]} {where}: {what}: only {'we refuse' if stricter else 'the CRD refuses'} it"
        for what, where, stricter in differences(kind, folder, body)
        if not any(applies(known, kind, where, what) for known in (STRICTER if stricter else LOOSER))
    ]


def differences(kind: Kind, folder: str, body: Any) -> Iterator[tuple[str, str, bool]]:
    """Yield what damage only one of profile and CRD refuses, where, and whether it is the profile."""
    for what, where, mutant in mutants(body):
        ours, theirs = accepts(kind, "", mutant), accepts(kind, folder, mutant)
        if ours != theirs and not (ours and free_of(kind, where)):
            yield what, where, theirs


@beside_shared
def test_every_listed_difference_is_one() -> None:
    seen = set()
    for path in EXAMPLES:
        for body in bodies(path):
            kind = (body["apiVersion"], body["kind"])
            for what, where, stricter in differences(kind, FOLDERS[path.parent.name], body):
                listed = STRICTER if stricter else LOOSER
                seen |= {known for known in listed if applies(known, kind, where, what)}
    assert {*STRICTER, *LOOSER} - seen == set()


def free_of(kind: Kind, where: str) -> bool:
    """Whether a place is one that takes anything, or below one, or the last that its list has to hold."""
    return bool(_free(kind) & {*_above(where), f"{where}[]"})


@cache
def _free(kind: Kind) -> set[str]:
    return free_places(kind)


def applies(known: Difference, kind: Kind, where: str, what: str) -> bool:
    in_place = re.fullmatch(known.kind, kind[1]) and re.fullmatch(known.where, where)
    return bool(in_place) and what == known.damage


@beside_shared
def test_golden_objects_are_accepted_by_both() -> None:
    judged = 0
    for path in sorted(GOLDEN.rglob("*.yaml")):
        body = yaml.load(path.read_text(), yaml.CSafeLoader)
        kind = (body["apiVersion"], body["kind"])
        for folder in FOLDERS.values():
            if kind in crds(folder):
                judged += 1
                assert accepts(kind, folder, body), path
                assert accepts(kind, "", body), path
    assert judged


@beside_shared
def test_golden_objects_are_judged_alike_when_damaged() -> None:
    seen: dict[Kind, int] = {}
    for path in sorted(GOLDEN.rglob("*.yaml")):
        body = yaml.load(path.read_text(), yaml.CSafeLoader)
        kind = (body["apiVersion"], body["kind"])
        seen[kind] = seen.get(kind, 0) + 1
        for folder in FOLDERS.values():
            if kind in crds(folder) and seen[kind] <= 5:
                assert disagreements(kind, folder, body) == [], path
