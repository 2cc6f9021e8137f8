"""What two schemas of one kind say of damaged objects, and the tables that explain where they differ."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema_rs import validator_for

from platform_compiler.schema.unique import repetitions, ways_of
from tests.verify.mutations import mutations

Schema = dict[str, Any]
Accepts = Callable[[Any], bool]
Reasons = Mapping[str, str | tuple[str, ...]]
"""Patterns of places by the reason why two schemas differ there."""


class Differences(NamedTuple):
    """The places where damage is refused by us alone, and by them alone: `removed Pod spec.containers`."""

    stricter: set[str]
    laxer: set[str]


def accepting(schema: Schema) -> Accepts:
    """Return what accepts as a schema does, lists whose items must differ included."""
    validator, ways = validator_for(schema), ways_of(schema)
    return lambda body: validator.is_valid(body) and next(repetitions(ways, body), None) is None


def differences(pairs: Iterable[tuple[Any, Accepts, Accepts]]) -> Differences:
    """Damage objects in every place; each comes with our judge of it and theirs."""
    found = Differences(set(), set())
    for body, ours, theirs in pairs:
        for damage in mutations(body):
            if (accepted := ours(damage.body)) != theirs(damage.body):
                (found.laxer if accepted else found.stricter).add(
                    f"{damage.done} {body['kind']} {damage.place}".strip()
                )
    return found


def unexplained(found: set[str], reasons: Reasons) -> set[str]:
    """Return the differences that no pattern of the table covers, and the patterns that cover none."""
    left = set(found)
    stale = set()
    for reason, pattern in _rows(reasons):
        covered = {one for one in found if re.search(pattern, one)}
        left -= covered
        stale |= set() if covered else {f"stale: {reason}: {pattern}"}
    return left | stale


def _rows(reasons: Reasons) -> Iterator[tuple[str, str]]:
    for reason, patterns in reasons.items():
        for pattern in (patterns,) if isinstance(patterns, str) else patterns:
            yield reason, pattern
