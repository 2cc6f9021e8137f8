"""Names with `*` for any text: one meaning, in Python and in the conditions that clusters get."""

import re
from collections.abc import Iterable
from functools import lru_cache


def fits(name: str, glob: str) -> bool:
    """Whether a name is what a glob means."""
    return _compiled(glob).fullmatch(name) is not None


def fits_any(name: str, globs: Iterable[str]) -> bool:
    """Whether a name is what one of several globs means."""
    return any(fits(name, glob) for glob in globs)


def is_plain(glob: str) -> bool:
    """Whether a glob means one name only."""
    return "*" not in glob


def regex_of(glob: str) -> str:
    """Return a glob as a regular expression that Python and RE2 read alike, to be matched against the whole name."""
    return ".*".join(map(re.escape, glob.split("*")))


@lru_cache(maxsize=4096)
def _compiled(glob: str) -> re.Pattern[str]:
    return re.compile(regex_of(glob))
