"""Settings of Envoy Gateway that let more through, or reach deeper, than they seem to."""

from collections.abc import Iterator

from platform_compiler.objects import Body, a_map, at, maps, text
from platform_compiler.verify.gateway_api.names import ENVOY_GATEWAY
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World


def optional_tokens(world: World) -> Iterator[Fault]:
    """Yield policies that let requests without a token pass, and then ask for no claim of it."""
    for policy in world.of(ENVOY_GATEWAY, "SecurityPolicy"):
        if at(policy.body, "spec", "jwt", "optional") is True and not _asks_for_token(policy.body):
            message = "`optional` lets requests without any token pass"
            cure = "drop it, or allow only requests with a claim in `authorization` (`principal.jwt`)"
            yield Fault("PC5331", policy, ("spec", "jwt", "optional"), message, cure)


def patches(world: World) -> Iterator[Fault]:
    """Yield patches of Envoy's own configuration."""
    for policy in world.of(ENVOY_GATEWAY, "EnvoyPatchPolicy"):
        message = "patches Envoy's configuration, whose names and shape change with each version"
        cure = "use a field of the other policies, and keep patches to the platform's owners"
        yield Fault("PC5332", policy, (), message, cure)


def _asks_for_token(body: Body) -> bool:
    authorization = a_map(body, "spec", "authorization")
    allowing = [rule for _, rule in maps(authorization, "rules") if text(rule, "action") == "Allow"]
    closed = text(authorization, "defaultAction") in ("", "Deny")
    return bool(authorization) and closed and all(a_map(rule, "principal", "jwt") for rule in allowing)
