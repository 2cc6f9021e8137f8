"""A ListenerSet adds to a Gateway only if that lets its namespace in; without a word it lets in nobody."""

from collections.abc import Iterator

from platform_compiler.objects import a_map
from platform_compiler.verify.gateway_api.listeners import listener_sets, owner
from platform_compiler.verify.gateway_api.names import GATEWAY, target
from platform_compiler.verify.gateway_api.namespaces import lets_in
from platform_compiler.verify.item import Fault, Other
from platform_compiler.verify.world import World, namespace_of


def refused(world: World) -> Iterator[Fault]:
    """Yield ListenerSets that their Gateway refuses."""
    for item in listener_sets(world):
        ref = owner(item)
        gateway = target(world, ref) if ref.kind == GATEWAY else None
        if gateway is None:
            continue
        allowed = a_map(gateway.body, "spec", "allowedListeners", "namespaces")
        if not lets_in(world, allowed, "None", namespace_of(gateway), namespace_of(item)):
            message = f"{ref} lets no listeners of namespace `{namespace_of(item)}` in"
            cure = "let the namespace in with the Gateway's `spec.allowedListeners.namespaces`"
            also = (Other(gateway, ("spec", "allowedListeners"), "says who may add listeners"),)
            yield Fault("PC5308", item, ref.path, message, cure, also)
