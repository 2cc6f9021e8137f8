"""Judge a repository by its policies, in two stages: manifests once they are linked, resources once they are made."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import environment_of, text
from platform_compiler.link.model import Linked
from platform_compiler.load import Loaded, Manifest
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.manifests import manifests_on
from platform_compiler.policy.match import namespace_named
from platform_compiler.policy.model import Policy
from platform_compiler.policy.params import Known, known
from platform_compiler.policy.repository import Policies
from platform_compiler.policy.sets import PolicySet, bindings_of, read_sets
from platform_compiler.policy.subject import Subject, subject_of
from platform_compiler.policy.where import Where
from platform_compiler.verify.item import Item
from platform_compiler.verify.world import grouped

_ACCOUNTS = {"argocd": ("argocd", "argocd-application-controller"), "flux": ("flux-system", "kustomize-controller")}
"""The usual namespace and the service account of what delivers."""
_VIOLATED = frozenset({Result.DENY, Result.ERROR})


@dataclass(frozen=True)
class Court:
    """The policies of a repository, and where they hold on a day."""

    policies: Policies
    loaded: Loaded
    as_of: date

    def manifests(self, resolved: Resolved, bag: Bag) -> Iterator[Verdict]:
        """Yield what is violated by manifests, with their layers merged; once for each cluster."""
        meant = self.policies.read(self.policies.for_manifests(self._names))
        objects = known(item.body for item in self.policies.own.params)
        for name, cluster in self.loaded.clusters.items() if meant else ():
            bench = self._bench(meant, self._where(name, {}), objects, bag)
            for subject in manifests_on(cluster, self.loaded, resolved) if bench.bindings else ():
                yield from _violations(bench, subject)

    def resources(
        self, items: Sequence[Item], linked: Linked, is_namespaced: Callable[[Item], bool], bag: Bag
    ) -> Iterator[Verdict]:
        """Yield what is violated by generated resources."""
        by_cluster = grouped(items, lambda item: item.cluster)
        for name, own in by_cluster.items():
            namespaces = {item.name: item.body for item in own if _is_namespace(item)}
            bench = self.bench(name, own, linked, bag)
            user = user_on(self.loaded.clusters[name])
            for item in own if bench.bindings else ():
                if bench.is_idle(item.group, item.kind):
                    continue
                namespaced = is_namespaced(item)
                where = item.namespace or "default"
                namespace = namespace_named(where, namespaces.get(where)) if namespaced else None
                yield from _violations(bench, subject_of(item, namespace, namespaced=namespaced, user=user))

    def bench(self, cluster: str, items: Sequence[Item], linked: Linked, bag: Bag) -> Bench:
        """Return the policies that judge the resources of a cluster."""
        meant = self.policies.read(self._names - self.policies.for_manifests(self._names))
        objects = known([*(item.body for item in self.policies.own.params), *(item.body for item in items)])
        return self._bench(meant, self.where(cluster, items, linked), objects, bag)

    def where(self, cluster: str, items: Iterable[Item], linked: Linked) -> Where:
        """Return a cluster with the namespaces that resources are in, and the teams that own them."""
        found = {item.name if _is_namespace(item) else item.namespace for item in items} - {""}
        teams = {target.interface.namespace: target.interface.team for target in linked.targets[cluster].values()}
        return self._where(cluster, {name: teams.get(name, "") for name in sorted(found)})

    def _where(self, cluster: str, namespaces: Mapping[str, str]) -> Where:
        environment = environment_of(self.loaded.clusters[cluster])
        return Where(cluster, environment, namespaces, tuple(sorted(self.loaded.teams)))

    def _bench(self, policies: Mapping[str, Policy], where: Where, objects: Known, bag: Bag) -> Bench:
        bindings = [*bindings_of(self._sets, policies, where, self.as_of), *self.policies.own.bindings.values()]
        ready = self.policies.ready({binding.policy for binding in bindings} & policies.keys(), bag)
        return Bench(ready, [binding for binding in bindings if binding.policy in ready], objects)

    @cached_property
    def _sets(self) -> tuple[PolicySet, ...]:
        return read_sets(self.loaded.policy_sets)

    @cached_property
    def _names(self) -> frozenset[str]:
        """The policies that sets or bindings name."""
        bound = {binding.policy for binding in self.policies.own.bindings.values()}
        return frozenset(bound.union(*(one.named(self.policies.names) for one in self._sets)))


def _violations(bench: Bench, subject: Subject) -> Iterator[Verdict]:
    return (verdict for verdict in bench.judge(subject) if verdict.outcome.result in _VIOLATED)


def _is_namespace(item: Item) -> bool:
    return item.kind == "Namespace" and not item.group


def user_on(cluster: Manifest) -> str:
    """Return who applies objects on a cluster: the service account of what delivers there."""
    part = (text(cluster.spec, "parts", "delivery") or "").partition("@")[0]
    usual, account = _ACCOUNTS.get(part, _ACCOUNTS["argocd"])
    return f"system:serviceaccount:{text(cluster.spec, 'delivery', 'namespace') or usual}:{account}"
