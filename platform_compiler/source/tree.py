"""One interface over the files of a folder and of a Git revision: sorted relative paths, and bytes by path.

This is one of the few doors to the disk. Dot-folders are not listed unless `everything` is asked for. Links are listed
and not followed, on disk as in a commit: what one leads to is another file's, and no link is dropped in silence.
"""

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

from platform_compiler.disk import content
from platform_compiler.source.git import GitFailed, blobs, listed

_FILE_MODES = frozenset({"100644", "100755"})
_LINK_MODE = "120000"
LINK = "it is a link, and links are not followed"


class Unreadable(Exception):  # noqa: N818 -- a condition of a file, reported as PC1001 by the caller
    """A file that is listed cannot be read; the text says why, in the system's words."""


class FileTree(Protocol):
    """Files by path relative to the root, with `/`."""

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """Return the content of a listed file.

        Raises:
            Unreadable: it cannot be read.
        """
        ...


class Directory(NamedTuple):
    """The files of a folder as they are on disk; `only` is a folder below it, and nothing beside it is looked at."""

    root: Path
    everything: bool = False
    only: str = ""

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted; folders and files that start with a dot are left out."""
        found: list[str] = []
        top = str(self.root / self.only)
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if self._listed(name)]
            steps = [step for step in (self.only, *folder[len(top) :].split(os.sep)) if step]  # noqa: PTH206
            found += ["/".join((*steps, name)) for name in files if self._listed(name)]
        return tuple(sorted(found))

    def _listed(self, name: str) -> bool:
        return not name.startswith(".") or (self.everything and name != ".git")

    def read(self, path: str) -> bytes:
        """Return the file's bytes."""
        place = os.path.join(self.root, path)  # noqa: PTH118 -- each run reads hundreds of built-in files
        try:
            if os.path.islink(place):  # noqa: PTH114
                raise Unreadable(LINK)
            return content(place)
        except OSError as trouble:
            raise Unreadable(trouble.strerror or str(trouble)) from trouble


class Overlaid(NamedTuple):
    """A tree with some files replaced or added, such as one that an editor has not saved yet."""

    below: FileTree
    files: Mapping[str, bytes]

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        return tuple(sorted({*self.below.paths(), *self.files}))

    def read(self, path: str) -> bytes:
        """Return the file's bytes, the replaced ones if it was replaced."""
        return self.files[path] if path in self.files else self.below.read(path)


class GitRevision:
    """The files of a commit, read from Git's objects; neither the work tree nor the index is touched.

    `folder` is where the tree's root lies in the commit, without a slash at its end; empty for the commit's own root.
    """

    def __init__(self, repository: Path, revision: str, folder: str = "", *, everything: bool = False) -> None:
        self.repository = repository
        self.revision = revision
        self.folder = folder
        self.everything = everything

    @cached_property
    def _objects(self) -> dict[str, str]:
        """Blob ids by path, empty for a link; submodules are left out."""
        prefix = f"{self.folder}/" if self.folder else ""
        try:
            entries = listed(self.repository, self.revision, *([prefix] if prefix else []))
        except GitFailed as trouble:
            raise Unreadable(str(trouble)) from trouble
        found = (
            (path.removeprefix(prefix), "" if mode == _LINK_MODE else blob)
            for mode, blob, path in entries
            if mode in _FILE_MODES or mode == _LINK_MODE
        )
        return {path: blob for path, blob in found if self.everything or not _is_hidden(path)}

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """Every file's bytes by blob id."""
        try:
            return blobs(self.repository, list(dict.fromkeys(filter(None, self._objects.values()))))
        except GitFailed as trouble:
            raise Unreadable(str(trouble)) from trouble

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files of the commit, sorted.

        Raises:
            Unreadable: Git knows no such repository or revision.
        """
        return tuple(sorted(self._objects))

    def read(self, path: str) -> bytes:
        """Return the file's bytes in the commit."""
        if not self._objects[path]:
            raise Unreadable(LINK)
        return self._contents[self._objects[path]]


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


class Without(NamedTuple):
    """A file tree without some of its files."""

    tree: FileTree
    hidden: frozenset[str]

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all other files, sorted."""
        listed = self.tree.paths()
        return tuple(path for path in listed if path not in self.hidden) if self.hidden else listed

    def read(self, path: str) -> bytes:
        """Return the file's bytes."""
        return self.tree.read(path)
