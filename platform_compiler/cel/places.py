"""What is known of where a value comes from: a place of the object, items with places of their own, or places read."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from platform_compiler.objects import Path


class At(NamedTuple):
    """A value that stands at a place of the object, or would stand there if it were present."""

    path: Path


class Made(NamedTuple):
    """A list or a map made by the expression: where its items come from, and what tells of it when it has none."""

    items: "Mapping[str | int, Origin]"
    paths: tuple[Path, ...]


class From(NamedTuple):
    """A value worked out from some places."""

    paths: tuple[Path, ...]


Origin: TypeAlias = At | Made | From
NOWHERE = From(())


def paths_of(origin: Origin) -> tuple[Path, ...]:
    """Return the places that an origin names."""
    if isinstance(origin, At):
        return (origin.path,)
    if isinstance(origin, Made):
        return merged(origin.items.values()) or origin.paths
    return origin.paths


def merged(origins: Iterable[Origin]) -> tuple[Path, ...]:
    """Return the places that several origins name, each once."""
    return tuple(dict.fromkeys(path for origin in origins for path in paths_of(origin)))


def below(origin: Origin, key: object) -> Origin:
    """Return where an item of a value comes from."""
    if not isinstance(key, str | int):
        return From(paths_of(origin))
    if isinstance(origin, At):
        return At((*origin.path, key))
    if isinstance(origin, Made):
        return origin.items.get(key, From(paths_of(origin)))
    return origin
