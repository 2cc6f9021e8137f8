"""A folder of entries by key: whole or not there, bounded, and never a reason for a run to fail.

A key is a digest of all that an entry was made from, so an entry is never out of date, only unused. Each begins with a
digest of its own content: one that is cut off or damaged is a miss and goes. Entries are put in place by renaming, so
any number of runs may share the folder and be killed at any moment. Whatever the disk refuses, there is no cache then.
"""

import os
import time
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

_SEAL = 20
_ENDING = ".entry"
_HALF = ".half"
_BOUND = 1 << 30
_LARGEST = 4
"""An entry may take one part in so many of the bound, or it would drive out all others."""
_MOST = 4096
_ABANDONED = 3600
"""Seconds after which half an entry belongs to a run that was killed."""
_TIDYING = "0"
"""Entries whose key begins so, one in sixteen, make their writer look at the size of all."""


class Store(NamedTuple):
    """The entries below `folder`; None keeps nothing. `bound` is how many bytes they may take, roughly."""

    folder: str | None
    bound: int = _BOUND

    def get(self, key: str) -> bytes | None:
        """Return what was put under a key, or None."""
        if self.folder is None:
            return None
        path = os.path.join(self.folder, key + _ENDING)  # noqa: PTH118 -- hooks do without pathlib's cost
        try:
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                sealed = file.read()
        except OSError:
            return None
        data = memoryview(sealed)[_SEAL:]
        with suppress(OSError):
            if _seal(data) == sealed[:_SEAL]:
                os.utime(path)  # the order of use is all that a time of this folder ever means
                return bytes(data)
            os.unlink(path)  # noqa: PTH108
        return bytes(data) if _seal(data) == sealed[:_SEAL] else None

    def put(self, key: str, data: bytes) -> None:
        """Keep an entry, if the disk lets us."""
        if self.folder is None or len(data) > self.bound // _LARGEST:
            return
        half = os.path.join(self.folder, f"{key}.{os.getpid()}{_HALF}")  # noqa: PTH118
        with suppress(OSError):
            os.makedirs(self.folder, mode=0o700, exist_ok=True)  # noqa: PTH103
            try:
                with open(half, "wb", buffering=0) as file:  # noqa: PTH123
                    _write(file.fileno(), _seal(data))
                    _write(file.fileno(), data)
                os.replace(half, os.path.join(self.folder, key + _ENDING))  # noqa: PTH105, PTH118
            except OSError:
                os.unlink(half)  # noqa: PTH108
            if key.startswith(_TIDYING):
                self.tidy()

    def tidy(self) -> None:
        """Delete what was used longest ago until a quarter of the bound is free, where it is exceeded."""
        entries = []
        for path, status in self._files():
            if path.endswith(_ENDING):
                entries.append((status.st_mtime, status.st_size, path))
            elif path.endswith(_HALF) and status.st_mtime < time.time() - _ABANDONED:
                _unlink(path)
        size = sum(entry[1] for entry in entries)
        if size <= self.bound and len(entries) <= _MOST:
            return
        left = len(entries)
        for _, taken, path in sorted(entries):
            if size <= self.bound * 3 // 4 and left <= _MOST * 3 // 4:
                break
            _unlink(path)
            size, left = size - taken, left - 1

    def clean(self) -> int:
        """Delete every entry; return how many bytes that frees."""
        freed = 0
        for path, status in self._files():
            if path.endswith((_ENDING, _HALF)):
                _unlink(path)
                freed += status.st_size
        return freed

    def _files(self) -> list[tuple[str, os.stat_result]]:
        found = []
        with suppress(OSError):
            for entry in os.scandir(self.folder) if self.folder else ():
                with suppress(OSError):  # another run was quicker
                    found.append((entry.path, entry.stat(follow_symlinks=False)))
        return found


NOTHING = Store(None)
"""No cache at all."""


def _seal(data: bytes | memoryview) -> bytes:
    return blake2b(data, digest_size=_SEAL).digest()


def _write(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _unlink(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)  # noqa: PTH108
