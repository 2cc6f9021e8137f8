"""What is said after a change is what a compile of the whole says, or the whole is compiled."""

from pathlib import Path

import pytest

from platform_compiler.incremental.news import findings_since
from platform_compiler.source.snapshot import snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import Fleet
from tests.incremental.parts import (
    Change,
    check_against_whole,
    patched,
    removing,
    setting,
    start,
    untouched,
    whole,
    without,
)


def breaking(path: str) -> Change:
    def append(fleet: Fleet) -> None:
        file = fleet.root / path
        file.write_text(file.read_text() + "\t- broken\n")

    return append


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (setting("teams/ash/api.yaml", imege="a typo"), {"PC1101"}),
        (breaking("teams/ash/api.yaml"), {"PC1008"}),
        (setting("teams/ash/api.yaml", calls={"elm/bd": {}}), {"PC2001", "PC2103"}),
        (setting("teams/ash/api.yaml", calls={"elm/db": {}}), {"PC2103", "PC2104"}),
        (setting("teams/ash/api.yaml", namespace="birch"), {"PC2103", "PC2401"}),
        (setting("teams/ash/api.yaml", access={"web": {"from": ["web"]}, "more": {"from": ["db"]}}), {"PC2103"}),
        (without("teams/ash/api.yaml", "calls"), {"PC2103"}),
        (removing("teams/ash/api.yaml"), {"PC2001", "PC2103", "PC2107"}),
        (patched("Deployment/api", minReadySeconds=700), {"PC5130"}),
    ],
    ids=[
        "typo",
        "text",
        "nobody called",
        "no grant",
        "other namespace",
        "note",
        "note of another",
        "callee that is gone",
        "object by itself",
    ],
)
def test_what_a_change_brings_to_be_said_and_takes_away_is_told_of_the_part(
    change: Change, codes: set[str], tmp_path: Path
) -> None:
    fleet = Fleet(tmp_path)
    change(fleet)
    made = untouched().now(fleet)
    assert made is not None
    found = findings_since(untouched().found, untouched().base, made.news)
    right = whole(snapshot(Directory(fleet.root)))
    assert found == right.found
    assert {one.code for one in right.found} == codes


@pytest.mark.parametrize(
    "change",
    [
        setting("teams/ash/api.yaml", access={"web": {"from": ["web"]}, "more": {"from": ["db"]}}),
        without("teams/ash/api.yaml", "calls"),
        setting("teams/ash/api.yaml", args=["$(NOBODY)"]),
    ],
    ids=["note", "note of another", "note of an object"],
)
def test_what_was_found_is_gone_once_it_is_mended(change: Change, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    change(fleet)
    before = start(fleet)
    assert before.found
    Fleet(tmp_path)
    made = before.now(fleet)
    assert made is not None
    assert findings_since(before.found, before.base, made.news) == ()
    check_against_whole(before, made, fleet)


def test_what_was_found_before_is_told_from_what_is_new(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    setting("teams/ash/api.yaml", args=["$(NOBODY)"])(fleet)
    before = start(fleet)
    assert before.base.late
    setting("teams/ash/api.yaml", image="ghcr.io/acme/a:2.0.0")(fleet)
    made = before.now(fleet)
    assert made is not None
    assert [one.code for one in made.news.now if one in before.found] == ["PC5110"]
    check_against_whole(before, made, fleet)


def test_rule_of_a_team_about_all_of_another_is_told_as_the_whole_does_while_one_cannot_be_read(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    rule = {"access": {"all": {"from": ["birch/*"]}}}
    fleet.change("teams/fig/team.yaml", lambda spec: spec.update(defaults=rule))
    before = start(fleet)
    assert {one.span.path for one in before.found} == {"teams/fig/team.yaml"}
    file = fleet.root / "teams/birch/api.yaml"
    file.write_text(file.read_text() + "\t- broken\n")
    made = before.now(fleet)
    assert made is not None
    assert findings_since(before.found, before.base, made.news) is None
