"""Schedules of five fields, as CronJobs take them: minute, hour, day of the month, month, day of the week."""

import re
from collections.abc import Mapping
from typing import NamedTuple

_WORDS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY = r"@every ([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+\Z"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class _Field(NamedTuple):
    what: str
    low: int
    high: int
    names: Mapping[str, int] = {}


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {name: i for i, name in enumerate(_MONTHS, start=1)}),
    _Field("day of the week", 0, 6, {name: i for i, name in enumerate(_DAYS)}),
)


class ScheduleError(ValueError):
    """A schedule that nothing can follow; the words say why."""


def check_schedule(schedule: str) -> None:
    """Accept a schedule that can be followed.

    Raises:
        ScheduleError: it cannot be read, or no day ever meets it.
    """
    if schedule.startswith("@"):
        if schedule not in _WORDS and not re.match(_EVERY, schedule):
            raise ScheduleError(f"`{schedule}` is none of {', '.join(f'`{word}`' for word in sorted(_WORDS))}")
        return
    words = schedule.split()
    if len(words) != len(_FIELDS):
        raise ScheduleError(f"it has {len(words)} fields, not {len(_FIELDS)}")
    values = [_values(kind, word) for kind, word in zip(_FIELDS, words, strict=True)]
    days, months = values[2], values[3]
    if _any(words[4]) and all(min(days) > _LONGEST_MONTHS[month - 1] for month in months):
        raise ScheduleError("no month that it names has such a day")


def _any(word: str) -> bool:
    return word.startswith(("*", "?"))


def _values(kind: _Field, word: str) -> set[int]:
    """Return the values that a field stands for."""
    return {value for part in word.split(",") for value in _part(kind, part)}


def _part(kind: _Field, part: str) -> range:
    """Return what `*`, `5`, `1-5`, `*/15` or `mon-fri/2` stands for."""
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    if span in ("*", "?"):
        low, high = kind.low, kind.high
    else:
        low = _number(kind, first)
        high = _number(kind, last) if dash else kind.high if slash else low
    if low > high:
        raise ScheduleError(f"`{part}` ends before it begins ({kind.what})")
    if slash and not (step.isascii() and step.isdigit() and int(step[:9]) > 0):
        raise ScheduleError(f"`{part}` has no step ({kind.what})")
    return range(low, high + 1, int(step[:9]) if slash else 1)


def _number(kind: _Field, word: str) -> int:
    if word.lower() in kind.names:
        return kind.names[word.lower()]
    if not (word.isascii() and word.isdigit()) or not kind.low <= int(word[:9]) <= kind.high:
        raise ScheduleError(f"`{word}` is no {kind.what} ({kind.low} to {kind.high})")
    return int(word)
