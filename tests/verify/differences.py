"""Differences between two judges of the same objects, and the tables that explain them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.verify.mutations import mutations


def differences(body: Any, ours: Callable[[Any], bool], theirs: Callable[[Any], bool], *, stricter: bool) -> set[str]:
    """Return the places where damage is refused by us alone, or by them alone: `removed Pod spec.containers`."""
    return {
        f"{damage.done} {body['kind']} {damage.place}".strip()
        for damage in mutations(body)
        if isinstance(damage.body, dict)
        and (not ours(damage.body), not theirs(damage.body)) == (stricter, not stricter)
    }


def unexplained(found: set[str], reasons: Mapping[str, str]) -> set[str]:
    """Return the differences that no pattern of the table covers, and the reasons that cover none."""
    covered = {reason: {one for one in found if re.search(pattern, one)} for reason, pattern in reasons.items()}
    stale = {f"stale: {reason}" for reason, ones in covered.items() if not ones}
    return (found - set().union(*covered.values())) | stale
