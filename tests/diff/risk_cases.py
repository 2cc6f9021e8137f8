"""The cases of `risks/*.yaml`: what was, the change that carries a risk, and the one that nearly does."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_compiler.diff.model import Level
from tests import plain_yaml
from tests.diff.patches import GONE, patched

FOLDER = Path(__file__).parent / "risks"
FAMILIES = ("availability", "deletion", "exposure", "immutable", "mesh", "security")
ABSENT = "absent"
Body = dict[str, Any]
Tree = dict[str, Body]


@dataclass(frozen=True)
class Told:
    """What has to be told of a change: `also` are the classes that come with it."""

    name: str
    level: Level
    at: str
    says: str
    about: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """Both sides of one change, and what is told of it; without `told` it is a near miss of the class `name`."""

    name: str
    label: str
    old: Any
    new: Any
    told: Told | None
    folder: str | None = None


def bodies_of(file: str) -> Tree:
    found: Tree = _read(file)["bodies"]
    return found


def acts_of(file: str) -> dict[str, str]:
    """Return what comes of a violation, by policy."""
    found: dict[str, str] = _read(file)["acts"]
    return found


def cases_of(file: str) -> list[Case]:
    """Return every firing case and every near miss of a file."""
    read = _read(file)
    return [
        case
        for name, rows in read["cases"].items()
        for i, row in enumerate(rows)
        for case in _cases(read["bodies"], name, f"{name}-{i}", row)
    ]


def _cases(bodies: Tree, name: str, label: str, row: Body) -> Iterator[Case]:
    sides = _trees(bodies, row) if "before" in row else _sides(bodies[row["of"]], row)
    if "fires" in sides:
        told = Told(
            name, Level(row["level"]), row.get("at", ""), row["says"], row.get("told", ""), tuple(row.get("also", ()))
        )
        yield Case(name, f"{label}-fires", sides["old"], sides["fires"], told, row.get("folder"))
    if "near" in sides:
        yield Case(name, f"{label}-near", sides["old"], sides["near"], None)


def _sides(body: Body, row: Body) -> dict[str, Any]:
    """Return the old body and both new ones; they are changes of the old one, or of `body` where there is none."""
    absent = row.get("old") == ABSENT
    base = body if absent else _changed(body, row.get("old", {}))
    new = {side: _changed(base, row[word]) for side, word in (("fires", "new"), ("near", "near")) if word in row}
    return {"old": None if absent else base, **new}


def _trees(bodies: Tree, row: Body) -> dict[str, Any]:
    return {
        side: {name: _changed(bodies[name], patch) for name, patch in row[word].items()}
        for side, word in (("old", "before"), ("fires", "after"), ("near", "near"))
        if word in row
    }


def _changed(body: Body, patch: Any) -> Any:
    if patch == ABSENT:
        return None
    return patched(body, {path: GONE if value is None else value for path, value in patch.items()})


def _read(file: str) -> Body:
    read: Body = plain_yaml.read((FOLDER / f"{file}.yaml").read_text())
    return read
