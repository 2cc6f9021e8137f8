"""The files of a platform repository, read once: what is compiled is what was digested, and nothing besides.

A run that asks a cache must name all that it depends on. So it reads the folders that a platform repository has, each
file once, and every phase gets these bytes; what is not in a snapshot cannot be read by accident.
"""

import os
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Final

from platform_compiler.disk import content
from platform_compiler.source.tree import LINK, Directory, FileTree, Unreadable

FILE = "platform.yaml"
FOLDERS = frozenset({"blueprints", "clusters", "environments", "gateways", "policies", "schemas", "teams", "waivers"})
"""Where files of a platform repository stand; whatever else lies in its folder is not ours."""
_DATED = (b"since", b"expires", b"granted", b"\\")
"""The words of our manifests whose values are dates; a quoted key may hide one behind a backslash."""
_SIZE = 16


class Snapshot:
    """Files by path: their bytes, or why they cannot be read."""

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        self.files: Final = files

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        return self._paths

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        found = self.files[path]
        if isinstance(found, str):
            raise Unreadable(found)
        return found

    @cached_property
    def digests(self) -> Mapping[str, bytes]:
        """The digest of every file by path."""
        return {path: _digest(data) for path, data in self.files.items()}

    @cached_property
    def digest(self) -> bytes:
        """The digest of all files, by path and content."""
        whole = blake2b(digest_size=_SIZE)
        digests = self.digests
        for path in self._paths:
            whole.update(os.fsencode(path) + b"\0" + digests[path])
        return whole.digest()

    @cached_property
    def is_dated(self) -> bool:
        """Whether anything in it may hold until a day, or from one on: else it is the same on every day."""
        there = [path for path, data in self.files.items() if isinstance(data, bytes)]
        together = b"\n".join([data for data in self.files.values() if isinstance(data, bytes)])
        return any(path.startswith("waivers/") for path in there) or any(word in together for word in _DATED)

    def overlaid(self, files: Mapping[str, bytes]) -> "Snapshot":
        """Return the snapshot with some files replaced or added."""
        return Snapshot({**self.files, **files})


def _digest(data: bytes | str) -> bytes:
    if isinstance(data, str):
        return blake2b(data.encode(), digest_size=_SIZE, person=b"unreadable").digest()
    return blake2b(data, digest_size=_SIZE).digest()


def snapshot(tree: FileTree) -> Snapshot:
    """Return the files of a platform repository in a tree.

    Raises:
        Unreadable: a revision does not exist.
    """
    if isinstance(tree, Directory):
        return Snapshot(_on_disk(os.fspath(tree.root)))
    paths = (path for path in tree.paths() if path == FILE or path.partition("/")[0] in FOLDERS)
    return Snapshot({path: _read(tree, path) for path in paths})


def _read(tree: FileTree, path: str) -> bytes | str:
    try:
        return tree.read(path)
    except Unreadable as trouble:
        return str(trouble)


def _on_disk(root: str) -> dict[str, bytes | str]:
    """Read the files of a folder, without a Path for each: there are ten thousand."""
    found: dict[str, bytes | str] = {}
    waiting: list[tuple[str, str]] = []
    with os.scandir(root) as top:
        for entry in top:
            if entry.name == FILE and not _leads_to_folder(entry):
                found[FILE] = _content(entry)
            elif entry.name in FOLDERS and entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, f"{entry.name}/"))
    while waiting:
        folder, prefix = waiting.pop()
        try:
            entries = os.scandir(folder)
        except OSError:  # as `os.walk` does: what cannot be listed is empty
            continue
        with entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if not _leads_to_folder(entry):
                    found[prefix + entry.name] = _content(entry)
                elif not entry.is_symlink():
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
    return found


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _content(entry: "os.DirEntry[str]") -> bytes | str:
    if entry.is_symlink():
        return LINK
    try:
        if not entry.is_file():
            return "it is no ordinary file"
        return content(entry.path)
    except OSError as trouble:
        return trouble.strerror or str(trouble)
