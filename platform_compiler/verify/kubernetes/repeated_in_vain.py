"""Told twice where one of them has no effect: the API server takes it, and who reads it is misled."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from platform_compiler.objects import Body, Path, a_list, a_map, at, maps, number, text
from platform_compiler.verify.istio.rules import Rule as RuleOfPolicy
from platform_compiler.verify.istio.rules import policies
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.peers import DIRECTIONS
from platform_compiler.verify.kubernetes.peers import Rule as RuleOfNetwork
from platform_compiler.verify.kubernetes.peers import policies as network_policies
from platform_compiler.verify.kubernetes.pods import ports_of, protocol_of
from platform_compiler.verify.workloads import Container, GroupKind, Workload
from platform_compiler.verify.world import World

_CODE = "PC5122"
_SHORT = 12
_PLACES = [*range(_SHORT)]
_RBAC = "rbac.authorization.k8s.io"
_OF_KIND: Mapping[GroupKind, tuple[Path, Mapping[str, str]]] = {
    (_RBAC, "RoleBinding"): ((), {"subjects": "subject"}),
    (_RBAC, "ClusterRoleBinding"): ((), {"subjects": "subject"}),
    (_RBAC, "Role"): ((), {"rules": "rule"}),
    (_RBAC, "ClusterRole"): ((), {"rules": "rule"}),
    ("", "ServiceAccount"): ((), {"imagePullSecrets": "pull secret", "secrets": "secret"}),
    ("autoscaling", "HorizontalPodAutoscaler"): (("spec",), {"metrics": "metric"}),
    ("networking.k8s.io", "NetworkPolicy"): (("spec",), {"policyTypes": "policy type"}),
    ("networking.k8s.io", "Ingress"): (("spec",), {"tls": "entry"}),
    ("cert-manager.io", "Certificate"): (("spec",), {"dnsNames": "name"}),
    ("argoproj.io", "Application"): (("spec", "syncPolicy"), {"syncOptions": "option"}),
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): (("spec",), {"dependsOn": "dependency"}),
    ("helm.toolkit.fluxcd.io", "HelmRelease"): (("spec",), {"dependsOn": "dependency"}),
    ("argoproj.io", "AppProject"): (
        ("spec",),
        {
            "destinations": "destination",
            "sourceRepos": "repository",
            "clusterResourceWhitelist": "kind",
            "namespaceResourceWhitelist": "kind",
        },
    ),
    ("networking.istio.io", "VirtualService"): (
        ("spec",),
        {"hosts": "host", "gateways": "gateway", "exportTo": "namespace", "http": "route"},
    ),
    ("networking.istio.io", "DestinationRule"): (("spec",), {"exportTo": "namespace"}),
    ("networking.istio.io", "ServiceEntry"): (("spec",), {"hosts": "host", "exportTo": "namespace"}),
    ("networking.istio.io", "Gateway"): (("spec",), {"servers": "server"}),
    ("networking.istio.io", "Sidecar"): (("spec",), {"egress": "listener"}),
    ("telemetry.istio.io", "Telemetry"): (
        ("spec",),
        {"accessLogging": "entry", "tracing": "entry", "metrics": "entry"},
    ),
    ("security.istio.io", "AuthorizationPolicy"): (("spec",), {"rules": "rule"}),
}
"""Lists by kind: what they stand below, and what their entries are."""
_BELOW: tuple[tuple[str, str, Path, str, str], ...] = (
    ("networking.istio.io", "Gateway", ("spec", "servers"), "hosts", "host"),
    ("networking.istio.io", "Sidecar", ("spec", "egress"), "hosts", "host"),
    ("networking.istio.io", "VirtualService", ("spec", "http"), "match", "match"),
    ("networking.istio.io", "VirtualService", ("spec", "http"), "route", "route"),
    ("telemetry.istio.io", "Telemetry", ("spec", "accessLogging"), "providers", "provider"),
    ("telemetry.istio.io", "Telemetry", ("spec", "tracing"), "providers", "provider"),
    ("telemetry.istio.io", "Telemetry", ("spec", "metrics"), "providers", "provider"),
)
"""Lists within the entries of a list."""
_CAPABILITIES = ("drop", "add")
_OF_PODS = (("tolerations", "toleration"), ("imagePullSecrets", "pull secret"), ("hostAliases", "alias"))


def in_lists(world: World) -> Iterator[Fault]:
    """Yield entries of lists that say the same again."""
    for kind, (above, lists) in _OF_KIND.items():
        for item in world.of(*kind):
            told = a_map(at(item.body, *above))
            for field, what in lists.items():
                entries = told.get(field)
                if isinstance(entries, list) and len(entries) > 1 and (repeats := _repeats(entries)):
                    yield from _again(item, entries, (*above, field), what, repeats)


def in_lists_below(world: World) -> Iterator[Fault]:
    """Yield entries of lists within lists that say the same again."""
    for group, kind, path, field, what in _BELOW:
        for item in world.of(group, kind):
            for i, entry in maps(at(item.body, *path)):
                if repeats := _repeats(entries := a_list(entry, field)):
                    yield from _again(item, entries, (*path, i, field), what, repeats)
    for item, policy in policies(world):
        for rule in policy.rules if not policy.is_plain else ():
            yield from _in_policy(item, rule)


def _in_policy(item: Item, rule: RuleOfPolicy) -> Iterator[Fault]:
    for field, what, parts in (("from", "source", rule.sources), ("to", "operation", rule.operations)):
        if len(parts) > 1 and (repeats := _repeats(rule.body[field])):
            yield from _again(item, rule.body[field], (*rule.path, field), what, repeats)
        for path, _, fields in parts:
            for name, words in fields.items():
                if len(words) > 1 and (repeats := _repeats(words)):
                    yield from _again(item, words, (*path, name), f"`{name}` entry", repeats)


def in_rules(world: World) -> Iterator[Fault]:
    """Yield rules of a NetworkPolicy that say the same again, and peers and ports that one of them names twice."""
    for item, (rules, _) in network_policies(world):
        lists = [(("spec", direction), a_list(item.body, "spec", direction)) for direction, *_ in DIRECTIONS]
        if _differing(rules) < sum(len(entries) for _, entries in lists):
            for path, entries in lists:
                yield from _again(item, entries, path, "rule", _repeats(entries))
        for rule in rules:
            if len(rule.wanted) > 1 and (repeats := _repeats(rule.body[rule.side])):
                yield from _again(item, rule.body[rule.side], (*rule.path, rule.side), "peer", repeats)
            if len(rule.named) < len(rule.ports):
                yield from _again(item, rule.ports, (*rule.path, "ports"), "port", _repeats(rule.ports))


def _differing(rules: Sequence[RuleOfNetwork]) -> int:
    """Return how many rules differ for sure, by their first peers: an edge has one for each of hundreds of others."""
    return len({(rule.side, rule.wanted[0] or _range_of(rule)) for rule in rules if rule.wanted})


def _range_of(rule: RuleOfNetwork) -> str:
    return text(rule.peers[0].body, "ipBlock", "cidr")


def in_workloads(world: World) -> Iterator[Fault]:
    """Yield variables, tolerations, pull secrets and ports of a pod that say the same again."""
    for workload in world.workloads:
        for container in workload.containers:
            yield from _in_container(workload.item, container)
        pod = workload.pod
        for i, spread in maps(pod, "topologySpreadConstraints"):
            if repeats := _repeats(entries := a_list(spread, "matchLabelKeys")):
                above = (*workload.spec_path, "topologySpreadConstraints", i, "matchLabelKeys")
                yield from _again(workload.item, entries, above, "label", repeats)
        for field, what in _OF_PODS:
            if field in pod and (repeats := _repeats(entries := a_list(pod, field))):
                yield from _again(workload.item, entries, (*workload.spec_path, field), what, repeats)
        if sum([len(front.ports) for front in workload.fronts]) > 1:
            yield from _ports(workload)


def _in_container(item: Item, container: Container) -> Iterator[Fault]:
    path, body, _, env = container
    if len({name for _, name, _ in env}) < len(env):
        yield from _variables(item, path, env)
    if "envFrom" in body and (repeats := _repeats(sources := a_list(body, "envFrom"))):
        yield from _again(item, sources, (*path, "envFrom"), "source", repeats)
    told = a_map(body, "securityContext", "capabilities")
    for field in _CAPABILITIES if told else ():
        if field in told and (repeats := _repeats(capabilities := a_list(told, field))):
            above = (*path, "securityContext", "capabilities", field)
            yield from _again(item, capabilities, above, "capability", repeats)


def _variables(item: Item, path: Path, env: Sequence[tuple[int, str, Body]]) -> Iterator[Fault]:
    names = [name for _, name, _ in env]
    for later, earlier in _repeats(names):
        place, there = ((*path, "env", env[n][0], "name") for n in (later, earlier))
        yield _fault(item, place, there, f"variable `{names[later]}`")


def _ports(workload: Workload) -> Iterator[Fault]:
    opened = [(path, port) for path, port in ports_of(workload) if number(port, "containerPort")]
    keys = [(protocol_of(p), number(p, "containerPort"), p.get("hostIP"), p.get("hostPort")) for _, p in opened]
    for later, earlier in _repeats(keys):
        shown = f"port `{keys[later][1]}/{keys[later][0]}`"
        yield _fault(workload.item, opened[later][0], opened[earlier][0], shown)


def _again(
    item: Item, entries: Sequence[Any], path: Path, what: str, repeats: Sequence[tuple[int, int]]
) -> Iterator[Fault]:
    """Yield the faults of entries of the list at a path: those that equal an earlier one."""
    for later, earlier in repeats:
        told = entries[later] if isinstance(entries[later], str) else text(entries[later], "name")
        shown = f"{what} `{told}`" if told else what
        yield _fault(item, (*path, later), (*path, earlier), shown)


def _repeats(entries: Sequence[Any]) -> Sequence[tuple[int, int]]:
    """Return where every entry stands that equals an earlier one, and that one; short lists are compared."""
    if len(entries) < 2 or (len(entries) == 2 and entries[0] != entries[1]):  # noqa: PLR2004 -- nothing is repeated
        return ()
    if len(entries) <= _SHORT:
        first = [*map(entries.index, entries)]
    else:
        known: dict[object, int] = {}
        contents = [entry if isinstance(entry, str) else _content(entry) for entry in entries]
        first = [known.setdefault(content, i) for i, content in enumerate(contents)]
    if first == _PLACES[: len(first)]:
        return ()
    return [(i, earlier) for i, earlier in enumerate(first) if earlier < i and entries[i]]


def _content(entry: object) -> tuple[str]:
    """Return what equal entries have in common, and no text equals."""
    return (json.dumps(entry, sort_keys=True, default=str),)


def _fault(item: Item, path: Path, there: Path, shown: str) -> Fault:
    return Fault(_CODE, item, path, f"{shown} again", "keep one of them", (Other(item, there, "first here"),))
