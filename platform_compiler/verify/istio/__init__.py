"""What the mesh would misread, decided from manifests; the numbers of `istioctl analyze` are aliases of our codes."""

from platform_compiler.verify.istio import (
    claims,
    destination_rules,
    fields,
    gateways,
    ports,
    reached,
    references,
    routes,
    selectors,
    service_entries,
    sidecars,
    visibility,
)
from platform_compiler.verify.world import Check

ALONE: tuple[Check, ...] = (
    fields.fields,
    # what a VirtualService says by itself, and beside others
    reached.rules_are_reached,
    reached.matches_are_for_its_gateways,
    routes.rules_lead_somewhere,
    routes.weights_are_percents,
    routes.retries_have_time,
    claims.hosts_have_one_owner,
    claims.hosts_are_on_gateways,
    claims.mesh_rules_hold_at_gateways,
    references.gateways_exist,
    # servers of Gateways
    gateways.servers_have_tls,
    gateways.servers_do_not_conflict,
    gateways.certificates_are_used_once,
    # what is set for hosts
    destination_rules.rules_do_not_compete,
    destination_rules.settings_are_kept,
    destination_rules.servers_are_verified,
    destination_rules.failover_detects_outliers,
    service_entries.entries_resolve,
    service_entries.tcp_has_addresses,
    service_entries.protocols_agree,
    sidecars.workloads_have_one_sidecar,
    ports.protocols_are_named,
    ports.services_agree,
)
WHOLE: tuple[Check, ...] = (
    references.hosts_exist,
    references.ports_fit,
    references.subsets_exist,
    destination_rules.hosts_exist,
    sidecars.egress_hosts_exist,
    visibility.destinations_are_seen,
    visibility.egress_hosts_are_seen,
    selectors.selectors_meet_workloads,
    selectors.gateways_meet_workloads,
    selectors.subsets_meet_pods,
    gateways.ports_are_open,
    gateways.certificates_exist,
)
