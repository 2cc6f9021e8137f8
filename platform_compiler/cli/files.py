"""The rendered YAML that a command line names: files, folders of them, and stdin."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.source.tree import Directory, Unreadable

STDIN = Path("-")
_ENDINGS = (".yaml", ".yml", ".json")


def read_files(files: tuple[Path, ...], bag: Bag) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every file, as its reader would open it from the working directory."""
    for file in files:
        if file == STDIN:
            yield "<stdin>", sys.stdin.buffer.read()
            continue
        if not file.exists():
            raise click.UsageError(f"there is no {file}")
        tree = Directory(file if file.is_dir() else file.parent)
        inside = [p for p in tree.paths() if p.endswith(_ENDINGS)] if file.is_dir() else [file.name]
        for path in inside:
            shown = Path(os.path.relpath(tree.root / path)).as_posix()
            try:
                yield shown, tree.read(path)
            except Unreadable as trouble:
                bag.add("PC1001", f"the file cannot be read: {trouble}", Span(shown))
