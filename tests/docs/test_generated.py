"""Generated files that are checked in are fresh: `make golden` writes them again."""

import json
from pathlib import Path

import pytest

from platform_compiler.blueprints.export import expressions_file
from platform_compiler.blueprints.grammar import tree_of
from platform_compiler.blueprints.known import FILE, known_tree
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


def test_expressions_that_are_shipped_are_those_of_the_built_in_blueprints() -> None:
    assert FILE.read_text() == expressions_file()


def test_shipped_expression_is_the_very_tree_that_the_grammar_gives() -> None:
    texts = list(json.loads(FILE.read_text()))
    assert texts
    assert [repr(known_tree(text)) for text in texts] == [repr(tree_of(text)) for text in texts]


def test_expression_that_no_built_in_blueprint_holds_is_left_to_the_grammar() -> None:
    assert known_tree("app.ports | where('name', 'of nobody')") is None


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
