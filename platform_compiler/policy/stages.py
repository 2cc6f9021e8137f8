"""Judge a repository by its policies, in two stages: manifests once they are linked, resources once they are made.

A court is the policies of a repository on a day. It is only there where a repository has policies, so that all others
pay for none of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, partial
from types import MappingProxyType

from platform_compiler.blueprints.resource import Batch, Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Diagnostic, Span
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.link.model import Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.objects import Body, Path, a_map, kind_of
from platform_compiler.objects import text as text_of
from platform_compiler.policy.check_bindings import check_bindings
from platform_compiler.policy.check_sets import check_bound, check_sets
from platform_compiler.policy.check_waivers import check_days, check_used, check_waivers, most_days, names_used
from platform_compiler.policy.interest import interest
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.kinds import Kinds
from platform_compiler.policy.manifests import manifests_on
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Policy
from platform_compiler.policy.params import Known, known
from platform_compiler.policy.places import path_behind
from platform_compiler.policy.read import BINDING, POLICY, tree_of
from platform_compiler.policy.report import weighed_faults
from platform_compiler.policy.repository import Policies, load_policies
from platform_compiler.policy.sent import as_sent
from platform_compiler.policy.sets import PolicySet, bindings_of, read_sets
from platform_compiler.policy.shared import CleanBefore, Look
from platform_compiler.policy.ship import parameters_for, shipped_to
from platform_compiler.policy.subject import Subject, subject_of
from platform_compiler.policy.waivers import Waiver, Weighed, read_waivers, waived
from platform_compiler.policy.where import Where
from platform_compiler.source.node import Node, at, plain
from platform_compiler.source.tree import FileTree
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.places import field_span
from platform_compiler.verify.report import Told, report, report_told, told
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import LATEST, version
from platform_compiler.verify.world import ROOT_NAMESPACE

_ACCOUNTS = {"argocd": ("argocd", "argocd-application-controller"), "flux": ("flux-system", "kustomize-controller")}
"""The usual namespace and the service account of what delivers."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What policies say of the resources of some clusters; a plain value, whoever worked it out.

    `used` are the waivers that a violation needs, `there` those of the others that name a resource.
    """

    told: tuple[Told, ...]
    flaws: tuple[Diagnostic, ...]
    used: frozenset[str]
    there: frozenset[str]


def convene(tree: FileTree, loaded: Loaded, as_of: date, bag: Bag, *, sound: bool = False) -> "Court":
    """Read the policies of a repository; report what is wrong with them, with sets and with waivers.

    With `sound` it is known that nothing is.
    """
    court = Court(load_policies(tree, bag, sound=sound), loaded, as_of)
    if sound:
        return court
    check_bindings(court.policies.own, court.policies.names, bag)
    check_bound(court.policies.own, court.sets, bag)
    check_days(loaded.waivers, bag)
    return court


@dataclass(frozen=True)
class Court:
    """The policies of a repository, and where they hold on a day."""

    policies: Policies
    loaded: Loaded
    as_of: date

    def judge_manifests(
        self, resolved: Resolved, linked: Linked, bag: Bag, core: AbstractSet[str] | None = None
    ) -> tuple[Weighed, ...]:
        """Report what is violated by manifests, with their layers merged; once for each cluster.

        With `core` only these files of teams are judged, and neither sets nor waivers.
        """
        if core is None:
            places = self._places(linked)
            check_sets(self.sets, self.policies.names, {}, places, bag, whole=False)
            self._check_waivers(places, bag)
        found: list[Verdict] = []
        for name in self.loaded.clusters if self.policies.for_manifests(self.names) else ():
            bench = self.bench_of_manifests(name, linked, bag)
            subjects = manifests_on(self.loaded.clusters[name], self.loaded, resolved, core) if bench.bindings else ()
            for subject in subjects:
                found += bench.violations(subject)
        return self._told(found, bag)

    def judge_resources(self, items: Sequence[Item], linked: Linked, schemas: Callable[[str], Schemas]) -> "Judgement":
        """Return what is violated by the generated resources of some clusters."""
        found: list[Verdict] = []
        clean_before = CleanBefore()
        bag = Bag()
        for name, own in grouped(items, lambda item: item.cluster).items():
            bench = self.bench(name, own, linked, bag)
            clean = clean_before.like((user_on(self.loaded.clusters[name]), schemas(name).versions), bench, own)
            for look, subject in self._subjects(name, own, schemas(name), bench, clean) if bench.bindings else ():
                violated = tuple(bench.violations(subject))
                found += violated
                if not violated:
                    clean.add(look)
        weighed = self.weighed(found)
        used = names_used(weighed)
        there = frozenset(one.name for one in self.waivers if one.name not in used and self._is_there(items, one))
        return Judgement(told(self.faults(weighed)), bag.sorted(), used, there)

    def close(
        self, judged: Iterable["Judgement"], linked: Linked, earlier: Iterable[Weighed], bag: Bag, *, whole: bool
    ) -> None:
        """Report what was found on all clusters, and what only all of them tell about sets and waivers.

        `earlier` is what was said of manifests; `whole` says that nothing is left out.
        """
        parts = tuple(judged)
        report_told((one for part in parts for one in part.told), bag)
        bag.take(flaw for part in parts for flaw in part.flaws)
        compiled = self.policies.ready(self.names, bag)
        places = self._places(linked)
        check_sets(self.sets, self.policies.names, compiled, places, bag, whole=self.loaded.knows_clusters)
        sound = self._check_waivers(places, bag)
        if whole:
            used = names_used(earlier).union(*(part.used for part in parts))
            there = frozenset[str]().union(*(part.there for part in parts))
            is_there = partial(self._is_known, there)
            check_used(used, self._for_new_objects(sound), is_there, self.as_of, bag)

    def _is_known(self, there: Collection[str], waiver: Waiver) -> bool:
        """Whether a waiver names a resource on its clusters, which some have, or a manifest."""
        return waiver.name in there or any(
            waiver.is_for(one.kind, one.team or "", one.name) for one in self.loaded.manifests
        )

    def _is_there(self, items: Iterable[Item], waiver: Waiver) -> bool:
        """Whether a waiver names a resource on its clusters."""
        return any(
            waiver.is_for(item.kind, item.namespace, item.name)
            and waiver.holds_on(item.cluster, self._environment(item.cluster))
            for item in items
        )

    def _for_new_objects(self, waivers: Sequence[Waiver]) -> list[Waiver]:
        """Return the waivers that are of no use where nothing is violated: those for changes may wait for one."""
        asked = (
            [interest(self.policies, self.sets, self.names, manifests=which) for which in (True, False)]
            if waivers
            else []
        )
        return [waiver for waiver in waivers if not any(waiver.policy in one.names for one in asked)]

    def shipped(self, batches: Sequence[Batch], linked: Linked, wanted: Callable[[Unit], bool]) -> list[Batch]:
        """Return the policies, bindings and parameters that clusters get, as resources of the clusters."""
        policies = self.policies.read(self.names) if any(one.ships for one in self.sets) else {}
        made: list[Batch] = []
        for name in self.loaded.clusters if policies else ():
            unit = Unit(name, "cluster", name, f"clusters/{name}/_cluster")
            if wanted(unit):
                own = [one.body for batch in batches if batch.unit.cluster == name for one in batch.like]
                where = self.where(name, linked)
                bodies = shipped_to(where, self.sets, policies, self.waivers, own, self.as_of)
                bodies += parameters_for(bodies, policies, self._params)
                resources = [Resource(unit, body, span, span) for body in bodies for span in (self._made_by(body),)]
                made += [Batch(unit, resources)] if resources else []
        return made

    def lines(self, of_template: Callable[[Resource, Path], Span]) -> Callable[[Resource, Path], Span]:
        """Return what finds the line that wrote a field: that of a template, or of a policy that is shipped."""

        def line(resource: Resource, path: Path) -> Span:
            tree = self.source_of(resource)
            return of_template(resource, path) if tree is None else field_span(tree, path, on_key=False)

        return line

    def source_of(self, resource: Resource) -> Node | None:
        """Return the document that a shipped resource was copied or made from; None for what a template made."""
        return self._trees.get(resource.template)

    def bench(
        self,
        cluster: str,
        items: Sequence[Item],
        linked: Linked,
        bag: Bag,
        former: Mapping[str, str] = MappingProxyType({}),
    ) -> Bench:
        """Return the policies that judge the resources of a cluster.

        `former` are namespaces that something of ours was in, with their teams: bindings are for those too.
        """
        meant = self.policies.read(self.names - self.policies.for_manifests(self.names))
        takes_objects = any(policy.param_kind for policy in meant.values())
        objects = known([*(item.body for item in (*self.policies.own.params, *(items if takes_objects else ())))])
        where = self.where(cluster, linked)
        where = replace(where, namespaces=dict(sorted({**former, **where.namespaces}.items())))
        return self._bench(meant, where, objects, bag)

    def bench_of_manifests(self, cluster: str, linked: Linked, bag: Bag) -> Bench:
        """Return the policies that judge what teams ask for on a cluster."""
        meant = self.policies.read(self.policies.for_manifests(self.names))
        return self._bench(meant, self.where(cluster, linked), self._params, bag)

    def asks_teams(self, linked: Linked) -> bool:
        """Whether a policy may take its parameters from what a team's manifests make."""
        owned = {target.interface.namespace for targets in linked.targets.values() for target in targets.values()}
        asked = [
            text_of(params, "namespace")
            for one in self.sets
            for name in one.policies
            if (params := a_map(one.policies, name, "params"))
        ]
        asked += [one.params.namespace for one in self.policies.own.bindings.values() if one.params]
        return any(not namespace or namespace in owned for namespace in asked)

    def where(self, cluster: str, linked: Linked) -> Where:
        """Return a cluster with the namespaces that something of ours is in, and the teams that own them."""
        spec = self.loaded.clusters[cluster].spec
        gateways = plain(node) if (node := at(spec, "gateways")) is not None else {}
        own = {gateway["namespace"]: "" for gateway in gateways.values()}
        own[text(spec, "mesh", "rootNamespace") or ROOT_NAMESPACE] = ""
        own |= {target.interface.namespace: target.interface.team for target in linked.targets[cluster].values()}
        written = text(spec, "versions", "kubernetes")
        return Where(
            cluster=cluster,
            environment=environment_of(self.loaded.clusters[cluster]),
            namespaces=dict(sorted(own.items())),
            teams=tuple(sorted(self.loaded.teams)),
            kubernetes=version(written) if written else LATEST.kubernetes,
        )

    @cached_property
    def sets(self) -> tuple[PolicySet, ...]:
        """Its sets, by name."""
        return read_sets(self.loaded.policy_sets)

    @cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """Its waivers, by name."""
        return read_waivers(self.loaded.waivers)

    @cached_property
    def names(self) -> frozenset[str]:
        """The policies that sets or bindings name."""
        bound = {binding.policy for binding in self.policies.own.bindings.values()}
        return frozenset(bound.union(*(one.named(self.policies.names) for one in self.sets))) & self.policies.names

    def _check_waivers(self, places: Sequence[Where], bag: Bag) -> Sequence[Waiver]:
        """Report what is wrong with waivers, once whoever asks; return those that are for something."""
        policies = self.policies.read(waiver.policy for waiver in self.waivers)
        longest = most_days(self.loaded.platform)
        known = places if self.loaded.knows_clusters else None
        return check_waivers(self.waivers, self.policies.names, policies, known, longest, self.as_of, bag)

    def _places(self, linked: Linked) -> list[Where]:
        return [self.where(name, linked) for name in sorted(self.loaded.clusters)]

    def _bench(self, policies: Mapping[str, Policy], where: Where, objects: Known, bag: Bag) -> Bench:
        bindings = [*bindings_of(self.sets, policies, where, self.as_of), *self.policies.own.bindings.values()]
        ready = self.policies.ready({binding.policy for binding in bindings} & policies.keys(), bag)
        return Bench(ready, [binding for binding in bindings if binding.policy in ready], objects)

    def _subjects(
        self, cluster: str, items: Sequence[Item], schemas: Schemas, bench: Bench, clean: Collection[Look]
    ) -> Iterator[tuple[Look, Subject]]:
        """Yield the requests that make the objects of a cluster, without those that no policy is for or was against."""
        namespaces = {item.name: item.body for item in items if item.kind == "Namespace" and not item.group}
        user = user_on(self.loaded.clusters[cluster])
        kinds = Kinds(items, schemas)
        named = cache(lambda where: namespace_named(where, namespaces.get(where)))
        asked = {key: not bench.is_idle(*key, kinds.resource(one)) for key, one in _one_a_kind(items).items()}
        for item in items:
            if not asked[item.group, item.kind]:
                continue
            where = item.namespace or "default"
            look = (id(item.body), id(namespaces.get(where)))
            if look not in clean:
                namespaced = kinds.is_namespaced(item)
                subject = subject_of(
                    as_sent(item),
                    named(where) if namespaced else None,
                    namespaced=namespaced,
                    resource=kinds.resource(item),
                    user=user,
                    versions=kinds.versions(item),
                )
                yield look, subject

    def weighed(self, found: Iterable[Verdict]) -> tuple[Weighed, ...]:
        """Return verdicts with the waivers for them."""
        return tuple(waived(found, self.waivers, self.as_of, self._environment))

    def faults(self, weighed: Iterable[Weighed]) -> Iterator[Fault]:
        """Yield what verdicts say, each at the field that is behind it."""
        weighed = tuple(weighed)
        compiled = self.policies.ready({one.verdict.policy.name for one in weighed}, Bag())
        return weighed_faults(weighed, path_behind(compiled))

    def _told(self, found: Iterable[Verdict], bag: Bag) -> tuple[Weighed, ...]:
        weighed = self.weighed(found)
        report(self.faults(weighed), bag)
        return weighed

    def _environment(self, cluster: str) -> str:
        return environment_of(self.loaded.clusters[cluster])

    def _made_by(self, body: Body) -> Span:
        """Return where the source of a shipped object begins: itself, or the set that a binding was made from."""
        name = text_of(body, "metadata", "name")
        if kind_of(body) == BINDING:
            made_from = (one for one in self.sets if name.startswith(f"{one.name}-"))
            source: Node = max(made_from, key=lambda one: len(one.name)).document
        elif kind_of(body) == POLICY:
            source = self.policies.read([name])[name].tree
        else:
            source = next(tree_of(one) for one in self.policies.own.params if _identity(one.body) == _identity(body))
        span = field_span(source, (), on_key=False)
        self._trees[span] = source
        return span

    @cached_property
    def _params(self) -> Known:
        return known(item.body for item in self.policies.own.params)

    @cached_property
    def _trees(self) -> dict[Span, Node]:
        return {}


def _one_a_kind(items: Iterable[Item]) -> dict[tuple[str, str], Item]:
    return {(item.group, item.kind): item for item in items}


def _identity(body: Body) -> tuple[str, str, str]:
    return kind_of(body), text_of(body, "metadata", "namespace"), text_of(body, "metadata", "name")


def user_on(cluster: Manifest) -> str:
    """Return who applies objects on a cluster: the service account of what delivers there."""
    part = (text(cluster.spec, "parts", "delivery") or "").partition("@")[0]
    usual, account = _ACCOUNTS.get(part, _ACCOUNTS["argocd"])
    return f"system:serviceaccount:{text(cluster.spec, 'delivery', 'namespace') or usual}:{account}"
