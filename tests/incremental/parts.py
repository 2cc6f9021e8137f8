"""A fleet that was compiled as a whole, and what is compiled of it after a change."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from platform_compiler.closure.index import Index, index_of
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Label, Severity, Span
from platform_compiler.incremental.base import (
    Base,
    Made,
    as_it_was,
    base_bytes,
    base_from,
    made_of,
    sources_bytes,
    stage_digests,
)
from platform_compiler.incremental.news import findings_since
from platform_compiler.incremental.rebuild import Rebuilt, rebuilt
from platform_compiler.pipeline import build, check
from platform_compiler.source.snapshot import Snapshot, snapshot
from platform_compiler.source.tree import Directory
from tests.cache.fleets import Fleet

AS_OF = date(2026, 6, 1)
Change = Callable[[Fleet], object]
_DOUBT = Diagnostic("PC5110", Severity.NOTE, "somewhere", (Label(Span("teams/oak/api.yaml")),))


@dataclass(frozen=True)
class Compiled:
    """What a compile of all says and makes."""

    index: Index | None
    units: dict[Unit, Made]
    files: dict[str, bytes]
    found: tuple[Diagnostic, ...]
    late: tuple[Diagnostic, ...]


def whole(tree: Snapshot) -> Compiled:
    """Compile all; with errors nothing is made."""
    bag = Bag()
    checked = check(tree, AS_OF, bag)
    said = bag.sorted()
    output = None if bag.has_errors else build(checked, bag)
    if output is None:
        return Compiled(None, {}, {}, bag.sorted(), ())
    index = index_of(tree, checked.loaded, checked.catalog.defaults.values(), bag.sorted(), "")
    return Compiled(
        index, made_of(output), dict(output.files), bag.sorted(), tuple(one for one in bag.sorted() if one not in said)
    )


@dataclass(frozen=True)
class Start:
    """A fleet as it was when all of it was compiled."""

    tree: Snapshot
    base: Base
    found: tuple[Diagnostic, ...]

    def now(self, fleet: Fleet) -> Rebuilt | None:
        tree = snapshot(Directory(fleet.root))
        before = as_it_was(self.base, tree, sources_bytes(self.tree, self.base.index))
        return rebuilt(self.base, before, tree, AS_OF)


def start(fleet: Fleet) -> Start:
    tree = snapshot(Directory(fleet.root))
    made = whole(tree)
    assert made.index is not None
    base = Base("key", made.index, made.units, stage_digests(tree), late=made.late)
    return Start(tree, base_from(base_bytes(base)), made.found)


@cache
def untouched() -> Start:
    with tempfile.TemporaryDirectory() as scratch:
        return start(Fleet(Path(scratch)))


def doubted() -> Start:
    """Return the same, where something was found of resources, so that they are judged on both sides."""
    return replace(untouched(), base=replace(untouched().base, late=(_DOUBT,)))


def check_against_whole(before: Start, made: Rebuilt, fleet: Fleet) -> None:
    """Hold what was compiled of a change against a compile of all."""
    right = whole(snapshot(Directory(fleet.root)))
    found = findings_since(before.found, before.base, made.news)
    if found is None:
        return  # then the whole is compiled
    assert found == right.found
    if right.index is None:
        return
    kept = {unit: one for unit, one in before.base.units.items() if unit not in made.gone}
    assert kept | dict(made_of(made.output)) == right.units
    assert {path: right.files[path] for path in made.output.files} == made.output.files


def setting(path: str, **words: Any) -> Change:
    return lambda fleet: fleet.change(path, lambda spec: spec.update(words))


def without(path: str, word: str) -> Change:
    return lambda fleet: fleet.change(path, lambda spec: spec.pop(word))


def removing(*paths: str) -> Change:
    def remove(fleet: Fleet) -> None:
        for path in paths:
            (fleet.root / path).unlink()

    return remove


def patched(target: str, **spec: Any) -> Change:
    """Patch an object that `ash/api` is compiled to."""
    patch = {"target": target, "merge": {"spec": spec}, "reason": "it is tried", "expires": "2026-12-31"}
    return setting("teams/ash/api.yaml", patches={"tried": patch})
