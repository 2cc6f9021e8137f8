"""The annotations that Istio knows: on which kinds they belong, how settled they are, and what their values look like.

Source: "Resource Annotations" of Istio's reference, and the list of its injector's checks of values.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Known(NamedTuple):
    """An annotation: its name, the kinds it belongs on (parted by spaces), its status and the type of its value."""

    name: str
    kinds: str = "Pod"
    status: Literal["stable", "beta", "alpha", "deprecated"] = "alpha"
    value: str = ""
    instead: str = ""
    """What to use where it is deprecated."""

    def belongs_on(self, kind: str) -> bool:
        """Whether it means something on a kind."""
        return kind in self.kinds.split() or self.kinds == "Any"


_TABLE = (
    Known("alpha.istio.io/canonical-serviceaccounts", "Service", "deprecated"),
    Known("alpha.istio.io/identity", "Pod", "deprecated"),
    Known("alpha.istio.io/kubernetes-serviceaccounts", "Service", "deprecated"),
    Known("ambient.istio.io/bypass-inbound-capture", value="bool"),
    Known("ambient.istio.io/dns-capture", value="bool"),
    Known("ambient.istio.io/redirection", status="beta"),
    Known("ambient.istio.io/waypoint-inbound-binding", "Gateway GatewayClass"),
    Known("galley.istio.io/analyze-suppress", "Any", "beta"),
    Known("gateway.istio.io/controller-version", "Gateway"),
    Known("gateway.istio.io/name-override", "Gateway"),
    Known("gateway.istio.io/service-account", "Gateway"),
    Known("inject.istio.io/templates"),
    Known("install.operator.istio.io/chart-owner", "Any"),
    Known("install.operator.istio.io/owner-generation", "Any"),
    Known("install.operator.istio.io/version", "Any"),
    Known("istio.io/autoRegistrationGroup", "WorkloadEntry"),
    Known("istio.io/connectedAt", "WorkloadEntry"),
    Known("istio.io/disconnectedAt", "WorkloadEntry"),
    Known("istio.io/workloadController", "WorkloadEntry"),
    Known("istio.io/dry-run", "AuthorizationPolicy"),
    Known("istio.io/reroute-virtual-interfaces"),
    Known("istio.io/rev", status="beta"),
    Known("kubernetes.io/ingress.class", "Ingress", "stable"),
    Known("networking.istio.io/address-type", "Gateway"),
    # Alpha by name, but nothing else hides a Service from namespaces.
    Known("networking.istio.io/exportTo", "Service", "stable"),
    Known("networking.istio.io/service-type", "Gateway"),
    Known("networking.istio.io/traffic-distribution", "Service ServiceEntry Namespace", "beta"),
    Known("prometheus.istio.io/merge-metrics", value="bool"),
    Known("proxy.istio.io/config", status="beta"),
    Known("proxy.istio.io/overrides"),
    Known("readiness.status.sidecar.istio.io/applicationPorts", value="ports"),
    Known("readiness.status.sidecar.istio.io/failureThreshold", value="count"),
    Known("readiness.status.sidecar.istio.io/initialDelaySeconds", value="count"),
    Known("readiness.status.sidecar.istio.io/periodSeconds", value="count"),
    Known("sidecar.istio.io/agentLogLevel"),
    Known("sidecar.istio.io/bootstrapOverride"),
    Known("sidecar.istio.io/componentLogLevel"),
    Known("sidecar.istio.io/controlPlaneAuthPolicy", "Pod", "deprecated"),
    Known("sidecar.istio.io/discoveryAddress", "Pod", "deprecated", instead="`proxy.istio.io/config`"),
    Known("sidecar.istio.io/enableCoreDump"),
    Known("sidecar.istio.io/extraStatTags"),
    Known("sidecar.istio.io/inject", "Pod", "deprecated", instead="the label of the same name"),
    Known("sidecar.istio.io/interceptionMode", value="mode"),
    Known("sidecar.istio.io/logLevel"),
    Known("sidecar.istio.io/nativeSidecar", value="bool"),
    Known("sidecar.istio.io/proxyCPU", value="quantity"),
    Known("sidecar.istio.io/proxyCPULimit", value="quantity"),
    Known("sidecar.istio.io/proxyImage"),
    Known("sidecar.istio.io/proxyImageType"),
    Known("sidecar.istio.io/proxyMemory", value="quantity"),
    Known("sidecar.istio.io/proxyMemoryLimit", value="quantity"),
    Known("sidecar.istio.io/rewriteAppHTTPProbers", value="bool"),
    Known("sidecar.istio.io/statsCompression", value="bool"),
    Known("sidecar.istio.io/statsEvictionInterval"),
    Known("sidecar.istio.io/statsFlushInterval"),
    Known("sidecar.istio.io/statsHistogramBuckets"),
    Known("sidecar.istio.io/statsInclusionPrefixes", "Pod", "deprecated", instead="`proxy.istio.io/config`"),
    Known("sidecar.istio.io/statsInclusionRegexps", "Pod", "deprecated", instead="`proxy.istio.io/config`"),
    Known("sidecar.istio.io/statsInclusionSuffixes", "Pod", "deprecated", instead="`proxy.istio.io/config`"),
    Known("sidecar.istio.io/status", status="beta"),
    Known("sidecar.istio.io/userVolume"),
    Known("sidecar.istio.io/userVolumeMount"),
    Known("status.sidecar.istio.io/port", value="port"),
    Known("topology.istio.io/controlPlaneClusters", "Namespace"),
    Known("traffic.sidecar.istio.io/excludeInboundPorts", value="ports"),
    Known("traffic.sidecar.istio.io/excludeInterfaces"),
    Known("traffic.sidecar.istio.io/excludeOutboundIPRanges", value="ranges"),
    Known("traffic.sidecar.istio.io/excludeOutboundPorts", value="ports"),
    Known("traffic.sidecar.istio.io/includeInboundPorts", value="ports or *"),
    Known("traffic.sidecar.istio.io/includeOutboundIPRanges", value="ranges or *"),
    Known("traffic.sidecar.istio.io/includeOutboundPorts", value="ports or *"),
    Known(
        "traffic.sidecar.istio.io/kubevirtInterfaces",
        "Pod",
        "deprecated",
        instead="`istio.io/reroute-virtual-interfaces`",
    ),
)
ANNOTATIONS: Mapping[str, Known] = {known.name: known for known in _TABLE}
LABELS = frozenset(
    {
        "istio-injection",
        "istio.io/dataplane-mode",
        "istio.io/global",
        "istio.io/ingress-use-waypoint",
        "istio.io/tag",
        "istio.io/use-waypoint",
        "istio.io/use-waypoint-namespace",
        "istio.io/waypoint-for",
        "networking.istio.io/enableAutoAllocateIP",
        "networking.istio.io/gatewayPort",
        "networking.istio.io/tunnel",
        "security.istio.io/tlsMode",
        "service.istio.io/canonical-name",
        "service.istio.io/canonical-revision",
        "service.istio.io/workload-name",
        "topology.istio.io/cluster",
        "topology.istio.io/network",
        "topology.istio.io/subzone",
    }
)
"""Names that Istio reads from labels, and never from annotations."""
