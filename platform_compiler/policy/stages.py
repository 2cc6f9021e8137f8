"""Judge a repository by its policies, in two stages: manifests once they are linked, resources once they are made."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.link.model import Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.objects import a_map
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.manifests import labels_of_teams, manifests_on
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Binding
from platform_compiler.policy.params import Known, known
from platform_compiler.policy.repository import Policies
from platform_compiler.policy.sets import Where, bindings_of
from platform_compiler.policy.subject import Subject, subject_of
from platform_compiler.verify.item import Item

_VIOLATED = frozenset({Result.DENY, Result.ERROR})


@dataclass(frozen=True)
class Court:
    """The policies of a repository, and where they hold on a day."""

    policies: Policies
    loaded: Loaded
    as_of: date

    def manifests(self, resolved: Resolved, bag: Bag) -> Iterator[Verdict]:
        """Yield what is violated by manifests, with their layers merged; once for each cluster."""
        labels = labels_of_teams(self.loaded)
        teams = {name: name for name in labels}
        objects = known(item.body for item in self.policies.own.params)
        for cluster in self.loaded.clusters.values():
            bindings = self._bindings(cluster, labels, teams)
            meant = self.policies.for_manifests({binding.policy for binding in bindings})
            bench = self._bench(bindings, meant, objects, bag)
            if bench.compiled:
                for subject in manifests_on(cluster, self.loaded, resolved):
                    yield from _violations(bench, subject)

    def resources(
        self, items: Sequence[Item], linked: Linked, is_namespaced: Callable[[Item], bool], bag: Bag
    ) -> Iterator[Verdict]:
        """Yield what is violated by generated resources."""
        by_cluster: defaultdict[str, list[Item]] = defaultdict(list)
        for item in items:
            by_cluster[item.cluster].append(item)
        for name, own in by_cluster.items():
            namespaces = {item.name: item.body for item in own if (item.group, item.kind) == ("", "Namespace")}
            bench = self.bench(name, own, linked, bag)
            user = user_on(self.loaded.clusters[name])
            for item in own:
                if bench.is_idle(item.group, item.kind):
                    continue
                namespaced = is_namespaced(item)
                where = item.namespace or "default"
                namespace = namespace_named(where, namespaces.get(where)) if namespaced else None
                yield from _violations(bench, subject_of(item, namespace, namespaced=namespaced, user=user))

    def bench(self, cluster: str, items: Sequence[Item], linked: Linked, bag: Bag) -> Bench:
        """Return the policies that judge the resources of a cluster."""
        bindings = self.bindings(cluster, items, linked)
        names = {binding.policy for binding in bindings}
        objects = known([*(item.body for item in self.policies.own.params), *(item.body for item in items)])
        return self._bench(bindings, names - self.policies.for_manifests(names), objects, bag)

    def bindings(self, cluster: str, items: Iterable[Item], linked: Linked) -> list[Binding]:
        """Return what binds policies on a cluster: its sets, and bindings that were written out."""
        found: dict[str, Mapping[str, str]] = {item.namespace: {} for item in items if item.namespace}
        found |= {
            item.name: a_map(item.body, "metadata", "labels")
            for item in items
            if (item.group, item.kind) == ("", "Namespace")
        }
        teams = {target.interface.namespace: target.interface.team for target in linked.targets[cluster].values()}
        return self._bindings(self.loaded.clusters[cluster], found, teams)

    def _bindings(
        self, cluster: Manifest, namespaces: Mapping[str, Mapping[str, str]], teams: Mapping[str, str]
    ) -> list[Binding]:
        where = Where(cluster.name, environment_of(cluster), namespaces, teams)
        made = bindings_of(self.loaded.policy_sets, self.policies.names, where, self.as_of)
        return [*made, *self.policies.own.bindings.values()]

    def _bench(self, bindings: Iterable[Binding], names: Iterable[str], objects: Known, bag: Bag) -> Bench:
        ready = self.policies.ready(names, bag)
        return Bench(ready, [binding for binding in bindings if binding.policy in ready], objects)


def _violations(bench: Bench, subject: Subject) -> Iterator[Verdict]:
    return (verdict for verdict in bench.judge(subject) if verdict.outcome.result in _VIOLATED)


def user_on(cluster: Manifest) -> str:
    """Return who applies objects on a cluster: the service account of what delivers there."""
    part = (text(cluster.spec, "parts", "delivery") or "").partition("@")[0]
    if part == "flux":
        return (
            f"system:serviceaccount:{text(cluster.spec, 'delivery', 'namespace') or 'flux-system'}:kustomize-controller"
        )
    namespace = text(cluster.spec, "delivery", "namespace") or "argocd"
    return f"system:serviceaccount:{namespace}:argocd-application-controller"
