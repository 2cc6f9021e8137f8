"""One interface over the files of a folder and of a Git revision: sorted relative paths, and bytes by path.

This is one of the few doors to the disk. Dot-folders are not listed unless `everything` is asked for, and links are
followed only inside the root.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from platform_compiler.source.git import GitTrouble, git


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


@dataclass(frozen=True)
class Directory:
    """The files of a folder as they are on disk."""

    root: Path
    everything: bool = False

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted; folders and files that start with a dot are left out."""
        found: list[str] = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if self._listed(name)]
            inside = Path(folder).relative_to(self.root)
            found += [(inside / name).as_posix() for name in files if self._listed(name)]
        return tuple(sorted(found))

    def _listed(self, name: str) -> bool:
        return not name.startswith(".") or (self.everything and name != ".git")

    def read(self, path: str) -> bytes:
        """Return the file's bytes."""
        file = self.root / path
        try:
            if file.is_symlink() and not file.resolve().is_relative_to(self.root.resolve()):
                raise Unreadable("it is a link that leads out of the repository")
            return file.read_bytes()
        except OSError as trouble:
            raise Unreadable(trouble.strerror or str(trouble)) from trouble


@dataclass(frozen=True)
class GitRevision:
    """The files of a commit, read from Git's objects; neither the work tree nor the index is touched.

    `folder` is where the tree's root lies in the commit, without a slash at its end; empty for the commit's own root.
    """

    repository: Path
    revision: str
    folder: str = ""
    everything: bool = False

    @cached_property
    def _objects(self) -> dict[str, str]:
        """Blob ids by path."""
        prefix = f"{self.folder}/" if self.folder else ""
        below = ("--", prefix) if prefix else ()
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", self.revision, *below).decode(errors="surrogateescape")
        objects = {}
        for entry in listed.split("\0")[:-1]:
            meta, _, path = entry.partition("\t")
            mode, kind, identifier = meta.split()
            is_file = kind == "blob" and mode != "120000"
            inside = path.removeprefix(prefix)
            if is_file and (self.everything or not any(part.startswith(".") for part in inside.split("/"))):
                objects[inside] = identifier
        return objects

    @cached_property
    def _contents(self) -> dict[str, bytes]:
        """Every file's bytes, by one `cat-file --batch`."""
        request = "".join(f"{identifier}\n" for identifier in self._objects.values()).encode()
        answer = self._git("cat-file", "--batch", stdin=request)
        contents, position = {}, 0
        for path in self._objects:
            end = answer.index(b"\n", position)
            size = int(answer[position:end].split()[2])
            contents[path] = answer[end + 1 : end + 1 + size]
            position = end + size + 2
        return contents

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        try:
            return git(self.repository, *arguments, stdin=stdin)
        except GitTrouble as trouble:
            raise Unreadable(str(trouble)) from trouble

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files of the commit, sorted.

        Raises:
            Unreadable: Git knows no such repository or revision.
        """
        return tuple(sorted(self._objects))

    def read(self, path: str) -> bytes:
        """Return the file's bytes in the commit."""
        return self._contents[path]
