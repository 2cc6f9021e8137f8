"""Whatever is edited, whatever was remembered: with the cache every verb says and does what it does without."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_compiler.cli.main import platformc
from tests.cache.fleets import REFS, Edit, Fleet, edits

_SECONDS = re.compile(r"\(\d+\.\d\d s\)")
_TIMES = int(os.environ.get("PLATFORMC_TEST_FLEETS", "12"))
"""How many fleets are edited; more were, before this was believed."""


def said(fleet: Fleet, *words: str) -> tuple[int, str, str]:
    """Return the exit code and what a verb prints, but for the time it took."""
    result = CliRunner().invoke(platformc, [*words, "--root", str(fleet.root), "--as-of", "2026-06-01"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, _SECONDS.sub("", result.stderr)


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("PLATFORMC_NO_CACHE")
    return monkeypatch


@dataclass(frozen=True)
class Step:
    """An edit, files that are named beside what it changes, and what follows: a check of all, and taking it back."""

    edit: Edit
    beside: list[str]
    whole: bool
    stays: bool


_steps = st.builds(Step, edits(), st.lists(st.sampled_from(REFS), max_size=2), st.booleans(), st.booleans())


@settings(max_examples=_TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(_steps, min_size=1, max_size=6))
def test_findings_are_the_same_with_and_without_the_cache(remembering: pytest.MonkeyPatch, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        remembering.setenv("PLATFORMC_CACHE_DIR", f"{scratch}/cache")
        fleet = Fleet(Path(scratch) / "repository")
        said(fleet, "validate")
        for step in steps:
            before = contents(fleet.root)
            changed = step.edit(fleet)
            paths = [fleet.root / path for path in (changed, *(f"teams/{ref}.yaml" for ref in step.beside))]
            files = [str(path) for path in paths if path.exists()]
            # The part first, while nothing is known of the whole; then the whole; then what is known of both.
            for words in (["validate", *files], *([["validate"]] if step.whole else []), ["validate", *files]):
                assert said(fleet, *words) == said(fleet, *words, "--no-cache")
            if not step.stays:
                restore(fleet.root, before)


@settings(
    max_examples=max(_TIMES // 4, 1), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(edits(), min_size=1, max_size=3))
def test_output_is_the_same_with_and_without_the_cache(remembering: pytest.MonkeyPatch, steps: list[Edit]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        remembering.setenv("PLATFORMC_CACHE_DIR", f"{scratch}/cache")
        fleet = Fleet(Path(scratch) / "repository")
        for edit in (lambda _: "", *steps):
            edit(fleet)
            fresh = said(fleet, "compile", "--no-cache")
            for _ in range(2):
                assert said(fleet, "compile") == fresh
            for words in (["compile", "--check"], ["compile", "--env", "prod", "--only", "ash/web"]):
                for _ in range(2):
                    assert said(fleet, *words) == said(fleet, *words, "--no-cache")
            written, plain = Path(scratch) / "written", Path(scratch) / "plain"
            first = said(fleet, "compile", "-o", str(written))
            again = said(fleet, "compile", "-o", str(plain), "--no-cache")
            assert (first[0], contents(written)) == (again[0], contents(plain))


def test_a_file_that_cannot_be_read_any_more_is_told(remembering: pytest.MonkeyPatch, tmp_path: Path) -> None:
    remembering.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    fleet = Fleet(tmp_path / "repository")
    said(fleet, "compile")
    file = fleet.root / "teams/ash/api.yaml"
    file.rename(tmp_path / "elsewhere.yaml")
    file.symlink_to(tmp_path / "elsewhere.yaml")
    found = said(fleet, "compile")
    assert "PC1001" in found[2]
    assert found == said(fleet, "compile", "--no-cache")


def test_ledger_tells_of_a_change_that_no_file_shows(remembering: pytest.MonkeyPatch, tmp_path: Path) -> None:
    remembering.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    fleet = Fleet(tmp_path / "repository")
    said(fleet, "compile", "-o", str(tmp_path / "first"))
    nobody = {"x": {"from": [{"namespaceLabels": {"of": "nobody"}}]}}
    fleet.change("teams/ash/api.yaml", lambda spec: spec.update(deny=nobody))
    said(fleet, "compile", "-o", str(tmp_path / "written"))
    said(fleet, "compile", "-o", str(tmp_path / "plain"), "--no-cache")
    assert contents(tmp_path / "written") == contents(tmp_path / "plain")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, the ledger too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def restore(folder: Path, files: dict[str, bytes]) -> None:
    """Let a folder hold exactly these files."""
    for path in contents(folder).keys() - files.keys():
        (folder / path).unlink()
    for path, data in files.items():
        (folder / path).write_bytes(data)
