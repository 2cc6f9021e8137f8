"""READ FIRST: the phases, in the order they run.

    files -> load -> resolve layers -> link -> contexts -> expand blueprints -> patch -> verify -> lay out -> (write)
                                          `-> policies on manifests                   `-> policies on resources

`check` goes as far as linking and is all that a hook needs; `compile_tree` goes to the bytes of every file.
Each phase is a function of frozen values and a bag of findings: it never prints, exits, or reads the clock.
There are two stops, after linking and after verification, since what comes later would only repeat the same faults.
Before each stop every phase says all it can, and nothing is ever written from a run with errors.

The second half is imported when it is first needed: a hook that only checks must not pay for pydantic and Jinja2.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.checked import Checked, known_of, lines_of, published_of, unsupported_of
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import owner_of
from platform_compiler.layers.published import Frozen
from platform_compiler.layers.resolve import resolve
from platform_compiler.link.link import link
from platform_compiler.load import Loaded, load
from platform_compiler.load.excerpt import WHOLE, Excerpt
from platform_compiler.schema.store import Store
from platform_compiler.source.tree import Without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from platform_compiler.blueprints.resource import Batch
    from platform_compiler.context.unit import Unit
    from platform_compiler.emit.layout import Output
    from platform_compiler.emit.part import Laid, Part
    from platform_compiler.policy.stages import Court
    from platform_compiler.source.tree import FileTree
    from platform_compiler.verify.report import Told
    from platform_compiler.verify.schemas import Schemas


_NOTHING_FROZEN = Frozen()


def check(  # noqa: PLR0913 -- what is not there, and what is not asked
    tree: FileTree,
    as_of: date,
    bag: Bag,
    frozen: Frozen = _NOTHING_FROZEN,
    *,
    judged: bool = True,
    excerpt: Excerpt = WHOLE,
) -> Checked:
    """Read the repository, or an excerpt of it, merge the layers of every target and link them.

    `as_of` is the date that dated rules are judged by: the source commit's, never the clock's. Manifests in `frozen`
    are not read; what was published of them stands in their place. Without `judged` no policy is asked anything.
    """
    loaded = load(Without(tree, frozen.paths), bag, excerpt)
    catalog = load_catalog(tree, loaded, bag)
    resolved = resolve(loaded, catalog.defaults, bag, as_of, catalog.workload, excerpt=excerpt)
    loaded, resolved = frozen.joined(loaded, resolved)
    linked = link(loaded, resolved, bag)
    checked = Checked(loaded, catalog, resolved, linked, Store(tree))
    if not has_policies(tree, loaded):
        return checked
    if not judged:
        return checked._replace(court=_court(tree, loaded, as_of, Bag()))
    court = _court(tree, loaded, as_of, bag, sound=excerpt.core is not None)
    told = court.judge_manifests(frozen.besides(resolved), linked, bag, excerpt.core)
    return checked._replace(court=court, told=told)


def has_policies(tree: FileTree, loaded: Loaded) -> bool:
    """Whether anything of a repository says what policies there are, or whom they forgive."""
    return bool(loaded.policy_sets or loaded.waivers) or any(path.startswith("policies/") for path in tree.paths())


def _court(tree: FileTree, loaded: Loaded, as_of: date, bag: Bag, *, sound: bool = False) -> Court:
    from platform_compiler.policy.stages import convene  # noqa: PLC0415 -- only where there are policies

    return convene(tree, loaded, as_of, bag, sound=sound)


def everything(unit: Unit) -> bool:  # noqa: ARG001 -- a predicate
    """Want every unit."""
    return True


def compile_tree(tree: FileTree, as_of: date, bag: Bag, wanted: Callable[[Unit], bool] = everything) -> Output | None:
    """Compile the units that `wanted` names to the bytes of their files; None when anything is wrong.

    A unit's bytes do not depend on which others are wanted: everything is linked, only the rest of the work is saved.
    """
    checked = check(tree, as_of, bag)
    return None if bag.has_errors else build(checked, bag, wanted)


def build(
    checked: Checked, bag: Bag, wanted: Callable[[Unit], bool] = everything, *, judged: bool = True
) -> Output | None:
    """The second half: from linked targets to the bytes of every file; None when anything is wrong.

    Without `judged` resources are neither verified nor asked about by policies: for what is only compared with.
    """
    whole = wanted is everything
    return close(checked, (part(checked, wanted, whole=whole, judged=judged),), bag, whole=whole, judged=judged)


def part(checked: Checked, wanted: Callable[[Unit], bool], *, whole: bool, judged: bool = True) -> Part:
    """Make and judge what is wanted, which depends on no other cluster; `whole` says that it is all of its clusters."""
    from platform_compiler.emit.part import Part  # noqa: PLC0415 -- see the module's docstring
    from platform_compiler.verify.compiled import items_of, verify  # noqa: PLC0415
    from platform_compiler.verify.group import items_in  # noqa: PLC0415

    bag = Bag()
    facts, schemas = known_of(checked)
    batches = resources_of(checked, wanted, schemas, bag)
    whole = whole and not bag.has_errors
    court = checked.court
    told: tuple[Told, ...] = ()
    judgement = None
    if judged:
        groups = items_of(batches, lines_of(checked))
        told = verify(groups, facts, schemas, whole=whole)
        judgement = court.judge_resources(items_in(groups), checked.linked, schemas) if court else None
    made = Part(bag.sorted(), whole, told, judgement)
    return made if made.has_errors else replace(made, laid=laid_of(checked, batches))


def resources_of(
    checked: Checked, wanted: Callable[[Unit], bool], schemas: Callable[[str], Schemas], bag: Bag
) -> list[Batch]:
    """Make the resources of the units that are wanted."""
    from platform_compiler.blueprints.expand import expand  # noqa: PLC0415 -- see the module's docstring
    from platform_compiler.context.build import build_contexts  # noqa: PLC0415
    from platform_compiler.hatches.hatched import hatched  # noqa: PLC0415

    # All contexts first: code and data that take turns drive each other out of the processor's caches.
    contexts = list(build_contexts(checked.loaded, checked.resolved, checked.linked, bag, wanted))
    batches = expand(contexts, checked.catalog, unsupported_of(checked.loaded), bag)
    batches = hatched(checked, batches, schemas, bag)
    return batches + (checked.court.shipped(batches, checked.linked, wanted) if checked.court else [])


def laid_of(checked: Checked, batches: Iterable[Batch]) -> Laid:
    """Lay resources out as files, and say of each unit whose it is and what others are linked with."""
    from platform_compiler.emit.late import Late  # noqa: PLC0415 -- see the module's docstring
    from platform_compiler.emit.part import laid_out  # noqa: PLC0415

    laid = laid_out(batches)
    owners = {cluster: owner_of(checked.loaded, cluster) for cluster in checked.loaded.clusters}
    output = replace(
        laid.output,
        owners={unit: owners[unit.cluster] for unit in laid.output.units},
        published=Late(partial(published_of, checked, laid.output.units)),
    )
    return laid._replace(output=output)


def close(checked: Checked, parts: Sequence[Part], bag: Bag, *, whole: bool, judged: bool = True) -> Output | None:
    """Say what only all clusters together tell, and return the bytes of every file; None when anything is wrong.

    Where one part is broken, none may have been judged as `whole`: what is missing may be what could not be made.
    """
    from platform_compiler.emit.part import joined  # noqa: PLC0415 -- see the module's docstring
    from platform_compiler.verify.report import report_told  # noqa: PLC0415

    bag.take(one for part in parts for one in part.made)
    whole = whole and not bag.has_errors
    assert all(part.whole == whole for part in parts)
    report_told((one for part in parts for one in part.told), bag)
    if judged and checked.court:
        judgements = (part.judgement for part in parts if part.judgement)
        checked.court.close(judgements, checked.linked, checked.told, bag, whole=whole)
    return None if bag.has_errors else joined((part.laid for part in parts if part.laid), bag)
