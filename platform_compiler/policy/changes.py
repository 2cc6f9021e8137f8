"""What policies say of changes: of objects that will not be what they were, and of those that go.

A compile judges every object as made anew, since it knows no other state. Where what was before is known, each change
is a request that knows both, and so is each deletion. Only policies that may say more of that than they said of a new
object are asked, and only about what changes: a repository without any pays nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved
from platform_compiler.link.model import Linked
from platform_compiler.load import Loaded
from platform_compiler.objects import Body, group_of, kind_of, text
from platform_compiler.policy.interest import Interest, interest
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.kinds import Kinds
from platform_compiler.policy.manifests import changes_on
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Policy
from platform_compiler.policy.sent import as_sent
from platform_compiler.policy.stages import Court, user_on
from platform_compiler.policy.subject import Subject, subject_of
from platform_compiler.policy.waivers import Weighed
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Item, Place
from platform_compiler.verify.schemas import Schemas


class Former(NamedTuple):
    """An object as it was, the unit that it was part of, and where it stands."""

    body: Body
    unit: Unit
    place: Place


def transitions(
    court: Court,
    linked: Linked,
    schemas: Callable[[str], Schemas],
    items: Iterable[Item],
    former: Iterable[Former],
) -> tuple[Weighed, ...]:
    """Return what is violated by going from `former` objects to `items`, with the waivers for it.

    An object of `former` that is no item any more goes. Those that stay as they are may be left out of `former`, but
    not out of `items`. What is violated by a new object of the same kind too was told by the compile.
    """
    asked = interest(court.policies, court.sets, court.names)
    if not asked:
        return ()
    now = grouped(items, lambda item: item.cluster)
    found: list[Verdict] = []
    for cluster, before in grouped(former, lambda one: one.unit.cluster).items():
        if cluster in court.loaded.clusters:
            bench = court.bench(cluster, now.get(cluster, []), linked, Bag(), _namespaces(before))
            own = now.get(cluster, [])
            kinds = Kinds([*own, *(Item(one.body, cluster, one.place) for one in before)], schemas(cluster))
            place = _Cluster(own, before, bench, asked, kinds, user_on(court.loaded.clusters[cluster]))
            for one in before:
                found += place.violations(one)
    return court.weighed(found)


class _Cluster:
    """The objects of a cluster as they will be, and the policies that hold there."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what one cluster's judging rests on
        self, items: Sequence[Item], former: Sequence[Former], bench: Bench, asked: Interest, kinds: Kinds, user: str
    ) -> None:
        self._kinds = kinds
        self._asked = asked
        self._benches = _benches(bench, asked)
        self._now = {_identity(item.body): item for item in items}
        bodies = chain((one.body for one in former), (item.body for item in items))
        self._namespaces = {_name(body): body for body in bodies if kind_of(body) == "Namespace" and not group_of(body)}
        self._user = user

    def violations(self, one: Former) -> list[Verdict]:
        """Return what becoming what it will be, or going, violates."""
        item = self._now.get(_identity(one.body))
        goes = item is None
        if (item and item.body == one.body) or not self._asked.asks(one.body, goes=goes):
            return []
        before = as_sent(Item(one.body, one.unit.cluster, one.place))
        there = as_sent(item) if item else before
        namespaced = self._kinds.is_namespaced(there)
        where = there.namespace or "default"
        namespace = namespace_named(where, self._namespaces.get(where)) if namespaced else None
        subject = subject_of(
            there,
            namespace,
            namespaced=namespaced,
            resource=self._kinds.resource(there),
            old=None if goes else before.body,
            deleted=goes,
            user=self._user,
            versions=self._kinds.versions(there),
        )
        return _violated(self._benches[goes], subject)


def _namespaces(former: Iterable[Former]) -> dict[str, str]:
    """Return the namespaces that applications were in, and their teams: bindings by team must still find them."""
    targets = (one.unit for one in former if one.unit.scope in OWNED)
    return {unit.folder.split("/")[2]: unit.id.partition("/")[0] for unit in targets}


def _identity(body: Body) -> tuple[str, str, str, str]:
    return group_of(body), kind_of(body), text(body, "metadata", "namespace"), _name(body)


def _name(body: Body) -> str:
    return text(body, "metadata", "name")


def _benches(bench: Bench, asked: Interest) -> dict[bool, Bench]:
    """Return those who are asked about what goes, and those who are asked about what changes."""
    return {goes: _only(bench, asked.deletes if goes else asked.updates) for goes in (True, False)}


def _only(bench: Bench, policies: Mapping[str, Policy]) -> Bench:
    return Bench(bench.compiled, [one for one in bench.bindings if one.policy in policies], bench.params)


def _violated(bench: Bench, subject: Subject) -> list[Verdict]:
    """Return what a change violates, without what the new object violates by itself, and without pods that stay."""
    found = [one for one in bench.violations(subject) if one.subject.body != one.subject.old]
    if not found or subject.body is None:
        return found
    told = {_told(one) for one in bench.violations(replace(subject, operation="CREATE", old=None))}
    return [one for one in found if _told(one) not in told]


def _told(verdict: Verdict) -> tuple[object, ...]:
    return verdict.policy.name, verdict.outcome.index, verdict.outcome.result, verdict.subject.within


def manifest_transitions(
    court: Court, linked: Linked, resolved: Resolved, former: tuple[Loaded, Resolved]
) -> tuple[Weighed, ...]:
    """Return what is violated by manifests that change or go, with their layers merged; once for each cluster."""
    asked = interest(court.policies, court.sets, court.names, manifests=True)
    found: list[Verdict] = []
    for name in court.loaded.clusters if asked else ():
        benches = _benches(court.bench_of_manifests(name, linked, Bag()), asked)
        for subject in changes_on(name, (court.loaded, resolved), former):
            goes = subject.body is None
            if asked.asks(subject.some, goes=goes):
                found += _violated(benches[goes], subject)
    return court.weighed(found)
