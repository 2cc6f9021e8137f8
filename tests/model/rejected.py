"""Repositories that rules within one manifest, or rules about links, refuse: each is a fixture, laid over the base."""

from functools import cache
from pathlib import Path

from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory

FIXTURES = Path(__file__).parents[2] / "fixtures"
_OTHERS = "PC1356"  # about the compiler's own version
_REJECT = FIXTURES / "reject"
REFUSED = sorted(path for path in _REJECT.glob("PC13*/*/repo") if _OTHERS not in str(path))
REFUSED_LINKS = sorted(_REJECT.glob("PC2[0-2]*/*/repo"))


@cache
def tree_of(repository: Path) -> Snapshot:
    """Return the files of a repository; those of one that is refused are laid over the base."""
    files = snapshot(Directory(repository)).files
    return Snapshot({**_base().files, **files} if _REJECT in repository.parents else files)


@cache
def _base() -> Snapshot:
    return snapshot(Directory(FIXTURES / "base"))
