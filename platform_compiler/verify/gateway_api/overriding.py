"""A policy on a route replaces the one of its Gateway as a whole, unless it says how to merge."""

from collections.abc import Iterator
from typing import TypeAlias

from platform_compiler.objects import a_map
from platform_compiler.verify.gateway_api.attach import attachments
from platform_compiler.verify.gateway_api.names import ENVOY_GATEWAY, GATEWAY, ROUTE_KINDS
from platform_compiler.verify.gateway_api.policies import Target, targets
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World

_KINDS = ("BackendTrafficPolicy", "SecurityPolicy", "EnvoyExtensionPolicy")
_NOT_SETTINGS = frozenset({"targetRef", "targetRefs", "targetSelectors", "mergeType"})
_Above: TypeAlias = dict[Item, dict[str, Target]]
"""The policies of Gateways, by the name of the listener they are for; the empty name is for all of them."""


def replacing(world: World) -> Iterator[Fault]:
    """Yield policies on routes that drop settings of their Gateway's policy; once for each pair."""
    sites: dict[Item, list[tuple[Item, str]]] = {}
    if not any(world.of(ENVOY_GATEWAY, kind) for kind in _KINDS):
        return
    for found in attachments(world):
        sites.setdefault(found.route, []).extend((found.parent, listener.name) for listener in found.serving)
    for kind in _KINDS:
        every = [one for policy in world.of(ENVOY_GATEWAY, kind) for one in targets(world, policy) if one.item]
        above = _by_gateway(every)
        told: set[tuple[Item, Item]] = set()
        for one in every:
            if one.item is None or one.item.kind not in ROUTE_KINDS or a_map(one.policy.body, "spec").get("mergeType"):
                continue
            for parent, listener in sites.get(one.item, ()):
                known = above.get(parent, {})
                upper = known.get(listener) or known.get("")
                if upper and (one.policy, upper.policy) not in told:
                    told.add((one.policy, upper.policy))
                    yield from _dropped(one, upper)


def _by_gateway(every: list[Target]) -> _Above:
    found: _Above = {}
    for one in every:
        if one.item is not None and one.ref.kind == GATEWAY:
            found.setdefault(one.item, {}).setdefault(one.section, one)
    return found


def _dropped(one: Target, upper: Target) -> Iterator[Fault]:
    settings = a_map(upper.policy.body, "spec").keys() - _NOT_SETTINGS - a_map(one.policy.body, "spec").keys()
    if settings:
        names = ", ".join(f"`{name}`" for name in sorted(settings))
        message = f"replaces {upper.policy} of the Gateway for {one.ref}, and drops {names}"
        also = tuple(Other(upper.policy, ("spec", name), "is dropped") for name in sorted(settings))
        cure = "set `mergeType`, or repeat here what shall still hold"
        yield Fault("PC5330", one.policy, one.path, message, cure, also)
