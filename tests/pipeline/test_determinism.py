"""The same input gives the same bytes, whatever the machine it runs on is like."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory, FileTree

ROOT = Path(__file__).parents[2]
BOUTIQUE = ROOT / "fixtures" / "online-boutique"
AS_OF = date(2026, 6, 1)


@dataclass(frozen=True)
class Shuffled:
    """A file tree that lists its paths in another order."""

    inner: FileTree
    seed: int

    def paths(self) -> tuple[str, ...]:
        listed = list(self.inner.paths())
        random.Random(self.seed).shuffle(listed)
        return tuple(listed)

    def read(self, path: str) -> bytes:
        return self.inner.read(path)


def compiled(tree: FileTree) -> Output:
    bag = Bag()
    output = compile_tree(tree, AS_OF, bag)
    assert output is not None, bag.sorted()
    return output


@cache
def boutique() -> Output:
    """Return what becomes of the Boutique, compiled once for all tests."""
    return compiled(Directory(BOUTIQUE))


def digest(directory: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(p for p in directory.rglob("*") if p.is_file()):
        found.update(f"{path.relative_to(directory)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def test_c1_bytes_do_not_depend_on_hash_seed_zone_locale_or_working_directory(tmp_path: Path) -> None:
    settings = (
        {"PYTHONHASH": "0", "TZ": "UTC", "LANG": "C.UTF-8", "cwd": str(ROOT)},
        {"PYTHONHASH": "1", "TZ": "Asia/Kathmandu", "LANG": "C", "cwd": str(tmp_path)},
        {"PYTHONHASH": "2", "TZ": "America/Los_Angeles", "LC_ALL": "POSIX", "cwd": "/"},
    )
    digests = set()
    for number, setting in enumerate(settings):
        cwd = setting.pop("cwd")
        output = tmp_path / f"output-{number}"
        subprocess.run(
            [sys.executable, "-m", "platform_compiler", "compile", "--root", str(BOUTIQUE), "-o", str(output)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), **setting},
            check=True,
            capture_output=True,
        )
        digests.add(digest(output))
    assert len(digests) == 1


@pytest.mark.parametrize("seed", range(3))
def test_c1_bytes_do_not_depend_on_the_order_files_are_found_in(seed: int) -> None:
    assert compiled(Shuffled(Directory(BOUTIQUE), seed)).files == boutique().files


@pytest.mark.parametrize("app", ["web/frontend", "checkout/emailservice", "cart/redis-cart"])
def test_c7_one_application_alone_equals_its_slice_of_the_whole(app: str) -> None:
    bag = Bag()
    alone = compile_tree(Directory(BOUTIQUE), AS_OF, bag, lambda unit: unit.id == app)
    whole = boutique()
    assert alone is not None
    slice_of_whole = {
        path: whole.files[path] for unit, paths in whole.units.items() if unit.id == app for path in paths
    }
    assert slice_of_whole
    assert dict(alone.files) == slice_of_whole


def test_c1_line_ends_of_windows_give_the_same_bytes(tmp_path: Path) -> None:
    repository = tmp_path / "boutique"
    shutil.copytree(BOUTIQUE, repository)
    for path in repository.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compiled(Directory(repository)).files == boutique().files
