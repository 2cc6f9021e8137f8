"""The two sides of a diff: a platform repository compiled in memory, or an environment repository as it stands.

A base that does not compile any more (an older commit under a newer compiler) is compiled as far as it goes: what
errors point at is left out of both sides, and the report says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from platform_compiler.blueprints.cast import parts_without_blueprint
from platform_compiler.blueprints.expand import expand
from platform_compiler.checked import Checked
from platform_compiler.context.build import build_contexts
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Severity
from platform_compiler.diff.model import Placed, Resources, identity_of
from platform_compiler.emit.layout import Output, lay_out
from platform_compiler.emit.ledger import Entry, digest, ledgers_of
from platform_compiler.emit.stored import resource_in
from platform_compiler.layers.placement import environment_of, has_environment, text
from platform_compiler.load import Loaded
from platform_compiler.pipeline import build, check
from platform_compiler.source.tree import FileTree, Unreadable

Wanted = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its resources, and what compiling it said. `checked` is None for an environment repository.

    `left_out` are the manifests whose resources cannot be known here; `notes` are sentences for people; `clusters` are
    the only ones looked at, where not all are; of `unknown` ones nothing can be compiled. `output` is what was
    compiled; what was found of resources came `late`.
    """

    resources: Resources
    checked: Checked | None = None
    findings: tuple[Diagnostic, ...] = ()
    left_out: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    clusters: frozenset[str] | None = None
    unknown: frozenset[str] = frozenset()
    output: Output | None = None
    late: tuple[Diagnostic, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether it does not compile."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def compiled(tree: FileTree, as_of: date, *, judged: bool = True) -> Side:
    """Compile a platform repository; with any error there are no resources, only findings.

    Without `judged` it is neither verified nor judged by policies.
    """
    bag = Bag()
    checked = check(tree, as_of, bag, judged=judged)
    early = frozenset(bag.sorted())
    output = None if bag.has_errors else build(checked, bag, judged=judged)
    side = side_of(checked, output) if output else Side({}, checked)
    return replace(side, findings=bag.sorted(), late=tuple(one for one in bag.sorted() if one not in early))


def side_of(checked: Checked, output: Output) -> Side:
    """Return a platform repository, or a part of one, that was compiled without errors."""
    return Side(_resources(output), checked, output=output)


def salvaged(tree: FileTree, as_of: date) -> Side:
    """Compile a platform repository as far as it goes; what errors point at is named in `left_out`.

    It is what was: whether clusters and policies of today would accept it is no question any more.
    """
    side = compiled(tree, as_of, judged=False)
    if not side.has_errors:
        return side
    assert side.checked is not None
    loaded = side.checked.loaded
    errors = [finding for finding in side.findings if finding.severity is Severity.ERROR]
    broken = frozenset(label.span.path for finding in errors for label in finding.labels) | loaded.broken
    pointed = frozenset(finding.span.path for finding in errors)
    left_out = broken | {m.path for m in loaded.workloads.values() if f"teams/{m.team}/team.yaml" in pointed}
    unknown = _unknown(loaded, pointed)
    if unknown >= loaded.clusters.keys():
        return replace(side, left_out=left_out, unknown=unknown)
    output, lacking, lost = _what_can_be(side.checked, left_out, unknown)
    left_out |= lacking
    return replace(side, resources=_without(_resources(output), left_out), left_out=left_out, unknown=unknown | lost)


def _unknown(loaded: Loaded, pointed: frozenset[str]) -> frozenset[str]:
    """Return the clusters for which nothing is compiled: what all manifests there take settings from has an error.

    Such a setting may name what is not there, in whatever manifest it ends up.
    """
    unread = {path.split("/")[1].removesuffix(".yaml") for path in loaded.broken if path.startswith("clusters/")}
    if loaded.platform is None or loaded.platform.path in pointed:
        return frozenset(unread | loaded.clusters.keys())
    wrong = {
        name
        for name, cluster in loaded.clusters.items()
        if not has_environment(cluster, loaded)
        or not pointed.isdisjoint({cluster.path, loaded.environments[environment_of(cluster)].path})
    }
    return frozenset(unread | wrong)


def _what_can_be(
    checked: Checked, left_out: frozenset[str], unknown: frozenset[str]
) -> tuple[Output, frozenset[str], frozenset[str]]:
    """Return what blueprints make of a repository with errors, unverified; then the manifests and clusters without one.

    No blueprint is asked for that is not there: a manifest goes that names one, and a whole cluster whose part it is.
    """
    bag = Bag()
    out = {ref for ref, manifest in checked.loaded.workloads.items() if manifest.path in left_out}

    def wanted(unit: Unit) -> bool:
        return unit.cluster not in unknown and unit.id not in out

    contexts = list(build_contexts(checked.loaded, checked.resolved, checked.linked, bag, wanted))
    lacking = [(one, parts) for one in contexts if (parts := parts_without_blueprint(one, checked.catalog))]
    manifests = frozenset(one.manifest.path for one, parts in lacking if parts == {"workload"})
    lost = frozenset(one.unit.cluster for one, parts in lacking if parts != {"workload"})
    kept = [one for one in contexts if one.manifest.path not in manifests and one.unit.cluster not in lost]
    return lay_out(expand(kept, checked.catalog, {}, bag), bag), manifests, lost


def limited(side: Side, clusters: frozenset[str] | None) -> Side:
    """Return a side with the resources of some clusters only; None stands for all."""
    if clusters is None:
        return side
    kept = {identity: placed for identity, placed in side.resources.items() if identity.cluster in clusters}
    return replace(side, resources=kept, clusters=clusters)


def without(side: Side, other: Side) -> Side:
    """Return a side without what the other side cannot compile: what comes from its manifests, and whole clusters."""
    kept = replace(side, resources=_without(side.resources, other.left_out))
    if not other.unknown:
        return kept
    clusters = environments_of((side,)).keys() if side.clusters is None else side.clusters
    return limited(kept, frozenset(clusters) - other.unknown)


def _without(resources: Resources, left_out: frozenset[str]) -> Resources:
    return {i: p for i, p in resources.items() if p.resource is None or p.resource.manifest.path not in left_out}


def _resources(output: Output) -> Resources:
    return {
        identity_of(resource.unit.cluster, resource.body): Placed(
            resource.body, path, resource.unit, output.files[path], resource
        )
        for path, resource in output.resources.items()
    }


def deployed(tree: FileTree, like: Resources, wanted: Wanted) -> Side:
    """Read an environment repository: only the files that its ledger names, and inside only of those that differ.

    `like` is the compilation that it is compared with: a file with the same bytes holds the same resource. Environments
    may lie in folders of their own.
    """
    by_path = {placed.path: placed for placed in like.values()}
    there = set(tree.paths())
    found: dict[str, Placed] = {}
    edited, notes = 0, []
    for unit, (prefix, entry) in sorted(ledgers_of(tree).items()):
        for path, written in entry.files.items() if wanted(entry) else ():
            data = _read(tree, prefix + path) if prefix + path in there else None
            if data is None:
                continue
            edited += digest(data) != written
            placed = _placed(path, data, unit, by_path.get(path))
            if placed is None:
                notes.append(f"`{path}` holds no resource that can be read, so its change is shown as a new resource")
            else:
                found[path] = placed
    if edited:
        were = (
            "1 file of the environment repository was"
            if edited == 1
            else f"{edited} files of the environment repository were"
        )
        notes.append(f"{were} edited after platformc wrote {'it' if edited == 1 else 'them'}")
    return Side({identity_of(p.unit.cluster, p.body): p for p in found.values()}, notes=tuple(notes))


def _read(tree: FileTree, path: str) -> bytes | None:
    try:
        return tree.read(path)
    except Unreadable:
        return None


def _placed(path: str, data: bytes, unit: Unit, twin: Placed | None) -> Placed | None:
    """Return the resource of a file, or None when it holds none."""
    if twin is not None and twin.data == data:
        return replace(twin, unit=unit)
    body = resource_in(path, data)
    return Placed(body, path, unit, data) if body is not None else None


def environments_of(sides: Iterable[Side]) -> Mapping[str, str]:
    """Return the environment of every cluster that a side knows, in order of promotion; the last side's word counts."""
    loaded = [side.checked.loaded for side in sides if side.checked is not None]
    found = {name: environment_of(cluster) for one in loaded for name, cluster in one.clusters.items()}
    after = {name: text(e.spec, "promotion", "after") for one in loaded for name, e in one.environments.items()}
    return dict(sorted(found.items(), key=lambda item: (_steps(item[1], after), item[1], item[0])))


def _steps(environment: str, after: Mapping[str, str | None]) -> int:
    """Return how many promotions lead to an environment; a circle, told elsewhere, ends the count."""
    steps, name = 0, after.get(environment)
    while name is not None and steps < len(after):
        steps, name = steps + 1, after.get(name)
    return steps
