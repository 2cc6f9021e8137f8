"""What some units come to, made of the part of a repository that decides about them."""

from collections.abc import Iterable
from datetime import date

from platform_compiler.checked import Checked, known_of
from platform_compiler.closure.change import change_since, unedited_since
from platform_compiler.closure.index import Index
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.load.excerpt import Excerpt
from platform_compiler.pipeline import check, everything, laid_of, resources_of
from platform_compiler.source.snapshot import Snapshot


def nearby(index: Index, tree: Snapshot, as_of: date, units: Iterable[Unit]) -> tuple[Checked, Output] | None:
    """Return the part around some units, neither verified nor judged; None where that may be everybody.

    The index is of a sound compile of nearly the same files, `tree` compiles without errors.
    """
    paths = frozenset(f"teams/{unit.id}.yaml" for unit in units if unit.scope in OWNED)
    change = change_since(index, (tree,), paths)
    if change is None:
        return None
    part, unread = change.side(tree)
    bag = Bag()
    checked = check(part, as_of, bag, judged=False, excerpt=Excerpt(unread, unedited_since(part, index)))
    resources = resources_of(checked, everything, known_of(checked)[1], bag)
    return checked, laid_of(checked, resources).output
