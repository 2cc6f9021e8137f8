"""Every risk a change of resources may carry, with one sentence each; docs/risks.md says more."""

from dataclasses import dataclass

from platform_compiler.diff.model import Family, Level, Risk
from platform_compiler.source.node import Pointer


@dataclass(frozen=True, slots=True)
class RiskClass:
    """One row: its usual level, what it means in one sentence, and what to do."""

    family: Family
    level: Level
    sentence: str
    advice: str = ""


_HIGH, _MEDIUM, _LOW = Level.HIGH, Level.MEDIUM, Level.LOW
_DELETION, _SECURITY, _MESH = Family.DELETION, Family.SECURITY, Family.MESH
_EXPOSURE, _AVAILABILITY = Family.EXPOSURE, Family.AVAILABILITY

RISKS: dict[str, RiskClass] = {
    "immutable-change": RiskClass(
        Family.IMMUTABLE, _HIGH, "the API server refuses this change of an existing object", "delete and make it again"
    ),
}


def risk(name: str, pointer: Pointer, message: str, level: Level | None = None, advice: str = "") -> Risk:
    """Return a risk by the row of its name; a level or advice given here goes before the row's."""
    row = RISKS[name]
    return Risk(name, row.family, level or row.level, pointer, message, advice or row.advice)
