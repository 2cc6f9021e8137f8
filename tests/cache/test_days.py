"""A day is part of a key only where something in a repository is dated; no dated word may be missed."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from platform_compiler.cache.store import Store
from platform_compiler.cli.options import Run
from platform_compiler.cli.verdict import compile_key, held_on
from platform_compiler.model.words import Date
from platform_compiler.shipped import shipped
from platform_compiler.source.snapshot import Snapshot

_ONE, _OTHER = date(2026, 6, 1), date(2026, 6, 2)
PATTERN = TypeAdapter(Date).json_schema()["pattern"]


def dated(schema: Any, name: str = "") -> Iterator[str]:
    """Yield the keys whose values are dates."""
    if isinstance(schema, dict):
        if schema.get("pattern") == PATTERN:
            yield name
        for key, below in schema.items():
            yield from dated(below, name if key in {"anyOf", "allOf", "oneOf", "items"} else key)
    elif isinstance(schema, list):
        for below in schema:
            yield from dated(below, name)


def days(tree: Snapshot) -> set[str]:
    found = {compile_key(Store("folder"), tree, day) for day in (_ONE, _OTHER)}
    assert len(found) == len({held_on(tree, day) for day in (_ONE, _OTHER)})
    return found


def test_every_word_that_is_a_date_makes_the_day_matter() -> None:
    names = {name for file in Path(shipped("schemas")).glob("*.json") for name in dated(json.loads(file.read_text()))}
    assert {"since", "expires", "granted"} <= names
    for name in names:
        assert len(days(Snapshot({"teams/a/b.yaml": f"{name}: '2026-06-01'".encode()}))) == 2


@pytest.mark.parametrize(("path", "text"), [("waivers/a.yaml", "kind: Waiver"), ("teams/a/b.yaml", '"exp\\x69res": a')])
def test_what_may_hide_a_date_makes_the_day_matter(path: str, text: str) -> None:
    assert len(days(Snapshot({path: text.encode()}))) == 2


def test_elsewhere_every_day_is_the_same() -> None:
    assert len(days(Snapshot({"platform.yaml": b"kind: Platform", "teams/a/b.yaml": b"image: a:2026-06-01"}))) == 1


def test_what_is_clean_on_every_day_is_in_doubt_once_anything_is_dated() -> None:
    undated, dated = Snapshot({"platform.yaml": b"kind: Platform"}), Snapshot({"platform.yaml": b"since: '2026-06-01'"})
    assert held_on(undated, _ONE) not in {"", held_on(dated, _ONE)}


def test_git_is_asked_for_the_day_only_where_it_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git, asked = tmp_path / "git", tmp_path / "asked"
    git.write_text(f"#!/bin/sh\n: > {asked}\necho {_ONE}T00:00:00+00:00\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    undated, dated = Snapshot({"teams/a/b.yaml": b"image: a"}), Snapshot({"teams/a/b.yaml": b"expires: '2026-06-01'"})
    run = Run(tmp_path, None, "text", colour=False, quiet=True)
    _ = run.of(undated).as_of, run._replace(day=_OTHER).of(dated).as_of
    assert not asked.exists()
    assert run.of(dated).as_of == _ONE
    assert asked.exists()


def test_the_day_that_an_option_names_is_the_one_that_counts() -> None:
    run = Run(Path(), _OTHER, "text", colour=False, quiet=True)
    assert {run.of(Snapshot({"a.yaml": text})).as_of for text in (b"image: a", b"since: '2026-06-01'")} == {_OTHER}
