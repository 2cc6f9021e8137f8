"""Generated files that are checked in are fresh: `make golden` writes them again."""

from pathlib import Path

import pytest

from platform_compiler.context.document import context_page
from platform_compiler.diagnostics.document import codes_page
from platform_compiler.diff.model import Family
from platform_compiler.diff.risk import RISKS
from platform_compiler.diff.risk.document import risks_page
from platform_compiler.model.document import manifests_page
from platform_compiler.model.export import schema_files
from platform_compiler.policy.document import policies_page
from platform_compiler.policy.repository import built_in_names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_schema_is_what_the_models_export(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text() == schema_files()[name]


def test_context_page_is_what_the_types_say() -> None:
    assert (ROOT / "docs" / "blueprint-context.md").read_text() == context_page()


def test_codes_page_is_what_the_table_says() -> None:
    assert (ROOT / "docs" / "codes.md").read_text() == codes_page()


def test_manifests_page_is_what_the_models_say() -> None:
    assert (ROOT / "docs" / "manifests.md").read_text() == manifests_page()


def test_built_in_policies_page_is_what_the_policies_say() -> None:
    assert (ROOT / "docs" / "built-in-policies.md").read_text() == policies_page()


def test_built_in_policies_page_has_a_section_for_every_policy() -> None:
    sections = [line.removeprefix("### ") for line in policies_page().splitlines() if line.startswith("### ")]
    assert sorted(sections) == sorted(built_in_names())


def test_risks_page_is_what_the_registry_says() -> None:
    assert (ROOT / "docs" / "risks.md").read_text() == risks_page()


def test_risks_page_has_one_row_for_every_class_and_a_section_for_every_family() -> None:
    rows = [line for line in risks_page().splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(RISKS)
    sections = [part for part in risks_page().split("\n## ") if "| `" in part]
    assert len(sections) == len({row.family for row in RISKS.values()} - {Family.REACHABILITY})
