"""Policies that are accepted and that no proxy ever looks at.

Source: the pages of IST0166 and IST0167; pods of a Gateway are reached by `targetRefs`, and nothing reads Sidecars and
EnvoyFilters for pods without a sidecar.
"""

from collections.abc import Iterator

from platform_compiler.objects import Path, a_list, a_map
from platform_compiler.verify.istio.membership import Membership, membership, namespace_membership
from platform_compiler.verify.istio.scope import EXTENSIONS, NETWORKING, SECURITY, TELEMETRY, selector_of, targets_of
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

_GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name"
_ATTACHED = (
    (SECURITY, "AuthorizationPolicy"),
    (SECURITY, "RequestAuthentication"),
    (TELEMETRY, "Telemetry"),
    (EXTENSIONS, "WasmPlugin"),
)
_OF_SIDECARS = ("Sidecar", "EnvoyFilter")


def selected_gateways(world: World) -> Iterator[Fault]:
    """Yield policies that select the pods of a Gateway instead of naming it."""
    for kind in _ATTACHED:
        for item in world.of(*kind):
            gateway = "" if targets_of(item) else _gateway_of(world, item)
            if gateway:
                message = f"the selector has no effect on the pods of Gateway `{gateway}`"
                cure = f"use `targetRefs` with `kind: Gateway` and `name: {gateway}`"
                yield Fault("PC5253", item, ("spec", "selector"), message, cure)


def _gateway_of(world: World, item: Item) -> str:
    labels = selector_of(item)
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


def without_sidecars(world: World) -> Iterator[Fault]:
    """Yield what is for sidecars and meets none, as the pods are ambient."""
    for kind in _OF_SIDECARS:
        for item in world.of(NETWORKING, kind):
            labels = a_map(item.body, "spec", "workloadSelector", "labels")
            pods = [] if targets_of(item) else world.selected(namespace_of(item), labels)
            found = {membership(world, pod) for pod in pods}
            namespace = world.namespaces.get(namespace_of(item))
            all_ambient = found == {Membership.AMBIENT} if labels or found else _is_ambient(namespace)
            if all_ambient and not targets_of(item) and namespace_of(item) != world.facts.root_namespace:
                path: Path = ("spec", "workloadSelector") if labels else ("metadata", "name")
                also = (Other(pods[0].item, ("metadata", "name"), "ambient"),) if pods else ()
                message = "its pods are ambient: they have no sidecar that reads it"
                yield Fault("PC5253", item, path, message, "remove it; a waypoint reads policies by `targetRefs`", also)


def _is_ambient(namespace: Item | None) -> bool:
    return namespace_membership(namespace) is Membership.AMBIENT
