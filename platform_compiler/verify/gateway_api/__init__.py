"""How routes attach to Gateways and reach their backends, and what Envoy Gateway makes of policies."""

from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = ()
WHOLE: tuple[Check, ...] = ()
