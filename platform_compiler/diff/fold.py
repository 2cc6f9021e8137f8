"""Equal changes over clusters told once, with the clusters they hold on.

What differs only by a cluster's own facts (its name, trust domain, region, domains) is equal: the facts stand as
`<cluster>`, `<trustDomain>` and so on then, and namespaces without their environment's suffix. A cluster on which
something else differs keeps an entry of its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from platform_compiler.checked import Checked
from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diff.canonical import canonical, same
from platform_compiler.diff.fields import field_changes
from platform_compiler.diff.masking import masked
from platform_compiler.diff.model import Cause, Change, ChangeKind, Comparison, FieldChange, Identity, Item, Risk
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.load import Manifest
from platform_compiler.source.node import ScalarNode, at

_FACTS = (("trustDomain", ("mesh", "trustDomain")), ("network", ("mesh", "network")), ("region", ("region",)))
_MOST_CAUSES = 3
Neutral = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Folded:
    """One change that is the same on all of `clusters`; its fields are masked and may be shown.

    `identity` is the real one where all clusters agree, else in the words of the manifests; `subject` always in those.
    `shared` tells what several applications share (a namespace, a host, a cluster) from what one of them owns.
    """

    kind: ChangeKind
    identity: Identity
    old_identity: Identity | None
    owner: str
    shared: bool
    clusters: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    causes: tuple[Cause, ...]
    old_path: str
    new_path: str
    subject: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """One risk, on every cluster where it is the same: `about` is the resource or the pair of applications."""

    risk: Risk
    about: str
    unit: str
    clusters: tuple[str, ...]
    causes: tuple[Cause, ...]


def fold(changes: Iterable[Change], neutral: Mapping[str, Neutral]) -> tuple[Folded, ...]:
    """Return every change once, by unit, kind and name; the variant on most clusters first."""
    found: dict[Any, list[Change]] = {}
    for change in changes:
        shown = replace(change, fields=_besides_the_name(change)) if change.kind is ChangeKind.RENAMED else change
        found.setdefault(_key(shown, neutral), []).append(shown)
    folded = [_folded(group, neutral) for group in found.values()]
    return tuple(sorted(folded, key=lambda one: (one.shared, one.owner, one.subject, -len(one.clusters), one.clusters)))


def concerns(comparison: Comparison, neutral: Mapping[str, Neutral]) -> tuple[Concern, ...]:
    """Return every risk once, with its clusters."""
    found: dict[tuple[Risk, str, str], tuple[list[str], list[Cause]]] = {}
    told: list[tuple[Identity, Risk, Unit | None, tuple[Cause, ...]]]
    told = [(c.identity, risk, c.placed.unit, c.causes) for c in comparison.changes for risk in c.risks]
    told += [(identity, risk, None, ()) for identity, risk in comparison.elsewhere]
    for identity, risk, unit, causes in told:
        said = neutral.get(identity.cluster, str)
        key = (
            replace(risk, message=said(risk.message)),
            said(str(identity)),
            owner(unit, said) if unit is not None else "",
        )
        clusters, lines = found.setdefault(key, ([], []))
        clusters.append(identity.cluster)
        lines += [cause for cause in causes if cause not in lines]
    return tuple(
        Concern(risk, about, unit, tuple(sorted(set(clusters))), tuple(lines[:_MOST_CAUSES]))
        for (risk, about, unit), (clusters, lines) in found.items()
    )


def neutral_words(checked: Checked) -> dict[str, Neutral]:
    """Return for each cluster the function that puts words in the place of its own facts."""
    found = {}
    for name, cluster in checked.loaded.clusters.items():
        environment = checked.loaded.environments.get(environment_of(cluster))
        suffix = text(environment.spec, "namespaceSuffix") if environment else None
        real = {target.interface.namespace for target in checked.linked.targets.get(name, {}).values()}
        namespaces = {one: one.removesuffix(suffix) for one in real} if suffix else {}
        facts = _facts(cluster, environment_of(cluster), checked)
        found[name] = _neutral(name, {**namespaces, **facts})
    return found


def owner(unit: Unit, said: Neutral = str) -> str:
    """Return whom a unit belongs to, for people: `shop/cart`, `namespace shop`, `the cluster`."""
    if unit.scope in OWNED:
        return unit.id
    return "the cluster" if unit.scope == "cluster" else f"{unit.scope} {said(unit.id)}"


def _facts(cluster: Manifest, environment: str, checked: Checked) -> dict[str, str]:
    """Return a cluster's own values with the words that stand for them; its name comes last and never wins."""
    found: dict[str, str] = {}
    nodes = [(word, at(cluster.spec, *pointer)) for word, pointer in _FACTS]
    for name, gateway in checked.loaded.gateways.items():
        own = at(gateway.spec, "clusters", cluster.name, "domain")
        nodes.append((f"domain of {name}", own or at(gateway.spec, "domains", environment)))
    for word, node in nodes:
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.value:
            found.setdefault(node.value, f"<{word}>")
    return found


