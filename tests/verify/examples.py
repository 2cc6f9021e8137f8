"""Objects to judge: examples that use every field of the profile, and what we generate ourselves."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.schema.unique import repetitions
from platform_compiler.verify.schemas import Judge
from platform_compiler.verify.shape import without_nulls

OBJECTS = Path(__file__).parent / "objects"
EXPECTED = Path(__file__).parents[2] / "fixtures/expected/online-boutique/clusters"


def examples(folder: str) -> list[Any]:
    """Return the examples of a component."""
    return list(_objects(OBJECTS / folder))


@cache
def golden() -> list[Any]:
    """Return everything that we generate for the demo."""
    return list(_objects(EXPECTED))


def kind(body: Any) -> tuple[str, str]:
    """Return what chooses the schema of an object."""
    return body["apiVersion"], body["kind"]


def accepts(judge: Judge, body: Any) -> bool:
    """Whether the profile accepts an object, damaged or not."""
    body = without_nulls(body)
    return bool(judge.validator.is_valid(body)) and next(repetitions(judge.ways, body), None) is None


def _objects(folder: Path) -> Iterator[Any]:
    for file in sorted(folder.rglob("*.yaml")):
        yield from (body for body in yaml.safe_load_all(file.read_text()) if body)
