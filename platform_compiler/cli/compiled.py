"""A compile of a repository, or what an earlier one of the same files, options and compiler made of it.

The compiler's phases are imported only where something is left for them to do.
"""

from typing import TYPE_CHECKING, NamedTuple

from platform_compiler.cli.jobs import LEAST, Jobs
from platform_compiler.cli.known import check_known, chosen_clusters
from platform_compiler.cli.options import Run
from platform_compiler.cli.verdict import Verdict, compile_key, made_of, recalled, remember
from platform_compiler.context.unit import Selection
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.source.snapshot import Snapshot

if TYPE_CHECKING:
    from platform_compiler.checked import Checked
    from platform_compiler.cli.since import Since
    from platform_compiler.emit.layout import Output
    from platform_compiler.incremental.base import Base

_CONTENTS, _BLOBS = "-contents", "-blobs"


class Choice(NamedTuple):
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


class Compiled(NamedTuple):
    """What a compile says, and the output of one that was asked for it and has no errors."""

    verdict: Verdict
    output: "Output | None"


def compiled(run: Run, tree: Snapshot, choice: Choice, jobs: Jobs, *, whole: bool) -> Compiled:
    """Return what a compile says, and with `whole` what it makes."""
    asked = _Asked(run, tree, choice, jobs, _key(run, tree, choice), whole)
    verdict = recalled(run.cache, asked.key, tree)
    if verdict is not None and not (whole and verdict.made):
        return Compiled(verdict, None)
    output = _recalled_output(asked, asked.key) if verdict is not None else None
    if verdict is not None and output is not None:
        return Compiled(verdict, output)
    base = _base(asked)
    return (_compiled_since(asked, base) if base else None) or _compiled_anew(asked, base)


def compiled_by_base(run: Run, tree: Snapshot) -> Compiled | None:
    """Return a compile of all from one of nearly the same files that is known; None where more has to be compiled.

    Nothing is found of resources in either, so that a compile of some clusters would say the same.
    """
    choice = Choice()
    asked = _Asked(run, tree, choice, Jobs(1), _key(run, tree, choice), whole=True)
    base = _base(asked)
    before = recalled(run.cache, base.key, tree) if base and not base.late else None
    if base is None or before is None:
        return None
    if base.key == asked.key:
        return Compiled(before, _recalled_output(asked, base.key))
    found = _compiled_since(asked, base)
    return found if found and found.verdict.findings == before.findings else None


class _Asked(NamedTuple):
    """What is to be compiled, by whom, and the key of what it comes to."""

    run: Run
    tree: Snapshot
    choice: Choice
    jobs: Jobs
    key: str
    whole: bool


def _recalled_output(asked: _Asked, key: str) -> "Output | None":
    """Return what an earlier compile made; where its bytes are gone since, what is asked for is compiled."""
    contents = asked.run.cache.get(key + _CONTENTS)
    if contents is None:
        return None
    from platform_compiler.emit.kept import output_from  # noqa: PLC0415 -- see the module's docstring

    def again() -> "Output":
        output = _compiled_anew(asked, None).output
        assert output is not None
        return output

    return output_from(contents, lambda: asked.run.cache.get(key + _BLOBS), again)


def _base(asked: _Asked) -> "Base | None":
    """Return the compile of nearly the same files that this one can be measured against."""
    if asked.choice.limits or not asked.key:
        return None
    from platform_compiler.cli.since import base_for  # noqa: PLC0415 -- see the module's docstring

    return base_for(asked.run.cache, asked.tree, asked.run.as_of)


def _compiled_since(asked: _Asked, base: "Base") -> Compiled | None:
    """Return what manifests that were edited since make of a base; None where that does not lead there."""
    from platform_compiler.cli.since import since_manifests  # noqa: PLC0415 -- see the module's docstring

    since = since_manifests(asked.run, asked.tree, base)
    return _replaced(asked, since) if since else None


def _replaced(asked: _Asked, since: "Since") -> Compiled | None:
    """Return what a base made with what is different since; None where it is not kept any more."""
    remember(asked.run.cache, asked.key, asked.tree, since.verdict)
    if not asked.whole or since.verdict.has_errors:
        return Compiled(since.verdict, None)
    from platform_compiler.emit.kept import changed  # noqa: PLC0415 -- see the module's docstring

    output = _recalled_output(asked, since.base.key)
    return None if output is None else Compiled(since.verdict, changed(output, since.output, since.gone))


def _compiled_anew(asked: _Asked, base: "Base | None") -> Compiled:
    """Return the same, checked from the beginning; of the rest what a base does not tell. It is remembered."""
    from platform_compiler.cli.since import since_stages  # noqa: PLC0415 -- as above
    from platform_compiler.pipeline import check  # noqa: PLC0415

    run, tree, choice, jobs, _, whole = asked
    bag = Bag()
    checked = check(tree, run.as_of, bag)
    clusters = _clusters(checked, choice)
    if base is not None and not bag.has_errors:
        since = since_stages(run, tree, base, checked, bag)
        replaced = _replaced(asked, since) if since else None
        if replaced is not None:
            return replaced
    early = frozenset(bag.sorted())
    output = None if bag.has_errors else _built(run, tree, checked, bag, choice.wanted(clusters), jobs)
    verdict = Verdict(bag.sorted(), checked.texts, made_of(output), clusters)
    late = tuple(one for one in verdict.findings if one not in early)
    output = _remembered(asked, verdict, checked, output, late)
    return Compiled(verdict, output if whole else None)


def _remembered(
    asked: _Asked, verdict: Verdict, checked: "Checked", output: "Output | None", late: tuple[Diagnostic, ...]
) -> "Output | None":
    """Keep what a compile says and makes; return what it makes, with what was worked out to keep it."""
    from platform_compiler.emit.ledger import with_accounts, with_ids  # noqa: PLC0415 -- see the module's docstring

    run, tree, choice, _, key, whole = asked
    if choice.limits or not key:
        remember(run.cache, key, tree, verdict)
    else:
        from platform_compiler.cli.since import Whole, remember_whole  # noqa: PLC0415 -- see the module's docstring

        output = with_ids(output) if output else None
        remember_whole(run.cache, tree, run.as_of, Whole(verdict, checked, output, late))
    if not whole or output is None or not key:
        return output
    from platform_compiler.emit.kept import blobs_of, contents_of  # noqa: PLC0415 -- as above

    output = with_accounts(output)
    run.cache.put(key + _CONTENTS, contents_of(output))
    run.cache.put(key + _BLOBS, blobs_of(output))
    return output


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
    return compile_key(run.cache, tree, run.as_of, choice.environments, choice.clusters, choice.apps)


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
