"""A repository with one line of a manifest said otherwise, as its author could: another value, or another name."""

import re
from collections.abc import Iterator

from platform_compiler.diagnostics import Span
from platform_compiler.provenance.vary import others
from platform_compiler.source.scalars import resolve
from platform_compiler.source.tree import FileTree


class Files(dict[str, bytes]):
    """Files in memory."""

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self))

    def read(self, path: str) -> bytes:
        return self[path]


def files_of(tree: FileTree) -> Files:
    return Files({path: tree.read(path) for path in tree.paths()})


def edits(files: Files, span: Span) -> Iterator[Files]:
    """Yield the repository with what stands at `span` said otherwise, first there alone, then as a name everywhere."""
    lines = files[span.path].decode().split("\n")
    line = lines[span.line - 1]
    start, end = span.column - 1, span.end_column - 1
    said = line[start:end]
    word = said.strip("\"'")
    quote = '"' if said != word else ""
    for other in others(word if quote else resolve(word)):
        written = f"{quote}{str(other).lower() if isinstance(other, bool) else other}{quote}"
        changed = [*lines]
        changed[span.line - 1] = line[:start] + written + line[end:]
        yield Files({**files, span.path: "\n".join(changed).encode()})
    yield _renamed(files, word)


def _renamed(files: Files, word: str) -> Files:
    """Return the repository in which a name is another one, in every manifest and in every path."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-])")

    def renamed(text: str) -> str:
        return pattern.sub(f"{word}x", text)

    found = {path: data for path, data in files.items() if path.startswith("policies/")}
    manifests = {path: data for path, data in files.items() if path not in found}
    return Files({**found, **{renamed(path): renamed(data.decode()).encode() for path, data in manifests.items()}})
