"""Did you mean: the nearest of the words that would have been right."""

from collections.abc import Iterable
from functools import lru_cache

_NEAR, _SLIP = 0.6, 0.8


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice nearest to `word`, or None when none is near; capitals and `-_.` do not count."""
    return _nearest(word, tuple(sorted(set(choices))), _NEAR)


def slip_of(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice of which `word` is but a slip of the fingers, or None: for what may be right as it is."""
    return _nearest(word, tuple(sorted(set(choices))), _SLIP)


@lru_cache(maxsize=256)
def _nearest(word: str, listed: tuple[str, ...], cutoff: float) -> str | None:
    """Return the nearest; kept, since `provenance/` meets the same mistake with every trial."""
    folded = {_fold(choice): choice for choice in reversed(listed)}
    if exact := folded.get(_fold(word)):
        return exact
    import difflib  # noqa: PLC0415 -- a run without a mistake pays for none

    near = difflib.get_close_matches(_fold(word), list(folded), n=1, cutoff=cutoff)
    return folded[near[0]] if near else None


def _fold(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(".", "")
