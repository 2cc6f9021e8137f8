"""Policies that are accepted and that no proxy ever looks at.

Source: the page of IST0166: pods of a Gateway are reached by `targetRefs`. What ambient pods ignore is judged with
ambient mode.
"""

from collections.abc import Iterator

from platform_compiler.objects import Body, a_list
from platform_compiler.verify.istio.scope import EXTENSIONS, SECURITY, TELEMETRY, selector_of, targets_of
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World, namespace_of

_GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name"
_ATTACHED = (
    (SECURITY, "AuthorizationPolicy"),
    (SECURITY, "RequestAuthentication"),
    (TELEMETRY, "Telemetry"),
    (EXTENSIONS, "WasmPlugin"),
)


def selected_gateways(world: World) -> Iterator[Fault]:
    """Yield policies that select the pods of a Gateway instead of naming it."""
    of_gateways = {pod for pod in world.workloads if pod.label(_GATEWAY_LABEL) is not None}
    for kind in _ATTACHED:
        for item in world.of(*kind):
            labels = selector_of(item)
            if (of_gateways or _GATEWAY_LABEL in labels) and (gateway := _gateway_of(world, item, labels)):
                message = f"the selector has no effect on the pods of Gateway `{gateway}`"
                cure = f"use `targetRefs` with `kind: Gateway` and `name: {gateway}`"
                yield Fault("PC5253", item, ("spec", "selector"), message, cure)


def _gateway_of(world: World, item: Item, labels: Body) -> str:
    if targets_of(item):
        return ""
    if named := labels.get(_GATEWAY_LABEL):
        return str(named)
    pods = world.selected(namespace_of(item), labels) if labels else []
    return next((pod.labels[_GATEWAY_LABEL] for pod in pods if _GATEWAY_LABEL in pod.labels), "")


def without_tokens(world: World) -> Iterator[Fault]:
    """Yield authentications that check nothing."""
    for item in world.of(SECURITY, "RequestAuthentication"):
        if not a_list(item.body, "spec", "jwtRules"):
            message = "it has no `jwtRules`, so it checks nothing"
            yield Fault("PC5253", item, ("spec",), message, "name the issuers to accept, or remove it")
