"""One interface over the files of a folder and of a Git revision: sorted relative paths, and bytes by path.

This is one of the few doors to the disk. Dot-folders are not listed, and links are followed only inside the root.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol


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

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted; folders and files that start with a dot are left out."""
        found: list[str] = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = Path(folder).relative_to(self.root)
            found += [(inside / name).as_posix() for name in files if not name.startswith(".")]
        return tuple(sorted(found))

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
class Overlaid:
    """A tree with some files replaced or added, such as one that an editor has not saved yet."""

    below: FileTree
    files: Mapping[str, bytes]

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        return tuple(sorted({*self.below.paths(), *self.files}))

    def read(self, path: str) -> bytes:
        """Return the file's bytes, the replaced ones if it was replaced."""
        return self.files[path] if path in self.files else self.below.read(path)


@dataclass(frozen=True)
class GitRevision:
    """The files of a commit, read from Git's objects; neither the work tree nor the index is touched."""

    repository: Path
    revision: str

    @cached_property
    def _objects(self) -> dict[str, str]:
        """Blob ids by path."""
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", self.revision).decode()
        objects = {}
        for entry in listed.split("\0")[:-1]:
            meta, _, path = entry.partition("\t")
            mode, kind, identifier = meta.split()
            is_file = kind == "blob" and mode != "120000"
            if is_file and not any(part.startswith(".") for part in path.split("/")):
                objects[path] = identifier
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
        # Inside a hook GIT_DIR and GIT_INDEX_FILE point at the hook's repository and would win over -C.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(  # noqa: S603 -- fixed arguments, no shell
            ["git", "-C", str(self.repository), *arguments],  # noqa: S607 -- the user's own git
            input=stdin,
            capture_output=True,
            check=False,
            env=environment,
        )
        if done.returncode:
            raise Unreadable(done.stderr.decode(errors="replace").strip())
        return done.stdout

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files of the commit, sorted.

        Raises:
            Unreadable: Git knows no such repository or revision.
        """
        return tuple(sorted(self._objects))

    def read(self, path: str) -> bytes:
        """Return the file's bytes in the commit."""
        return self._contents[path]


@dataclass(frozen=True)
class Without:
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
