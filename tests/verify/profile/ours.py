"""What the profile says of a kind, ready to be held against somebody else's schema."""

from functools import cache
from typing import Any

from platform_compiler.verify.profile.profile import kind_in_profile
from platform_compiler.verify.versions import LATEST, Versions
from tests.verify.differences import Accepts, accepting

Schema = dict[str, Any]
Kind = tuple[str, str]


def profile(kind: Kind, versions: Versions = LATEST) -> Schema:
    """Return the profile's schema of a kind."""
    known = kind_in_profile(*kind, versions)
    assert known is not None, kind
    return known.schema


@cache
def ours(kind: Kind, versions: Versions = LATEST) -> Accepts:
    """Return what accepts as the profile does."""
    return accepting(profile(kind, versions))
