"""Whatever is edited, whatever was remembered: with the cache every verb says and does what it does without."""

import os
import re
import tempfile
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


@settings(max_examples=_TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(edits(), st.lists(st.sampled_from(REFS), max_size=2)), min_size=1, max_size=6))
def test_findings_are_the_same_with_and_without_the_cache(
    remembering: pytest.MonkeyPatch, steps: list[tuple[Edit, list[str]]]
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        remembering.setenv("PLATFORMC_CACHE_DIR", f"{scratch}/cache")
        fleet = Fleet(Path(scratch) / "repository")
        said(fleet, "validate")
        for edit, more in steps:
            changed = edit(fleet)
            paths = [fleet.root / path for path in (changed, *(f"teams/{ref}.yaml" for ref in more))]
            files = [str(path) for path in paths if path.exists()]
            # The part first, while nothing is known of the whole; then the whole; then what is known of both.
            for words in (["validate", *files], ["validate"], ["validate", *files]):
                assert said(fleet, *words) == said(fleet, *words, "--no-cache")


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


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, the ledger too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
