"""Generated files that are checked in are fresh: `make golden` writes them again."""

from pathlib import Path

import pytest

from platform_compiler.context.document import context_page
from platform_compiler.model.document import manifests_page
from platform_compiler.model.export import schema_files

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_schema_is_what_the_models_export(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text() == schema_files()[name]


def test_context_page_is_what_the_types_say() -> None:
    assert (ROOT / "docs" / "blueprint-context.md").read_text() == context_page()


def test_manifests_page_is_what_the_models_say() -> None:
    assert (ROOT / "docs" / "manifests.md").read_text() == manifests_page()
