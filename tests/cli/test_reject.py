"""Every code has a page and a reject fixture; every fixture is told exactly so, at exactly that place."""

import re
from pathlib import Path

import pytest

from platform_compiler.diagnostics import CODES
from tests.cli.reject_cases import FIXTURES, REJECT, cases, run

DOCS = Path(__file__).parents[2] / "docs" / "codes"
SECTIONS = ("## Why", "## Wrong", "## Right", "## Who can change it")


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_reject_fixture_is_told_as_expected(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(case, tmp_path, monkeypatch)
    assert outcome.stdout == (case / "expect.txt").read_text()
    code = case.parent.name.partition("-")[0]
    assert f"[{code}]" in outcome.stdout
    assert outcome.exit_code == (1 if re.search(r": error\[", outcome.stdout) else 0)


def test_base_repository_has_no_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "case"
    empty.mkdir()
    outcome = run(empty, tmp_path / "repository", monkeypatch)
    assert (outcome.stdout, outcome.exit_code) == ("", 0)
    assert (FIXTURES / "base" / "platform.yaml").exists()


def test_there_are_at_least_sixty_reject_fixtures() -> None:
    assert len(cases()) >= 60


@pytest.mark.parametrize("code", sorted(CODES))
def test_code_has_a_reject_fixture_named_after_it(code: str) -> None:
    assert (REJECT / f"{code}-{CODES[code].name}").is_dir()


@pytest.mark.parametrize("code", sorted(CODES))
def test_code_has_a_page_with_every_section(code: str) -> None:
    text = (DOCS / f"{code}.md").read_text()
    assert text.startswith(f"# {code} {CODES[code].name}\n")
    positions = [text.index(section) for section in SECTIONS]
    assert positions == sorted(positions)


def test_every_page_and_fixture_belongs_to_a_code() -> None:
    assert {page.stem for page in DOCS.glob("*.md")} == set(CODES)
    assert {folder.name.partition("-")[0] for folder in REJECT.iterdir()} == set(CODES)
