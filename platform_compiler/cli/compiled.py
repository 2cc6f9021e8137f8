"""A compile of a repository, or what an earlier one of the same files, options and compiler made of it.

The compiler's phases are imported only where something is left for them to do.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_compiler.cli.jobs import LEAST, Jobs
from platform_compiler.cli.known import check_known, chosen_clusters
from platform_compiler.cli.options import Run
from platform_compiler.cli.verdict import Verdict, key_for, recalled, remember
from platform_compiler.context.unit import Selection
from platform_compiler.diagnostics import Bag
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from platform_compiler.checked import Checked
    from platform_compiler.emit.layout import Output

_CONTENTS, _BLOBS = "-contents", "-blobs"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is compiled of a repository; where nothing is named, all."""

    environments: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()

    @property
    def limits(self) -> bool:
        """Whether anything is named."""
        return bool(self.environments or self.clusters or self.apps)

    def wanted(self, clusters: frozenset[str] | None) -> Selection:
        """Return the units that are meant, once it is known which clusters are chosen; None are all."""
        return Selection(clusters, self.apps)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a compile says, and the output of one that was asked for it and has no errors."""

    verdict: Verdict
    output: "Output | None"


def compiled(run: Run, tree: Snapshot, choice: Choice, jobs: Jobs, *, whole: bool) -> Compiled:
    """Return what a compile says, and with `whole` what it makes."""
    key = _key(run, tree, choice)

    def anew() -> Compiled:
        return _compiled_anew(run, tree, choice, jobs, key, whole=whole)

    def again() -> "Output":
        output = anew().output
        assert output is not None
        return output

    verdict = recalled(run, key, tree)
    if verdict is not None and not (whole and verdict.made):
        return Compiled(verdict, None)
    output = _recalled_output(run, key, again) if verdict is not None else None
    if verdict is not None and output is not None:
        return Compiled(verdict, output)
    return (None if choice.limits or not key else _compiled_since(run, tree, key, again, whole=whole)) or anew()


def _recalled_output(run: Run, key: str, again: "Callable[[], Output]") -> "Output | None":
    """Return what an earlier compile made; where its bytes are gone since, they are made again."""
    contents = run.cache.get(key + _CONTENTS)
    if contents is None:
        return None
    from platform_compiler.emit.kept import output_from  # noqa: PLC0415 -- see the module's docstring

    return output_from(contents, lambda: run.cache.get(key + _BLOBS), again)


def _compiled_since(
    run: Run, tree: Snapshot, key: str, again: "Callable[[], Output]", *, whole: bool
) -> Compiled | None:
    """Return the same from what a compile of nearly the same files made; None where that does not lead there."""
    from platform_compiler.cli.since import compiled_since  # noqa: PLC0415 -- see the module's docstring

    since = compiled_since(run, tree)
    if since is None:
        return None
    remember(run, key, tree, since.verdict)
    if not whole:
        return Compiled(since.verdict, None)
    from platform_compiler.emit.kept import changed  # noqa: PLC0415 -- as above

    output = _recalled_output(run, since.base.key, again)
    made = since.rebuilt
    return None if output is None else Compiled(since.verdict, changed(output, made.output, made.gone))


def _compiled_anew(  # noqa: PLR0913 -- what is compiled, and where it is kept
    run: Run, tree: Snapshot, choice: Choice, jobs: Jobs, key: str, *, whole: bool
) -> Compiled:
    """Return the same, worked out by the compiler; what is asked for is remembered."""
    from platform_compiler.cli.since import in_words, remember_base  # noqa: PLC0415 -- as above
    from platform_compiler.emit.kept import blobs_of, contents_of, with_ids  # noqa: PLC0415
    from platform_compiler.pipeline import check  # noqa: PLC0415

    bag = Bag()
    checked = check(tree, run.as_of, bag)
    clusters = _clusters(checked, choice)
    output = None if bag.has_errors else _built(run, tree, checked, bag, choice.wanted(clusters), jobs)
    words = in_words({unit: len(paths) for unit, paths in output.units.items()}) if output else ""
    verdict = Verdict(bag.sorted(), checked.texts, words, clusters)
    remember(run, key, tree, verdict)
    if output is not None and key and not choice.limits:
        remember_base(run, tree, key, checked, output)
    if whole and output is not None and key:
        output = with_ids(output)
        run.cache.put(key + _CONTENTS, contents_of(output))
        run.cache.put(key + _BLOBS, blobs_of(output))
    return Compiled(verdict, output if whole else None)


def _built(  # noqa: PLR0913, PLR0917 -- a compile, and who does it
    run: Run, tree: Snapshot, checked: "Checked", bag: Bag, wanted: Selection, jobs: Jobs
) -> "Output | None":
    """Return the second half of a compile, done by one process or by several."""
    from platform_compiler.pipeline import build, everything  # noqa: PLC0415 -- see the module's docstring
    from platform_compiler.scale.split import saved  # noqa: PLC0415

    with jobs.engine(lambda count: saved(checked, wanted, count, 0 if jobs.count is not None else LEAST)) as engine:
        if engine is None:
            return build(checked, bag, everything if wanted == Selection() else wanted)
        from platform_compiler.scale.build import build_on  # noqa: PLC0415 -- only where it pays

        return build_on(engine, tree, run.as_of, checked, bag, wanted)


def _key(run: Run, tree: Snapshot, choice: Choice) -> str:
    named = {"environments": choice.environments, "clusters": choice.clusters, "apps": choice.apps}
    return key_for(run, tree, "compile", **named)


def _clusters(checked: "Checked", choice: Choice) -> frozenset[str] | None:
    """Return the clusters that options choose, None where they name nothing; what does not exist is a usage error."""
    from platform_compiler.layers.placement import environment_of  # noqa: PLC0415 -- see the module's docstring

    loaded = checked.loaded
    for name in choice.apps:
        check_known("application", name, [ref for ref, m in loaded.workloads.items() if m.kind == "Application"])
    for name in choice.environments:
        check_known("environment", name, loaded.environments)
    placed = {name: environment_of(cluster) for name, cluster in loaded.clusters.items()}
    chosen = chosen_clusters(placed, choice.environments, choice.clusters)
    return chosen if choice.limits else None
