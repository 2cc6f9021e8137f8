"""Compile what can be compiled: what has errors stays as it was published, and all others are linked with that.

A manifest with an error is left out and its last published form stands in its place. That may show further errors,
such as a caller of something that was never published; those manifests are frozen too, until nothing is wrong. An error
that no manifest of a team is behind (a blueprint, an environment, a team) freezes everything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar

from platform_compiler.checked import Checked
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Severity
from platform_compiler.emit.layout import Output
from platform_compiler.layers.published import Frozen
from platform_compiler.load.identity import place_of
from platform_compiler.pipeline import build, check
from platform_compiler.source.tree import FileTree

Forms = Mapping[tuple[str, str], tuple[str, dict[str, Any]]]
"""What is published of each target, by cluster and `team/name`: where it was read, and its published form."""


Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Thawed(Generic[Made]):
    """What was made of everything that could be compiled, and the first error of each `team/name` that could not."""

    made: Made
    causes: Mapping[str, Diagnostic]


Maker: TypeAlias = Callable[[Checked, Output, Mapping[str, Diagnostic], Bag], Made | None]
"""Makes something of an output beside frozen manifests; None with errors in the bag where that must not be."""


def compile_frozen(  # noqa: PLR0913, PLR0917 -- a compile, what is left out of it, and what becomes of it
    tree: FileTree, as_of: date, errors: Bag, published: Forms, wanted: Callable[[Unit], bool], maker: Maker[Made]
) -> Thawed[Made] | None:
    """Compile around the manifests that `errors` are about; None when there is no way around."""
    listed = _known(tree, published)
    causes = _culprits(errors.sorted(), listed, {})
    while causes is not None:
        bag = Bag()
        checked, output = _compiled(tree, as_of, bag, frozenset(causes), published, wanted)
        made = maker(checked, output, causes, bag) if output is not None else None
        if made is not None:
            return Thawed(made, causes)
        more = _culprits(bag.sorted(), listed, causes)
        causes = None if more is None else {**causes, **more}
    return None


def _known(tree: FileTree, published: Forms) -> frozenset[str]:
    """Return every file, and the manifests that are gone but whose published form can stand in their place."""
    listed = frozenset(tree.paths())
    refs = {ref for _, ref in published}
    return listed | {f"teams/{ref}.yaml" for ref in refs if f"teams/{ref.partition('/')[0]}/team.yaml" in listed}


def _compiled(  # noqa: PLR0913, PLR0917 -- a compile and what is left out of it
    tree: FileTree, as_of: date, bag: Bag, refs: frozenset[str], published: Forms, wanted: Callable[[Unit], bool]
) -> tuple[Checked, Output | None]:
    paths = frozenset(f"teams/{ref}.yaml" for ref in refs)
    frozen = Frozen(paths, {key: form for key, form in published.items() if key[1] in refs})
    checked = check(tree, as_of, bag, frozen)
    output = None if bag.has_errors else build(checked, bag, lambda unit: unit.id not in refs and wanted(unit))
    return checked, output


def _culprits(
    diagnostics: Iterable[Diagnostic], listed: frozenset[str], known: Mapping[str, Diagnostic]
) -> dict[str, Diagnostic] | None:
    """Return the manifests to freeze for these errors; None when one of them has none that is not frozen yet."""
    found: dict[str, Diagnostic] = {}
    for diagnostic in diagnostics:
        if diagnostic.severity is not Severity.ERROR:
            continue
        paths = (label.span.path for label in diagnostic.labels)
        ref = next((ref for path in paths if (ref := _workload(path, listed)) and ref not in known), None)
        if ref is None:
            return None
        found.setdefault(ref, diagnostic)
    return found


def _workload(path: str, listed: frozenset[str]) -> str | None:
    """Return the `team/name` of a manifest that a team owns, or None."""
    place = place_of(path)
    return f"{place.team}/{place.name}" if place and place.team and place.name and path in listed else None
