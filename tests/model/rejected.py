"""Repositories that rules within one manifest refuse: each is what stands in a fixture, laid over the base."""

from functools import cache
from pathlib import Path

from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory

FIXTURES = Path(__file__).parents[2] / "fixtures"
_OTHERS = "PC1356"  # about the compiler's own version
REFUSED = sorted(path for path in (FIXTURES / "reject").glob("PC13*/*/repo") if _OTHERS not in str(path))


@cache
def tree_of(repository: Path) -> Snapshot:
    """Return the files of a repository; those of one that is refused are laid over the base."""
    files = snapshot(Directory(repository)).files
    return Snapshot({**_base().files, **files} if repository in REFUSED else files)


@cache
def _base() -> Snapshot:
    return snapshot(Directory(FIXTURES / "base"))
