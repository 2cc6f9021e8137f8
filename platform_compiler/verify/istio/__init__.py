"""What the mesh would misread, decided from manifests; the numbers of `istioctl analyze` are aliases of our codes."""

from platform_compiler.verify.istio import (
    annotations,
    authorization,
    client_tls,
    deprecated,
    envoy_filter,
    fields,
    identities,
    ineffective,
    injection,
    mtls,
    plain_ports,
    plugins,
    proxies,
    refused,
    telemetry,
    tokens,
)
from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = (
    annotations.check,
    deprecated.check,
    envoy_filter.check,
    fields.fields,
    injection.several_labels,
    injection.pods_outside,
    proxies.runs_as_proxy,
    authorization.check,
    refused.two_targets,
    mtls.several,
    telemetry.several,
    ineffective.selected_gateways,
    ineffective.without_tokens,
    plugins.check,
)
WHOLE: tuple[Check, ...] = (
    injection.namespaces_outside,
    proxies.placeholder_image,
    tokens.not_required,
    tokens.claims_without_tokens,
    plain_ports.check,
    identities.check,
    mtls.ports_not_open,
    client_tls.check,
    telemetry.without_provider,
)
