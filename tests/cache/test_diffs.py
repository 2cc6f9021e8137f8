"""A diff from the cache is the diff that compiles, in every format, and with the exit code of its own options."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_compiler.cli.main import platformc
from platform_compiler.cli.shown import FORMATS
from tests.cache.fleets import Edit, Fleet, edits

_TIMES = int(os.environ.get("PLATFORMC_TEST_FLEETS", "12"))


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.delenv("PLATFORMC_NO_CACHE")
    monkeypatch.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    old, new = tmp_path / "old", tmp_path / "new"
    Fleet(old)
    shutil.copytree(old, new)
    return old, new


def said(sides: tuple[Path, Path], *words: str) -> tuple[int, str]:
    old, new = sides
    day = ("--as-of", "2026-06-01")
    result = CliRunner().invoke(platformc, ["diff", "--from", str(old), "--to", str(new), *day, *words])
    return result.exit_code, result.output


def expose(new: Path) -> None:
    file = new / "teams/ash/api.yaml"
    file.write_text(f"{file.read_text()}  expose:\n    api:\n      gateway: public\n      host: ash-api\n")


@pytest.mark.parametrize("form", FORMATS)
def test_diff_is_the_same_with_and_without_the_cache(sides: tuple[Path, Path], form: str) -> None:
    for change in (lambda _: None, expose, lambda new: (new / "teams/elm/db.yaml").unlink()):
        change(sides[1])
        fresh = said(sides, "--format", form, "--no-cache")
        assert [said(sides, "--format", form) for _ in range(2)] == [fresh] * 2


@settings(
    max_examples=max(_TIMES // 3, 1), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(changes=st.lists(edits(), min_size=1, max_size=3))
def test_diff_of_edits_is_the_same_with_and_without_the_cache(
    monkeypatch: pytest.MonkeyPatch, changes: list[Edit]
) -> None:
    monkeypatch.delenv("PLATFORMC_NO_CACHE", raising=False)
    with tempfile.TemporaryDirectory() as scratch:
        monkeypatch.setenv("PLATFORMC_CACHE_DIR", f"{scratch}/cache")
        old, new = Path(scratch) / "old", Path(scratch) / "new"
        Fleet(old)
        fleet = Fleet(new)
        said((old, new))
        for change in changes:
            change(fleet)
            for form in ("json", "markdown"):
                assert said((old, new), "--format", form) == said((old, new), "--format", form, "--no-cache")


def test_what_the_exit_code_rests_on_is_remembered_with_it(sides: tuple[Path, Path]) -> None:
    expose(sides[1])
    for words in ([], ["--no-exit-code"], ["--fail-on", "high"], ["--fail-on", "low"], ["--color", "always"]):
        fresh = said(sides, *words, "--no-cache")
        assert [said(sides, *words) for _ in range(2)] == [fresh] * 2
    assert said(sides)[0] == 1
    assert said(sides, "--no-exit-code")[0] == 0


def test_files_are_written_from_the_cache_too(sides: tuple[Path, Path], tmp_path: Path) -> None:
    expose(sides[1])
    outputs = [tmp_path / "one.md", tmp_path / "two.md"]
    for output in outputs:
        said(sides, "-o", f"markdown={output}", "--summary", str(tmp_path / "summary.md"))
    one, two = (output.read_text() for output in outputs)
    assert one == two
    assert (tmp_path / "summary.md").read_text() == one + two
