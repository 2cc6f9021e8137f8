"""The shape of what templates may read, as data: so that a template's reads are checked when it is loaded.

`types.py` declares the context as TypedDicts; `shape_of` turns one into a `Shape`. The blueprint language checks paths
against it, and `docs/blueprint-context.md` is generated from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record: what stands there, whether it may be absent, and what it means."""

    shape: "Shape"
    optional: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; `name` is what the documentation calls it."""

    name: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping keyed by name; iterating it yields its records in key order."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar: `str`, `int`, `float` or `bool`; `choices` where only some strings occur."""

    type: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anything:
    """A value whose shape is not ours to know: Kubernetes' own shape, or blueprint parameters."""


Shape: TypeAlias = Record | MapOf | ListOf | Scalar | Anything
