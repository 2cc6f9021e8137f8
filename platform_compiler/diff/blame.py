"""Which line made a resource change: the reason is looked for near first, then further away.

(1) the target's own settings, merged from every layer; (2) `calls`, `access`, `expose` and ports of whom it is linked
with, for a cluster whatever changed of its targets; (3) the manifests of its team, environment, cluster, the gateways
and the platform; (4) the blueprint's template; (5) the compiler itself.
Where several lines changed, those whose words occur in what changed are preferred.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from platform_compiler.blueprints.catalog import Catalog
from platform_compiler.checked import Checked
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Span
from platform_compiler.diff.leaves import Leaf, changed_leaves
from platform_compiler.diff.model import Cause, Change, Comparison, FieldChange
from platform_compiler.layers.placement import environment_of
from platform_compiler.load import Manifest
from platform_compiler.source.node import MapNode

_MOST = 3
_CHOOSING = {("blueprint",), ("blueprints",), ("parts",)}
"""Settings that choose which template makes a resource."""
_LINKING = frozenset({"calls", "access", "deny", "expose", "ports"})
COMPILER = Cause(Span(""), "the compiler")
"""No line of the repository explains the change."""


def blame(comparison: Comparison, base: Checked, head: Checked) -> Comparison:
    """Return the comparison with at most three causes a change, the most telling first."""
    lines = _Lines(base, head)
    changes = tuple(replace(change, causes=lines.causes(change)) for change in comparison.changes)
    return replace(comparison, changes=changes)


@dataclass(frozen=True)
class _Lines:
    """What changed in the sources, found once a place and remembered."""

    base: Checked
    head: Checked

    def causes(self, change: Change) -> tuple[Cause, ...]:
        """Return the lines behind a change, nearest and most telling first."""
        unit, words = change.placed.unit, _Words(change)
        tiers = (self._own(unit), self._neighbours(unit), self._surroundings(unit))
        if _another_blueprint(change):
            chosen = [leaf for tier in tiers for leaf in tier if leaf.pointer[:1] in _CHOOSING]
            if chosen:
                return _distinct(chosen)
        for tier in tiers:
            telling = [leaf for leaf in tier if words.hold(leaf)]
            if telling:
                return _distinct(telling)
        template = self._template(change)
        if template:
            return (template,)
        return _distinct(next((tier for tier in tiers if tier), ())) or (COMPILER,)

    @cached_property
    def _settings(self) -> dict[tuple[str, str], tuple[Leaf, ...]]:
        return {}

    @cached_property
    def _manifests(self) -> dict[str, tuple[Leaf, ...]]:
        return {}

    @cached_property
    def _texts(self) -> dict[str, Cause | None]:
        return {}

    def _own(self, unit: Unit) -> tuple[Leaf, ...]:
        """Return the changed settings of an application or external service, of a namespace's or a host's owners."""
        if unit.scope in OWNED:
            return self._target(unit.cluster, unit.id)
        if unit.scope == "host":
            linked = (self.base.linked, self.head.linked)
            refs = sorted({r.target.ref for one in linked for r in one.hosts.get((unit.cluster, unit.id), ())})
            return tuple(leaf for ref in refs for leaf in self._target(unit.cluster, ref))
        return ()

    def _target(self, cluster: str, ref: str) -> tuple[Leaf, ...]:
        key = (cluster, ref)
        if key not in self._settings:
            old, new = (c.resolved.by_cluster.get(cluster, {}).get(ref) for c in (self.base, self.head))
            if old is not None and new is not None:
                found = (*changed_leaves(old.spec, new.spec), *_metadata(old.manifest, new.manifest))
            else:
                found = self._placement(ref)
            self._settings[key] = found
        return self._settings[key]

    def _placement(self, ref: str) -> tuple[Leaf, ...]:
        """Return why a target is on one side only: its manifest came or went, or something else placed it elsewhere."""
        return self._manifest(*(c.loaded.workloads.get(ref) for c in (self.base, self.head)))

    def _neighbours(self, unit: Unit) -> tuple[Leaf, ...]:
        """Return what changed of the links' other ends, as far as it is about linking."""
        refs = self._refs(unit)
        return tuple(
            replace(leaf, hint=ref.partition("/")[2])
            for cluster, ref in sorted(refs)
            for leaf in self._target(cluster, ref)
            if leaf.whole or leaf.pointer[0] in _LINKING or unit.scope == "cluster"
        )

    def _refs(self, unit: Unit) -> set[tuple[str, str]]:
        key = (unit.cluster, unit.id)
        refs: set[tuple[str, str]] = set()
        for linked in (self.base.linked, self.head.linked):
            if unit.scope == "namespace":
                refs |= {
                    (unit.cluster, ref)
                    for ref, t in linked.targets.get(unit.cluster, {}).items()
                    if t.interface.namespace == unit.id
                }
            if unit.scope == "cluster":  # gateways of all, the egress gateway: any target may have a part in them
                refs |= {(unit.cluster, ref) for ref in linked.targets.get(unit.cluster, {}) if self._is_changed(ref)}
            refs |= {(link.callee.cluster, link.callee.ref) for link in linked.links_out.get(key, ())}
            refs |= {(link.caller.cluster, link.caller.ref) for link in linked.links_in.get(key, ())}
        return refs - {key}

    def _is_changed(self, ref: str) -> bool:
        old, new = (one.loaded.workloads.get(ref) for one in (self.base, self.head))
        if old is None or new is None:
            return True
        return self.base.loaded.texts.get(old.path) != self.head.loaded.texts.get(new.path)

    def _surroundings(self, unit: Unit) -> tuple[Leaf, ...]:
        """Return what changed in the manifests around a unit, nearest first."""
        one, two = self.base.loaded, self.head.loaded
        team = unit.id.partition("/")[0] if unit.scope in OWNED else None
        teams = [team] if team else sorted({*one.teams, *two.teams})
        clusters = [c.clusters.get(unit.cluster) for c in (one, two)]
        environments = {environment_of(cluster) for cluster in clusters if cluster is not None}
        pairs: list[tuple[Manifest | None, Manifest | None]] = [(one.teams.get(n), two.teams.get(n)) for n in teams]
        pairs += [(one.environments.get(name), two.environments.get(name)) for name in sorted(environments)]
        pairs.append((clusters[0], clusters[1]))
        pairs += [(one.gateways.get(n), two.gateways.get(n)) for n in sorted({*one.gateways, *two.gateways})]
        pairs.append((one.platform, two.platform))
        return tuple(leaf for pair in pairs for leaf in self._manifest(*pair))

    def _manifest(self, old: Manifest | None, new: Manifest | None) -> tuple[Leaf, ...]:
        """Return what changed of one manifest; a new or removed one is one leaf."""
        there = new or old
        if there is None:
            return ()
        if there.path not in self._manifests:
            if old is None or new is None:
                text = f"{there.kind} {there.ref}"
                leaf = Leaf((), there.document.span, text, (there.name,), gone=new is None, whole=True)
                self._manifests[there.path] = (leaf,)
            else:
                self._manifests[there.path] = (*changed_leaves(old.spec, new.spec), *_metadata(old, new))
        return self._manifests[there.path]

    def _template(self, change: Change) -> Cause | None:
        """Return the first line that changed of the template behind a resource, or of another file of its blueprint."""
        if change.placed.resource is None:
            return None
        path = change.placed.resource.template.path
        folder = path.rsplit("/", 2)[0]
        if path not in self._texts:
            old, new = (_files(side.catalog, folder) for side in (self.base, self.head))
            own = new.get(path, old.get(path, b"")).decode(errors="replace")
            others = sorted(
                {*old, *new} - {path}, key=lambda other: (other.partition("blueprints/")[2] not in own, other)
            )
            first = [path, *others]
            changed = next((p for p in first if old.get(p) != new.get(p)), None)
            self._texts[path] = _first_line(changed, old, new) if changed else None
        return self._texts[path]


