"""From linked targets to contexts: one a unit, in a fixed order; no template does look-ups or string surgery.

For each cluster: the cluster itself, its namespaces, its hosts, then applications and external services.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from platform_compiler.context.app import Surroundings, app_record
from platform_compiler.context.cluster import cluster_record, gateway_record
from platform_compiler.context.common import common, own_labels, platform_record, secret_stores, team_label, team_record
from platform_compiler.context.external import external_record
from platform_compiler.context.host import host_record
from platform_compiler.context.model import UnitContext
from platform_compiler.context.namespace import namespace_record
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved
from platform_compiler.link.model import Linked, Target
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
_NOT_YET: tuple[tuple[tuple[str, ...], Callable[[Loaded], Mapping[str, Manifest]]], ...] = (
    (("rateLimit",), lambda loaded: loaded.gateways),
    (("tls", "wildcard"), lambda loaded: loaded.gateways),
    (("tracing",), lambda loaded: loaded.clusters),
)
"""Words of the platform's own documents that no part gives effect to yet."""
_NAMESPACE_PART = "namespace@1"


def build_contexts(loaded: Loaded, resolved: Resolved, linked: Linked, bag: Bag) -> Iterator[UnitContext]:
    """Yield every context; what no part can compile yet is reported."""
    _refuse(loaded, linked, bag)
    specs = {name: plain(cluster.spec) for name, cluster in loaded.clusters.items()}
    platform = platform_record(loaded)
    stores = secret_stores(loaded)
    for _, cluster in sorted(loaded.clusters.items()):
        record = cluster_record(cluster, loaded, linked)
        builder = _Builder(cluster, record, platform, loaded, resolved, Surroundings(record, specs, linked, stores))
        yield from builder.contexts()


class _Builder:
    """Builds the contexts of one cluster."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what one cluster's contexts are made of
        self,
        cluster: Manifest,
        record: Record,
        platform: Record,
        loaded: Loaded,
        resolved: Resolved,
        around: Surroundings,
    ) -> None:
        self._cluster = cluster
        self._record = record
        self._platform = platform
        self._loaded = loaded
        self._resolved = resolved
        self._around = around
        self._environment = plain(cluster.spec)["environment"]
        chosen = at(cluster.spec, "parts")
        self._parts = {"namespace": _NAMESPACE_PART, "mesh": "none", "ingress": "none"} | (
            plain(chosen) if chosen else {}
        )

    def contexts(self) -> Iterator[UnitContext]:
        """Yield the contexts of the cluster, in order."""
        targets = self._around.linked.targets[self._cluster.name]
        yield self._of_cluster()
        namespaces = {target.interface.namespace: target for target in targets.values()}
        for name, target in sorted(namespaces.items()):
            yield self._of_namespace(name, target)
        for (where, fqdn), _ in sorted(self._around.linked.hosts.items()):
            if where == self._cluster.name:
                yield self._of_host(fqdn)
        for target in targets.values():
            yield self._of_app(target) if target.interface.kind == "app" else self._of_external(target)

    def _common(self, labels: Mapping[str, str], source: str) -> Record:
        return common(self._platform, self._environment, self._record, labels, source)

    def _of_cluster(self) -> UnitContext:
        name = self._cluster.name
        unit = Unit(name, "cluster", name, f"clusters/{name}/_cluster")
        return UnitContext(unit, self._common({}, self._cluster.path), self._parts, self._cluster.document.span)

    def _of_namespace(self, name: str, target: Target) -> UnitContext:
        team = target.interface.team
        manifest = self._loaded.teams[team]
        context = {
            **self._common(team_label(self._platform, team), manifest.path),
            "namespace": namespace_record(name, team, self._environment, self._loaded),
            "team": team_record(team, self._loaded),
        }
        unit = Unit(self._cluster.name, "namespace", name, f"clusters/{self._cluster.name}/{name}/_namespace")
        return UnitContext(unit, context, self._parts, manifest.document.span)

    def _of_host(self, fqdn: str) -> UnitContext:
        routes = self._around.linked.hosts[self._cluster.name, fqdn]
        owner = next(route for route in routes if route.target.ref == route.owner)
        gateway = gateway_record(routes[0].gateway, self._record)
        host = host_record(fqdn, routes)
        context = {
            **self._common(team_label(self._platform, owner.target.interface.team), owner.target.path),
            "host": host,
            "gateway": gateway,
        }
        folder = f"clusters/{self._cluster.name}/{gateway['namespace']}/{host['resourceName']}"
        unit = Unit(self._cluster.name, "host", fqdn, folder)
        return UnitContext(unit, context, self._parts, owner.exposure.span)

    def _of_app(self, target: Target) -> UnitContext:
        settings = self._resolved.by_cluster[target.cluster][target.ref]
        context = {**self._owned(target), **app_record(target, self._around)}
        parts = {**self._parts, "workload": context["app"]["blueprint"]}
        return UnitContext(self._unit(target, "app"), context, parts, target.interface.span, settings)

    def _of_external(self, target: Target) -> UnitContext:
        links = self._around.linked.links_in.get((target.cluster, target.ref), ())
        context = {**self._owned(target), "external": external_record(target, links)}
        settings = self._resolved.by_cluster[target.cluster][target.ref]
        return UnitContext(self._unit(target, "external"), context, self._parts, target.interface.span, settings)

    def _owned(self, target: Target) -> Record:
        """Return what every target has that a team owns."""
        interface = target.interface
        labels = {
            **own_labels(self._loaded.workloads[target.ref].document),
            "app.kubernetes.io/name": interface.name,
            **team_label(self._platform, interface.team),
        }
        tier = at(target.spec, "tier")
        if tier is not None:
            labels["platformc.dev/tier"] = plain(tier)
        return {
            **self._common(labels, target.path),
            "namespace": namespace_record(interface.namespace, interface.team, self._environment, self._loaded),
            "team": team_record(interface.team, self._loaded),
        }

    @staticmethod
    def _unit(target: Target, scope: Any) -> Unit:
        interface = target.interface
        folder = f"clusters/{target.cluster}/{interface.namespace}/{interface.name}"
        return Unit(target.cluster, scope, target.ref, folder)


def _refuse(loaded: Loaded, linked: Linked, bag: Bag) -> None:
    """Report what the vocabulary has but nothing compiles yet: silence would drop it."""
    for manifest in loaded.workloads.values():
        if manifest.kind == "RawResources":
            bag.add(
                "PC4303",
                f"`{manifest.ref}` holds raw resources, which are not compiled yet",
                manifest.document.span,
                help="remove it, or write a blueprint that emits what it holds",
            )
    for path, manifests in _NOT_YET:
        for manifest in manifests(loaded).values():
            node = at(manifest.spec, *path)
            if node is not None and plain(node) is not False:
                bag.add(
                    "PC4303",
                    f"`{'.'.join(path)}` of a {manifest.kind} is not compiled yet",
                    node.span,
                    help="remove it: nothing gives it effect",
                )
    for links in linked.links_out.values():
        for link in links:
            if link.caller.cluster != link.callee.cluster:
                bag.add(
                    "PC4303",
                    f"`{link.callee.ref}` runs on `{link.callee.cluster}`: calls across clusters are not compiled yet",
                    link.call.span,
                    help=f"place `{link.callee.ref}` on `{link.caller.cluster}` too, or write an ExternalService",
                )