def _neutral(cluster: str, facts: Mapping[str, str]) -> Neutral:
    """Return the function that replaces whole words; a cluster called `dev` is not the end of `example.dev`."""
    longest_first = sorted(facts, key=lambda fact: (-len(fact), fact))
    others = rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])|" if facts else ""
    name = re.escape(cluster)
    pattern = re.compile(rf"{others}(?<![\w.-]){name}(?![\w-])")
    return lambda text: pattern.sub(lambda match: facts.get(match[0], "<cluster>"), text)


def _key(change: Change, neutral: Mapping[str, Neutral]) -> Any:
    said = neutral.get(change.identity.cluster, str)
    old = _subject(change.old_identity, said) if change.old_identity else None
    paths = said(f"{change.old.path if change.old else ''} {change.new.path if change.new else ''}")
    moved = paths if change.kind is ChangeKind.MOVED else ""
    unit = change.placed.unit
    fields = said(repr([_anywhere(field) for field in change.fields]))
    return change.kind, _subject(change.identity, said), old, owner(unit, said), moved, fields


def _anywhere(field: FieldChange) -> FieldChange:
    """Return a change without its place in the list: an item that goes is the same whatever else stands before it."""
    named = field.pointer and isinstance(field.pointer[-1], Item)
    return replace(field, index=-1) if named else field


def _subject(identity: Identity, said: Neutral) -> tuple[str, ...]:
    return identity.group, identity.kind, said(identity.namespace), said(identity.name)


def _folded(group: list[Change], neutral: Mapping[str, Neutral]) -> Folded:
    first = group[0]
    said = neutral.get(first.identity.cluster, str)
    differ = len({repr(change.fields) for change in group}) > 1
    fields = tuple(_said(field, said) for field in first.fields) if differ else first.fields
    causes = dict.fromkeys(cause for change in group for cause in change.causes)
    old, new = (said(side.path) if side else "" for side in (first.old, first.new))
    agree = len({change.identity[1:] for change in group}) == 1
    subject = _subject(first.identity, said)
    was = first.old_identity
    return Folded(
        first.kind,
        first.identity if agree else Identity("", *subject),
        was if agree or was is None else Identity("", *_subject(was, said)),
        owner(first.placed.unit, said),
        first.placed.unit.scope not in OWNED,
        tuple(change.identity.cluster for change in group),
        tuple(masked(field, first.identity.kind) for field in fields),
        tuple(causes)[:_MOST_CAUSES],
        old,
        new,
        subject,
    )


def _besides_the_name(change: Change) -> tuple[FieldChange, ...]:
    """Return what differs in a renamed resource once its old name is read as the new one."""
    assert change.old is not None
    assert change.new is not None
    assert change.old_identity is not None
    word = re.compile(rf"(?<![\w-]){re.escape(change.old_identity.name)}(?![\w-])")

    def as_new(text: str) -> str:
        return word.sub(lambda _: change.identity.name, text)

    found = field_changes(canonical(_said(change.old.body, as_new)), canonical(change.new.body))
    return tuple(field for field in found if not same(field.old, _said(field.new, as_new)))


def _said(value: Any, said: Neutral) -> Any:
    if isinstance(value, FieldChange):
        return replace(
            value,
            pointer=tuple(_said(step, said) if isinstance(step, Item) else step for step in value.pointer),
            old=_said(value.old, said),
            new=_said(value.new, said),
            inside=tuple(_said(one, said) for one in value.inside),
        )
    if isinstance(value, Item):
        return Item(tuple((name, said(v) if isinstance(v, str) else v) for name, v in value.key))
    if isinstance(value, dict):
        return {key: _said(child, said) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_said(child, said) for child in value)
    return said(value) if isinstance(value, str) else value