def _another_blueprint(change: Change) -> bool:
    """Whether another template, such as another version's, makes the resource now."""
    sides = [side.resource for side in (change.old, change.new) if side is not None and side.resource is not None]
    return len({resource.template.path for resource in sides}) > 1


class _Words:
    """The words of what changed in a resource, for telling which line has to do with it."""

    def __init__(self, change: Change) -> None:
        self._whole = not change.fields
        self._text = "\n".join(_words(change.fields))

    def hold(self, leaf: Leaf) -> bool:
        """Whether a changed line shares a word with the change; a resource that came or went is told by any line."""
        if leaf.whole and not leaf.hint:
            return True
        if leaf.hint and not self._whole:
            return leaf.hint in self._text
        return self._whole or any(word in self._text for word in leaf.words)


def _words(fields: Iterable[FieldChange]) -> Iterator[str]:
    for field in fields:
        yield ".".join(map(str, field.pointer))
        yield from _texts(field.old)
        yield from _texts(field.new)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield str(key)
            yield from _texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _texts(child)
    else:
        yield str(value)


def _metadata(old: Manifest, new: Manifest) -> tuple[Leaf, ...]:
    """Return what changed beside `spec`, such as labels of the document."""
    beside = (
        MapNode({k: v for k, v in m.document.entries.items() if k != "spec"}, m.document.keys, m.document.span)
        for m in (old, new)
    )
    return tuple(changed_leaves(*beside))


def _distinct(leaves: Iterable[Leaf]) -> tuple[Cause, ...]:
    causes = dict.fromkeys(Cause(leaf.span, leaf.text, leaf.gone) for leaf in leaves)
    return tuple(causes)[:_MOST]


def _files(catalog: Catalog, folder: str) -> dict[str, bytes]:
    """Return the files of the blueprint that lies in `folder`, by their paths for people, and the libraries."""
    found: dict[str, bytes] = {}
    for versions in catalog.blueprints.values():
        for blueprint in versions:
            if folder == blueprint.folder or folder.startswith(f"{blueprint.folder}/"):
                found |= {f"{blueprint.folder}/{path}": data for path, data in blueprint.files.items()}
                found |= {f"{blueprint.prefix}blueprints/{path}": data for path, data in blueprint.libraries.items()}
    return found


def _first_line(path: str, old: dict[str, bytes], new: dict[str, bytes]) -> Cause:
    """Return the first line of a file that is not as it was."""
    before, after = (side.get(path, b"").split(b"\n") for side in (old, new))
    same = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    return Cause(Span(path, same + 1, 1, same + 1, 1), "the blueprint", path not in new)
