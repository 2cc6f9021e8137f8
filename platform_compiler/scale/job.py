"""A job: some clusters of a repository as it was on a day. Any process can do it, and all make the same of it.

A process reads and links a repository once and remembers the last one. What is forked knows what its parent has read;
anybody else finds the files in the job.
"""

import gc
import pickle
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock

from platform_compiler.cache.keys import program
from platform_compiler.context.unit import Selection
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.part import Part
from platform_compiler.pipeline import Checked, check, part
from platform_compiler.scale.engine import LostError
from platform_compiler.source.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Luggage:
    """What a process needs that knows nothing: the files, compressed, and which compiler is meant."""

    files: bytes
    program: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """Some clusters of a repository, which is known by the digest of its files; `whole` says all that they have."""

    digest: bytes
    as_of: date
    wanted: Selection
    whole: bool
    luggage: Luggage | None


def luggage_of(tree: Snapshot) -> Luggage:
    """Return what lets another process read a repository."""
    return Luggage(zlib.compress(pickle.dumps(dict(tree.files)), 1), program())


def remember(digest: bytes, as_of: date, checked: Checked) -> None:
    """Keep a repository that was read, in place of the last one; processes that are forked then know it."""
    _known.clear()
    _known[digest, as_of] = checked


def forget() -> None:
    """Keep nothing."""
    _known.clear()


def build_part(job: Job) -> Part:
    """Do a job, one at a time in a process.

    Raises:
        LostError: this is another compiler than the one that asks.
    """
    with _one_at_a_time, _undisturbed():
        return part(_checked(job), job.wanted, whole=job.whole).without_resources()


def _checked(job: Job) -> Checked:
    found = _known.get((job.digest, job.as_of))
    if found is not None:
        return found
    assert job.luggage is not None, "whoever has read nothing is given the files"
    if job.luggage.program != program():
        raise LostError("a worker runs another version of platformc; install the same everywhere")
    tree = Snapshot(pickle.loads(zlib.decompress(job.luggage.files)))  # noqa: S301 -- it comes as the job does
    checked = check(tree, job.as_of, Bag(), judged=False)
    remember(job.digest, job.as_of, checked)
    return checked


_known: dict[tuple[bytes, date], Checked] = {}
_one_at_a_time = Lock()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave the search for cycles out, as the command line does; a worker goes on with it afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
