"""The second half of a compile on an engine: parts by groups of clusters, then what only all of them together tell."""

from dataclasses import replace
from datetime import date

from platform_compiler.context.unit import Selection
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import Checked, close
from platform_compiler.scale.engine import Engine, ask
from platform_compiler.scale.job import Job, build_part, forget, luggage_of, remember
from platform_compiler.scale.split import groups_of
from platform_compiler.source.snapshot import Snapshot

_EVERYTHING = Selection()


def jobs_for(engine: Engine, tree: Snapshot, as_of: date, checked: Checked, wanted: Selection) -> list[Job]:
    """Return the jobs that a compile consists of, one a process."""
    luggage = None if engine.inherits else luggage_of(tree)
    return [
        Job(tree.digest, as_of, Selection(group, wanted.apps), wanted == _EVERYTHING, luggage)
        for group in groups_of(checked, wanted, engine.processes)
    ]


def build_on(  # noqa: PLR0913, PLR0917 -- as `build` has it, and what another process needs to know
    engine: Engine, tree: Snapshot, as_of: date, checked: Checked, bag: Bag, wanted: Selection = _EVERYTHING
) -> Output | None:
    """Do what `pipeline.build` does, on an engine; the output is the same, without resources.

    Raises:
        LostError: the engine did not finish.
    """
    if engine.inherits and checked.court:
        checked.court.policies.ready(checked.court.names, bag)  # once, for all processes
    jobs = jobs_for(engine, tree, as_of, checked, wanted)
    remember(tree.digest, as_of, checked)
    try:
        parts = ask(engine, build_part, jobs)
        if any(part.is_broken for part in parts):
            # Then nothing is whole: those that were judged so are asked again.
            again = [i for i, part in enumerate(parts) if part.whole]
            asked = ask(engine, build_part, [replace(jobs[i], whole=False) for i in again])
            for i, part in zip(again, asked, strict=True):
                parts[i] = part
    finally:
        forget()
    return close(checked, parts, bag, whole=wanted == _EVERYTHING)
