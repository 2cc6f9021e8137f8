"""What a change brings to be said, and what it takes away.

What is found of a part differs before and after as the findings of the whole do, word for word, where all that differs
is said of manifests that the part decides wholly. Of others it holds not all links, so that they get a second try.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from platform_compiler.closure.index import EVERYBODY, Index, is_workload, places_of
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.incremental.base import Base
from platform_compiler.incremental.built import Built

_UNUSED, _UNKNOWN = "PC2103", "PC2107"
"""Codes of what is said since nobody calls, or somebody is not there."""


class News(NamedTuple):
    """What is said of a part `before` and `now`; with `has_stopped` only what is said before resources are made.

    The part decides wholly about `core`. What teams own is `moved` where it came or went, and `on_one_side` where it
    can be used only before or only now, for whatever reason.
    """

    before: frozenset[Diagnostic]
    now: frozenset[Diagnostic]
    core: AbstractSet[str]
    has_stopped: bool
    moved: frozenset[str]
    on_one_side: frozenset[str]


def news_of(core: AbstractSet[str], before: Built, after: Built) -> News:
    """Return what is said of both sides."""
    has_stopped = after.compiled.has_stopped
    said_before, said_now = (
        frozenset(side.compiled.said if has_stopped else (*side.compiled.said, *side.late)) for side in (before, after)
    )
    then, now = before.checked.loaded, after.checked.loaded
    on_one_side = frozenset(then.workloads.keys() ^ now.workloads)
    return News(said_before, said_now, core, has_stopped, then.refs ^ now.refs, on_one_side)


def undecided_news(news: News) -> frozenset[str] | None:
    """Return whom else that differs is said of than of the core; None where it is of nobody there at all."""
    found = frozenset[str]()
    for one in news.before ^ news.now:
        manifests = frozenset(filter(is_workload, places_of((one,))))
        if not manifests:
            return None
        found |= manifests - news.core
    return found


def findings_since(said: Iterable[Diagnostic], base: Base, news: News) -> tuple[Diagnostic, ...] | None:
    """Return the findings of the whole after a change; None where what the part says cannot be believed.

    `said` is all that was found of the base: whatever the part says of before must be among it.
    """
    left_out = frozenset(base.late if news.has_stopped else ())
    earlier = frozenset(one for one in said if one not in left_out)
    mended = news.before - news.now
    far = earlier - news.before
    if not mended <= earlier or any(_is_in_doubt(one, news, base.index) for one in far):
        return None
    bag = Bag()
    bag.take(earlier - mended)
    bag.take(news.now - news.before)
    return bag.sorted()


def _is_in_doubt(one: Diagnostic, news: News, index: Index) -> bool:
    """Whether a finding that does not come out of the part may be another after the change.

    Whoever names a whole team may mean one who cannot be read, and so may defaults, of which the index does not say it;
    for a name that nobody has, another may be the nearest.
    """
    places = places_of((one,))
    if not news.core.isdisjoint(places) or (one.code == _UNKNOWN and news.moved):
        return True
    if one.code != _UNUSED or not news.on_one_side:
        return False
    teams = {EVERYBODY, *(f"{ref.partition('/')[0]}/*" for ref in news.on_one_side)}
    return any(path not in index.files or not teams.isdisjoint(index.files[path].mentions) for path in places)
