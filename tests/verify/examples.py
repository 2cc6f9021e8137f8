"""Objects to judge: examples that use every field of the profile, and what we generate ourselves."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_OBJECTS = Path(__file__).parent / "objects"
_EXPECTED = Path(__file__).parents[2] / "fixtures/expected/online-boutique/clusters"


@cache
def examples(folder: str) -> list[Any]:
    """Return the examples of a part of the profile."""
    return list(_objects(_OBJECTS / folder))


@cache
def golden() -> list[Any]:
    """Return everything that we generate for the demo."""
    return list(_objects(_EXPECTED))


@cache
def golden_of_each_kind(most: int = 1) -> list[Any]:
    """Return a few of each kind of what we generate."""
    found: dict[tuple[str, str], list[Any]] = {}
    for body in golden():
        found.setdefault(kind(body), []).append(body)
    return [body for bodies in found.values() for body in bodies[-most:]]


def kind(body: Any) -> tuple[str, str]:
    """Return what chooses the schema of an object."""
    return body["apiVersion"], body["kind"]


def _objects(folder: Path) -> Iterator[Any]:
    for file in sorted(folder.rglob("*.yaml")):
        yield from (body for body in yaml.load_all(file.read_text(), yaml.CSafeLoader) if body)
