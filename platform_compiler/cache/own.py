"""What a program works out of its own files, such as parsed templates: the same in every run, so one in all may do it.

It is one entry, whose key is a digest of the program: parts by name, each of which is only looked at when asked for. A
run that had to work out more writes all of them again, so that the entry holds no more than the program's files give.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from platform_compiler.cache.framed import framed, unframed
from platform_compiler.cache.keys import key_of
from platform_compiler.cache.store import NOTHING, Store


class _Shelf:
    """The parts of one program in a folder of entries."""

    def __init__(self, cache: Store) -> None:
        self._cache = cache
        self._kept: dict[str, bytes] | None = None
        self._new: dict[str, Callable[[], bytes]] = {}

    def get(self, name: str) -> bytes | None:
        """Return a part, or None where it is not kept."""
        if self._cache.folder is None:
            return None
        if self._kept is None:
            entry = self._cache.get(key_of("own"))
            self._kept = unframed(entry) if entry else {}
        return self._kept.get(name)

    def put(self, name: str, part: Callable[[], bytes]) -> None:
        """Keep a part; its bytes are made at the end."""
        if self._cache.folder is not None:
            self._new[name] = part

    def close(self) -> None:
        """Write everything, if anything is new."""
        if self._new:
            new = {name: part() for name, part in self._new.items()}
            self._cache.put(key_of("own"), framed({**(self._kept or {}), **new}))


_shelves = [_Shelf(NOTHING)]
"""The one in use is the last. What lies on them belongs to the program and not to a run, as its modules do."""


@contextmanager
def kept_in(cache: Store) -> Iterator[None]:
    """Find in a folder of entries, and keep there, what is worked out meanwhile."""
    _shelves.append(_Shelf(cache))
    try:
        yield
    finally:
        _shelves.pop().close()


def get(name: str) -> bytes | None:
    """Return what an earlier run of this program worked out under a name, or None."""
    return _shelves[-1].get(name)


def put(name: str, part: Callable[[], bytes]) -> None:
    """Keep what was worked out of the program's own files and of nothing else."""
    _shelves[-1].put(name, part)
