"""Told twice where one of them has no effect: the API server takes it, and who reads it is misled."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from platform_compiler.objects import Path, a_list, maps, number, text
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.kubernetes.pods import containers_of, ports_of, protocol_of
from platform_compiler.verify.world import Workload, World

_CODE = "PC5122"
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
)
_RULES = (("ingress", "from"), ("egress", "to"))
_OF_PODS = (("tolerations", "toleration"), ("imagePullSecrets", "pull secret"), ("hostAliases", "alias"))


def in_lists(world: World) -> Iterator[Fault]:
    """Yield entries of lists that say the same again."""
    for group, kind, path, what in _OF_KIND:
        for item in world.of(group, kind):
            yield from _again(item, _entries(item.body, path), what)
    for item in world.of("networking.k8s.io", "NetworkPolicy"):
        for direction, side in _RULES:
            for i, rule in maps(item.body, "spec", direction):
                for field, what in ((side, "peer"), ("ports", "port")):
                    yield from _again(item, _entries(rule, (field,), ("spec", direction, i)), what)


def in_workloads(world: World) -> Iterator[Fault]:
    """Yield variables, tolerations, pull secrets and ports of a pod that say the same again."""
    for workload in world.workloads:
        for path, container in containers_of(workload):
            variables = [((*path, "env", i), text(entry, "name")) for i, entry in maps(container, "env")]
            yield from _again(workload.item, variables, "variable", str, "name")
            yield from _again(workload.item, _entries(container, ("envFrom",), path), "source")
        for field, what in _OF_PODS:
            yield from _again(workload.item, _entries(workload.pod, (field,), workload.spec_path), what)
        yield from _again(workload.item, list(_opened(workload)), "port", lambda port: f"{port[1]}/{port[0]}")


def _opened(workload: Workload) -> Iterator[tuple[Path, Any]]:
    for path, port in ports_of(workload):
        opened = number(port, "containerPort")
        if opened:
            yield path, (protocol_of(port), opened, *_address(port))


def _address(port: dict[str, Any]) -> tuple[str, ...]:
    host = (text(port, "hostIP"), str(number(port, "hostPort") or ""))
    return host if any(host) else ()


def _entries(body: Any, path: Path, above: Path = ()) -> list[tuple[Path, Any]]:
    return [((*above, *path, i), entry) for i, entry in enumerate(a_list(body, *path))]


def _again(
    item: Item,
    entries: Iterable[tuple[Path, Any]],
    what: str,
    shown: Callable[[Any], str] | None = None,
    field: str | None = None,
) -> Iterator[Fault]:
    """Yield every entry that equals an earlier one; `shown` words it, `field` is where it is shown."""
    entries = list(entries)
    if len(entries) < 2:  # noqa: PLR2004 -- one alone is no repetition
        return
    first: dict[str, Path] = {}
    for path, entry in entries:
        if not entry:
            continue
        there = first.setdefault(json.dumps(entry, sort_keys=True, default=str), path)
        if there is not path:
            name = f" `{shown(entry)}`" if shown else f" `{text(entry, 'name')}`" if text(entry, "name") else ""
            below = (field,) if field else ()
            also = (Other(item, (*there, *below), "first here"),)
            yield Fault(_CODE, item, (*path, *below), f"{what}{name} again", "keep one of them", also)
