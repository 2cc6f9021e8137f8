"""Told twice where one of them has no effect: the API server takes it, and who reads it is misled."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from platform_compiler.objects import Body, Path, a_list, a_map, maps, number, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.peers import rules_of
from platform_compiler.verify.kubernetes.pods import ports_of, protocol_of
from platform_compiler.verify.world import Workload, World

_CODE = "PC5122"
_SHORT = 12
_RBAC = "rbac.authorization.k8s.io"
_OF_KIND: tuple[tuple[str, str, Path, str], ...] = (
    (_RBAC, "RoleBinding", ("subjects",), "subject"),
    (_RBAC, "ClusterRoleBinding", ("subjects",), "subject"),
    (_RBAC, "Role", ("rules",), "rule"),
    (_RBAC, "ClusterRole", ("rules",), "rule"),
    ("", "ServiceAccount", ("imagePullSecrets",), "pull secret"),
    ("", "ServiceAccount", ("secrets",), "secret"),
    ("autoscaling", "HorizontalPodAutoscaler", ("spec", "metrics"), "metric"),
    ("networking.k8s.io", "NetworkPolicy", ("spec", "policyTypes"), "policy type"),
    ("networking.k8s.io", "NetworkPolicy", ("spec", "ingress"), "rule"),
    ("networking.k8s.io", "NetworkPolicy", ("spec", "egress"), "rule"),
    ("networking.k8s.io", "Ingress", ("spec", "tls"), "entry"),
    ("cert-manager.io", "Certificate", ("spec", "dnsNames"), "name"),
    ("argoproj.io", "Application", ("spec", "syncPolicy", "syncOptions"), "option"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization", ("spec", "dependsOn"), "dependency"),
    ("helm.toolkit.fluxcd.io", "HelmRelease", ("spec", "dependsOn"), "dependency"),
    ("argoproj.io", "AppProject", ("spec", "destinations"), "destination"),
    ("argoproj.io", "AppProject", ("spec", "sourceRepos"), "repository"),
    ("argoproj.io", "AppProject", ("spec", "clusterResourceWhitelist"), "kind"),
    ("argoproj.io", "AppProject", ("spec", "namespaceResourceWhitelist"), "kind"),
    ("networking.istio.io", "VirtualService", ("spec", "hosts"), "host"),
    ("networking.istio.io", "VirtualService", ("spec", "gateways"), "gateway"),
    ("networking.istio.io", "VirtualService", ("spec", "exportTo"), "namespace"),
    ("networking.istio.io", "DestinationRule", ("spec", "exportTo"), "namespace"),
    ("networking.istio.io", "ServiceEntry", ("spec", "hosts"), "host"),
    ("networking.istio.io", "ServiceEntry", ("spec", "exportTo"), "namespace"),
    ("networking.istio.io", "VirtualService", ("spec", "http"), "route"),
    ("networking.istio.io", "Gateway", ("spec", "servers"), "server"),
    ("networking.istio.io", "Sidecar", ("spec", "egress"), "listener"),
    ("telemetry.istio.io", "Telemetry", ("spec", "accessLogging"), "entry"),
    ("telemetry.istio.io", "Telemetry", ("spec", "tracing"), "entry"),
    ("telemetry.istio.io", "Telemetry", ("spec", "metrics"), "entry"),
    ("security.istio.io", "AuthorizationPolicy", ("spec", "rules"), "rule"),
)
_BELOW: tuple[tuple[str, str, Path, str, str], ...] = (
    ("networking.istio.io", "Gateway", ("spec", "servers"), "hosts", "host"),
    ("networking.istio.io", "Sidecar", ("spec", "egress"), "hosts", "host"),
    ("networking.istio.io", "VirtualService", ("spec", "http"), "match", "match"),
    ("networking.istio.io", "VirtualService", ("spec", "http"), "route", "route"),
    ("security.istio.io", "AuthorizationPolicy", ("spec", "rules"), "from", "source"),
    ("security.istio.io", "AuthorizationPolicy", ("spec", "rules"), "to", "operation"),
    ("telemetry.istio.io", "Telemetry", ("spec", "accessLogging"), "providers", "provider"),
    ("telemetry.istio.io", "Telemetry", ("spec", "tracing"), "providers", "provider"),
    ("telemetry.istio.io", "Telemetry", ("spec", "metrics"), "providers", "provider"),
)
"""Lists within the entries of a list."""
_OF_PODS = (("tolerations", "toleration"), ("imagePullSecrets", "pull secret"), ("hostAliases", "alias"))


def in_lists(world: World) -> Iterator[Fault]:
    """Yield entries of lists that say the same again."""
    for group, kind, path, what in _OF_KIND:
        for item in world.of(group, kind):
            if len(a_list(item.body, *path)) > 1:
                yield from _again(item, item.body, path, (), what)


def in_lists_below(world: World) -> Iterator[Fault]:
    """Yield entries of lists within lists that say the same again."""
    for group, kind, path, field, what in _BELOW:
        for item in world.of(group, kind):
            for i, entry in maps(item.body, *path):
                if len(a_list(entry, field)) > 1:
                    yield from _again(item, entry, (field,), (*path, i), what)
    for item in world.of("security.istio.io", "AuthorizationPolicy"):
        yield from _conditions(item)


def in_rules(world: World) -> Iterator[Fault]:
    """Yield peers and ports that a rule of a NetworkPolicy names twice."""
    for rule in world.once(rules_of):
        for field, what in ((rule.side, "peer"), ("ports", "port")):
            if len(a_list(rule.body, field)) > 1:
                yield from _again(rule.item, rule.body, (field,), rule.path, what)


def _conditions(item: Item) -> Iterator[Fault]:
    """Yield words that a rule of an AuthorizationPolicy names twice."""
    for i, rule in maps(item.body, "spec", "rules"):
        for side, inner in (("from", "source"), ("to", "operation")):
            for j, entry in maps(rule, side):
                told = a_map(entry, inner)
                for field in [field for field, words in told.items() if isinstance(words, list) and len(words) > 1]:
                    yield from _again(item, told, (field,), ("spec", "rules", i, side, j, inner), f"`{field}` entry")


def in_workloads(world: World) -> Iterator[Fault]:
    """Yield variables, tolerations, pull secrets and ports of a pod that say the same again."""
    for workload in world.workloads:
        for path, container in workload.containers:
            yield from _variables(workload.item, path, container)
            yield from _again(workload.item, container, ("envFrom",), path, "source")
            for field in ("drop", "add") if "securityContext" in container else ():
                place = ("securityContext", "capabilities", field)
                yield from _again(workload.item, container, place, path, "capability")
        for i, spread in maps(workload.pod, "topologySpreadConstraints"):
            above = (*workload.spec_path, "topologySpreadConstraints", i)
            yield from _again(workload.item, spread, ("matchLabelKeys",), above, "label")
        for field, what in _OF_PODS:
            if field in workload.pod:
                yield from _again(workload.item, workload.pod, (field,), workload.spec_path, what)
        yield from _ports(workload)


def _variables(item: Item, path: Path, container: Body) -> Iterator[Fault]:
    entries = [(i, text(entry, "name")) for i, entry in maps(container, "env")]
    for later, earlier in _repeats([name for _, name in entries]):
        place, there = ((*path, "env", entries[n][0], "name") for n in (later, earlier))
        yield _fault(item, place, there, f"variable `{entries[later][1]}`")


def _ports(workload: Workload) -> Iterator[Fault]:
    opened = [(path, port) for path, port in ports_of(workload) if number(port, "containerPort")]
    keys = [(protocol_of(p), number(p, "containerPort"), p.get("hostIP"), p.get("hostPort")) for _, p in opened]
    for later, earlier in _repeats(keys):
        shown = f"port `{keys[later][1]}/{keys[later][0]}`"
        yield _fault(workload.item, opened[later][0], opened[earlier][0], shown)


def _again(item: Item, body: Body, path: Path, above: Path, what: str) -> Iterator[Fault]:
    """Yield every entry of the list at a path that equals an earlier one."""
    entries = a_list(body, *path)
    for later, earlier in _repeats(entries):
        told = entries[later] if isinstance(entries[later], str) else text(entries[later], "name")
        shown = f"{what} `{told}`" if told else what
        yield _fault(item, (*above, *path, later), (*above, *path, earlier), shown)


def _repeats(entries: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Yield the position of every entry that equals an earlier one, and the earlier one's; short lists are compared."""
    if len(entries) <= _SHORT:
        for i in range(1, len(entries)):
            if entries[i] and entries[i] in entries[:i]:
                yield i, entries.index(entries[i])
        return
    first: dict[str, int] = {}
    for i, entry in enumerate(entries):
        earlier = first.setdefault(json.dumps(entry, sort_keys=True, default=str), i)
        if entry and earlier < i:
            yield i, earlier


def _fault(item: Item, path: Path, there: Path, shown: str) -> Fault:
    return Fault(_CODE, item, path, f"{shown} again", "keep one of them", (Other(item, there, "first here"),))
