"""From linked targets to contexts: one a unit, in a fixed order; no template does look-ups or string surgery.

For each cluster: the cluster itself, its namespaces, its hosts, then applications and external services.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from platform_compiler.context.app import app_record, sidecar_hosts
from platform_compiler.context.callers import callers
from platform_compiler.context.calls import calls
from platform_compiler.context.clients import clients_of
from platform_compiler.context.cluster import gateway_record
from platform_compiler.context.common import common, platform_record, team_label
from platform_compiler.context.delivery import Delivery, delivery_of
from platform_compiler.context.external import external_record
from platform_compiler.context.gateways import hosts_of
from platform_compiler.context.home import Home
from platform_compiler.context.model import APART, UnitContext
from platform_compiler.context.names import resource_name
from platform_compiler.context.owned import Owned
from platform_compiler.context.raw import raw_objects
from platform_compiler.context.refused import refuse
from platform_compiler.context.surroundings import Surroundings, surroundings
from platform_compiler.context.tokens import token_records, with_tokens
from platform_compiler.context.unit import Selection, Unit
from platform_compiler.context.waypoints import behind_waypoints, namespace_waypoint, with_waypoint
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.model import Resolved
from platform_compiler.layers.placement import has_environment
from platform_compiler.link.ambient import WAYPOINT
from platform_compiler.link.model import Link, Linked, Route, Target
from platform_compiler.link.tls import owner_of_host
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
_NAMESPACE_PART = "namespace@1"


def build_contexts(
    loaded: Loaded, resolved: Resolved, linked: Linked, bag: Bag, wanted: Callable[[Unit], bool] = lambda _: True
) -> Iterator[UnitContext]:
    """Yield the context of every unit that is wanted; what no part can compile yet is reported.

    A cluster whose environment is not there, as linking reports, has no units.
    """
    refuse(loaded, bag)
    platform, chosen = platform_record(loaded), wanted.clusters if isinstance(wanted, Selection) else None
    there = {name for name, cluster in loaded.clusters.items() if has_environment(cluster, loaded)}
    clusters = sorted(there if chosen is None else chosen & there)
    for name, around in zip(clusters, surroundings(clusters, loaded, linked), strict=True):
        delivery = delivery_of(loaded.clusters[name], around.specs[name]["environment"], loaded, bag)
        yield from _Builder(loaded.clusters[name], platform, loaded, resolved, around, delivery).contexts(wanted)


class _Builder:
    """Builds the contexts of one cluster."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what one cluster's contexts are made of
        self,
        cluster: Manifest,
        platform: Record,
        loaded: Loaded,
        resolved: Resolved,
        around: Surroundings,
        delivery: Delivery | None,
    ) -> None:
        self._cluster = cluster
        self._record = around.cluster
        self._platform = platform
        self._loaded = loaded
        self._resolved = resolved
        self._around = around
        self._delivery = delivery
        self._home = Home(cluster.name, around)
        self._here_itself = [t for t in around.linked.targets[cluster.name].values() if _has_links(t, around.linked)]
        self._clients = clients_of(cluster.name, around.linked)
        self._behind = behind_waypoints(cluster.name, around.linked)
        self._environment = plain(cluster.spec)["environment"]
        self._here = {"cluster": self._record, "env": {"name": self._environment}}
        self._owned = Owned(platform, self._environment, loaded, around.once)
        self._casts: dict[str, Record] = {}
        chosen = at(cluster.spec, "parts")
        self._parts = {"namespace": _NAMESPACE_PART, "mesh": "none", "ingress": "none"} | (
            plain(chosen) if chosen else {}
        )
        if delivery is None:  # nobody delivers, or it was said why it cannot be
            self._parts.pop("delivery", None)

    def contexts(self, wanted: Callable[[Unit], bool]) -> Iterator[UnitContext]:
        """Yield the contexts of the cluster that are wanted, in order."""
        for unit, build in self._units():
            if wanted(unit):
                yield self._delivered(build(unit))

    def _delivered(self, built: UnitContext) -> UnitContext:
        """Add to a context how its unit is delivered, where somebody does."""
        if self._delivery is None:
            return built
        record = self._delivery.record(built.unit, built.context)
        if built.unit.scope == "cluster":
            record |= self._delivery.root(self._present(), built.context)
        return built._replace(context={**built.context, "delivery": record})

    def _present(self) -> list[Target]:
        """Return what has objects here: what runs or stands here, then what is only called here."""
        return [*self._here_itself, *[target for target, _ in self._clients.values()]]

    def _units(self) -> Iterator[tuple[Unit, Callable[[Unit], UnitContext]]]:
        """Yield every unit with what builds its context."""
        cluster, linked = self._cluster.name, self._around.linked
        folder = f"clusters/{cluster}"
        yield Unit(cluster, "cluster", cluster, f"{folder}/_cluster"), self._of_cluster
        namespaces = {target.interface.namespace: target for target in self._present()}
        for name, target in sorted(namespaces.items()):
            yield (
                Unit(cluster, "namespace", name, f"{folder}/{name}/_namespace"),
                partial(self._of_namespace, team=target.interface.team),
            )
        for fqdn, routes in hosts_of(cluster, linked):
            gateway = gateway_record(owner_of_host(routes).gateway, self._record)
            unit = Unit(cluster, "host", fqdn, f"{folder}/{gateway['namespace']}/{resource_name(fqdn)}")
            yield unit, partial(self._of_host, routes=routes)
        builds = {"app": self._of_app, "external": self._of_external, "raw": self._of_raw}
        for target in self._here_itself:
            interface = target.interface
            unit = Unit(cluster, interface.kind, target.ref, f"{folder}/{interface.namespace}/{interface.name}")
            yield unit, partial(builds[interface.kind], target=target)
        for target, links in self._clients.values():
            interface = target.interface
            unit = Unit(cluster, "app", target.ref, f"{folder}/{interface.namespace}/{interface.name}")
            yield unit, partial(self._of_client, target=target, links=links)

    def _common(self, labels: Mapping[str, str], source: str) -> Record:
        return common(self._platform, self._environment, self._record, labels, source)

    def _of_cluster(self, unit: Unit) -> UnitContext:
        return UnitContext(unit, self._common({}, self._cluster.path), self._parts, self._cluster.document.span)

    def _of_namespace(self, unit: Unit, team: str) -> UnitContext:
        manifest, marks = self._loaded.teams[team], team_label(self._platform, team)
        owner = self._owned.owner(unit.id, team)
        waypoint = self._waypoint(unit.id)
        if waypoint is not None:
            owner = {**owner, "namespace": with_waypoint(owner["namespace"], waypoint)}

        def made() -> Record:
            whole = {**self._common(marks, manifest.path), **owner}
            return {word: value for word, value in whole.items() if word not in APART}

        shared = self._around.once.of("namespace", [owner], made)
        context = {**shared, **self._here}
        return UnitContext(unit, context, self._parts, manifest.document.span, shared=shared)

    def _waypoint(self, name: str) -> Record | None:
        around, cluster = self._around, self._cluster.name
        tracing = self._record.get("tracing", {})
        collector = tracing if "provider" in tracing and "ref" not in tracing else None
        behind = self._behind.get(name, [])
        return namespace_waypoint(name, behind, around.specs[cluster], around.linked, collector)

    def _of_host(self, unit: Unit, routes: tuple[Route, ...]) -> UnitContext:
        owner = owner_of_host(routes)
        whole = self._common(team_label(self._platform, owner.target.interface.team), owner.target.path)
        shared = self._home.host(unit.id, routes, {word: part for word, part in whole.items() if word not in APART})
        return UnitContext(unit, {**shared, **self._here}, self._parts, owner.exposure.span, shared=shared)

    def _of_app(self, unit: Unit, target: Target) -> UnitContext:
        settings = self._resolved.by_cluster[target.cluster][target.ref]
        shared = self._home.shared(target, self._owned)
        if shared is None:
            context = {**self._owned.of(target), **self._here, **app_record(target, self._around)}
        else:
            context = {**shared, **self._here, **self._home.apart(target, shared)}
        workload = self._with_workload(context)
        return UnitContext(unit, context, workload, target.interface.span, settings, shared=shared)

    def _of_client(self, unit: Unit, target: Target, links: tuple[Link, ...]) -> UnitContext:
        context = {**self._owned.of(target), **self._here, **app_record(target, self._around, links)}
        return UnitContext(unit, context, self._with_workload(context), target.interface.span, presence="client")

    def _with_workload(self, context: Record) -> Record:
        blueprint = context["app"]["blueprint"]
        if blueprint not in self._casts:
            self._casts[blueprint] = {**self._parts, "workload": blueprint}
        return self._casts[blueprint]

    def _of_external(self, unit: Unit, target: Target) -> UnitContext:
        key = (target.cluster, target.ref)
        links, out = (found.get(key, ()) for found in (self._around.linked.links_in, self._around.linked.links_out))
        specs = self._around.specs
        who = callers(target, links, (), specs, "strict", self._around.once, behind=False)
        who = with_tokens(who, target, (), self._around.providers)
        record = external_record(target, links, who, self._record, specs)
        record["tokens"] = token_records(target, (), self._around.providers)
        known = [
            f"{self._record['mesh']['rootNamespace']}/*",
            *sidecar_hosts(calls(target, out, self._record, "strict"), self._record),
        ]
        record["sidecarHosts"] = known
        if key in self._around.linked.waypoints:
            record["waypoint"] = WAYPOINT
        context = {**self._owned.of(target), **self._here, "external": record}
        settings = self._resolved.by_cluster[target.cluster][target.ref]
        return UnitContext(unit, context, self._parts, target.interface.span, settings)

    def _of_raw(self, unit: Unit, target: Target) -> UnitContext:
        context = {**self._owned.of(target), **self._here}
        raw = raw_objects(target, context["labels"], context["annotations"])
        return UnitContext(unit, context, self._parts, target.interface.span, raw=raw)


def _has_links(target: Target, linked: Linked) -> bool:
    """Whether an external service has anything to do with its cluster; whatever else a team owns always has."""
    if target.interface.kind != "external":
        return True
    key = (target.cluster, target.ref)
    return key in linked.links_in or key in linked.links_out
