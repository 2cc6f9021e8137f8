"""References into another namespace need a ReferenceGrant there that names both ends."""

from collections.abc import Iterator
from typing import Any

from platform_compiler.objects import Path, maps, text
from platform_compiler.verify.gateway_api.attach import parents
from platform_compiler.verify.gateway_api.backends import backends
from platform_compiler.verify.gateway_api.listeners import all_listeners, certificates
from platform_compiler.verify.gateway_api.names import (
    ENVOY_GATEWAY,
    GATEWAY_API,
    MESH_PARENTS,
    SECRET,
    SERVICE,
    Reference,
    reference,
)
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.workloads import GroupKind
from platform_compiler.verify.world import World, namespace_of

_POLICIES = ("SecurityPolicy", "BackendTrafficPolicy", "ClientTrafficPolicy", "EnvoyExtensionPolicy")
_FIELDS: dict[str, GroupKind] = {
    "backendRef": SERVICE,
    "backendRefs": SERVICE,
    "clientSecret": SECRET,
    "users": SECRET,
    "credentialRefs": SECRET,
    "caCertificateRefs": SECRET,
}


def not_granted(world: World) -> Iterator[Fault]:
    """Yield references into another namespace that nothing there allows."""
    grants = grouped(world.of(GATEWAY_API, "ReferenceGrant"), namespace_of)
    unread = {namespace for kind, namespace, _ in world.facts.promised if kind == "ReferenceGrant"}
    for item, ref in _references(world):
        own = namespace_of(item)
        if ref.namespace == own or ref.namespace not in world.populated or ref.namespace in unread:
            continue
        if not any(_allows(grant, item, ref) for grant in grants.get(ref.namespace, ())):
            message = f"no ReferenceGrant in `{ref.namespace}` lets it use {ref}"
            cure = f"add one there: from {item.kind}s of namespace `{own}`, to {ref.kind[1]} `{ref.name}`"
            yield Fault("PC5311", item, (*ref.path, "namespace"), message, cure)


def _references(world: World) -> Iterator[tuple[Item, Reference]]:
    for route, meant in parents(world).items():
        if meant and all(ref.kind in MESH_PARENTS for ref in meant):
            continue  # a mesh asks for no grant
        yield from ((route, ref) for ref in backends(world)[route])
    for listener in all_listeners(world):
        yield from ((listener.item, ref) for ref in certificates(listener))
    for kind in _POLICIES:
        for item in world.of(ENVOY_GATEWAY, kind):
            yield from ((item, ref) for ref in _below(item, item.body.get("spec"), ("spec",)))


def _below(item: Item, value: Any, path: Path) -> Iterator[Reference]:
    """Yield the references in the spec of a policy: they stand in fields of certain names only."""
    for key, below in value.items() if isinstance(value, dict) else ():
        if isinstance(below, dict):
            listed = [((*path, key), below)]
        else:
            listed = [((*path, key, i), one) for i, one in maps(value, key)]
        for place, one in listed:
            if key in _FIELDS and "name" in one:
                yield reference(item, one, place, _FIELDS[key])
            yield from _below(item, one, place)


def _allows(grant: Item, item: Item, ref: Reference) -> bool:
    source = (item.group, item.kind, namespace_of(item))
    comes = any(
        (text(one, "group"), text(one, "kind"), text(one, "namespace")) == source
        for _, one in maps(grant.body, "spec", "from")
    )
    return comes and any(
        (text(one, "group"), text(one, "kind")) == ref.kind and text(one, "name") in ("", ref.name)
        for _, one in maps(grant.body, "spec", "to")
    )
