"""Policies that attach to targets beside them: Envoy Gateway's, and BackendTLSPolicy."""

from collections.abc import Iterator
from typing import NamedTuple

from platform_compiler.objects import Body, Path, a_map, maps, text
from platform_compiler.verify.gateway_api.names import (
    ENVOY_GATEWAY,
    GATEWAY,
    GATEWAY_API,
    LISTENER_SETS,
    ROUTE_KINDS,
    SERVICE,
    target,
)
from platform_compiler.verify.gateway_api.names import Reference as _Reference
from platform_compiler.verify.gateway_api.namespaces import matches
from platform_compiler.verify.item import Item
from platform_compiler.verify.workloads import GroupKind
from platform_compiler.verify.world import World, namespace_of

KINDS: tuple[GroupKind, ...] = (
    *((ENVOY_GATEWAY, kind) for kind in ("BackendTrafficPolicy", "ClientTrafficPolicy", "SecurityPolicy")),
    (ENVOY_GATEWAY, "EnvoyExtensionPolicy"),
    (GATEWAY_API, "BackendTLSPolicy"),
)
_SECTIONS = {GATEWAY[1]: "listeners", SERVICE[1]: "ports", **dict.fromkeys(ROUTE_KINDS, "rules")}
_SECTIONS |= {kind: "listeners" for _, kind in LISTENER_SETS}
TARGETS = frozenset({GATEWAY, SERVICE, *LISTENER_SETS, *((GATEWAY_API, kind) for kind in ROUTE_KINDS)})


class Target(NamedTuple):
    """What a policy is for: the object if it is judged, and the part of it, empty for all."""

    policy: Item
    path: Path
    ref: _Reference
    item: Item | None
    section: str

    @property
    def sections(self) -> list[str]:
        """The names of the target's parts."""
        if self.item is None:
            return []
        parts = maps(self.item.body, "spec", _SECTIONS.get(self.item.kind, ""))
        return [name for _, part in parts if (name := text(part, "name"))]


def policies(world: World) -> Iterator[Item]:
    """Yield all policies."""
    for kind in KINDS:
        yield from world.of(*kind)


def targets(world: World, policy: Item) -> list[Target]:
    """Return what a policy attaches to, by name and by labels."""
    return [
        *named(world, policy),
        *(one for path, body in selectors(policy) for one in _chosen(world, policy, path, body)),
    ]


def named(world: World, policy: Item) -> Iterator[Target]:
    """Yield the targets that a policy names."""
    spec = a_map(policy.body, "spec")
    single: list[tuple[Path, Body]] = [(("spec", "targetRef"), a_map(spec, "targetRef"))] if "targetRef" in spec else []
    for path, body in [*single, *((("spec", "targetRefs", i), body) for i, body in maps(spec, "targetRefs"))]:
        kind = (text(body, "group"), text(body, "kind"))
        ref = _Reference(kind, namespace_of(policy), text(body, "name"), body, path)
        yield Target(policy, path, ref, target(world, ref), text(body, "sectionName"))


def selectors(policy: Item) -> Iterator[tuple[Path, Body]]:
    """Yield the selectors of a policy that look into its own namespace only."""
    for i, body in maps(policy.body, "spec", "targetSelectors"):
        if "namespaces" not in body:
            yield ("spec", "targetSelectors", i), body


def _chosen(world: World, policy: Item, path: Path, body: Body) -> Iterator[Target]:
    kind = (text(body, "group") or GATEWAY_API, text(body, "kind"))
    for item in world.of(*kind):
        labels = {key: str(value) for key, value in a_map(item.body, "metadata", "labels").items()}
        if namespace_of(item) == namespace_of(policy) and matches(body, labels):
            ref = _Reference(kind, namespace_of(item), item.name, body, path)
            yield Target(policy, path, ref, item, "")
