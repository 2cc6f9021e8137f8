"""How routes attach to Gateways and reach their backends, and what Envoy Gateway makes of policies.

Ambient mode is judged here too, since its waypoints are Gateways.
"""

from platform_compiler.verify.gateway_api import (
    attachment,
    backends,
    certificates,
    classes,
    conflicts,
    enforcement,
    grants,
    lenient,
    listener_sets,
    not_in_ambient,
    overriding,
    policy_targets,
    precedence,
    rules,
    waypoints,
)
from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = (
    attachment.no_parents,
    attachment.refused,
    attachment.ignored_hosts,
    listener_sets.refused,
    backends.ports,
    backends.kinds,
    rules.no_weight,
    rules.no_backends,
    rules.filters,
    rules.sizes,
    rules.timeouts,
    conflicts.conflicting,
    conflicts.without_certificate,
    conflicts.ignored_certificates,
    certificates.shared,
    certificates.other_hosts,
    precedence.unreachable,
    precedence.competing,
    precedence.kinds_on_one_host,
    policy_targets.missing_sections,
    policy_targets.competing,
    overriding.replacing,
    lenient.optional_tokens,
    lenient.patches,
    enforcement.by_selector,
    not_in_ambient.sidecar_settings,
    not_in_ambient.disabled_mtls,
    not_in_ambient.two_kinds_of_routes,
)
WHOLE: tuple[Check, ...] = (
    attachment.missing_parents,
    backends.missing,
    grants.not_granted,
    certificates.missing,
    classes.unknown,
    policy_targets.missing,
    waypoints.missing,
    waypoints.passed_by,
    enforcement.without_waypoint,
    enforcement.bypassed,
    not_in_ambient.subsets,
)
