"""Where the profile of the mesh's kinds and the schemas of the CRDs differ, each with the reason."""

from tests.verify.differences import Reasons

STRICTER: Reasons = {
    "the CRD says it in CEL": (
        r"^removed PeerAuthentication spec\.selector",
        r"^removed ServiceEntry spec\.(endpoints\[\]\.address|resolution)$",
        r"^removed EnvoyFilter spec\.configPatches\[\]\.match\.(context|waypoint)$",
        r"^removed Telemetry spec\.metrics\[\]\.overrides\[\]\.tagOverrides\.",
        r"^removed TrafficExtension spec\.(lua|wasm)$",
        r"^removed BackendTLSPolicy (spec\.validation\.(ca|wellKnown)\w+|.*\[\]\.(uri|hostname))$",
        r"^removed Backend spec\.endpoints\[\]\.(fqdn|ip|unix)$",
        r"^removed BackendTrafficPolicy spec\.faultInjection\.abort(\.\w+Status)?$",
        r"^removed BackendTrafficPolicy spec\.healthCheck\.active\.(tcp|.*\.text)$",
        r"^removed BackendTrafficPolicy spec\.healthCheck\.active\.(http|.*\.binary)$",
        r"^removed BackendTrafficPolicy spec\.loadBalancer\.(backendUtil|consistentHash).*$",
        r"^removed ClientTrafficPolicy spec\.clientIPDetection\.",
        r"^removed ClientTrafficPolicy spec\.connection\.connectionLimit\.value$",
        r"^removed SecurityPolicy spec\.apiKeyAuth\.extractFrom\[\]\.\w+$",
        r"^removed SecurityPolicy spec\.extAuth\.(grpc|http)$",
        r"^removed SecurityPolicy spec\.jwt\.providers\[\]\.\w+JWKS$",
        r"^removed SecurityPolicy spec\.oidc\.clientID(Ref)?$",
        r"^removed EnvoyProxy spec\.filterOrder\[\]\.(before|after)$",
        r"^removed EnvoyProxy spec\.provider\.kubernetes\.envoyPDB\.\w+$",
        r"^low EnvoyProxy spec\.provider\.kubernetes\.envoyHpa\.\w+Replicas$",
    ),
    "the validating webhook of istiod refuses it": (
        r"^removed AuthorizationPolicy spec\.(action|provider)$",
        r"^removed AuthorizationPolicy spec\.rules\[\]\..*\.(source|operation|values)$",
        r"^removed VirtualService spec\.http\[\]\.(route|redirect|directResponse|delegate)$",
        r"^removed VirtualService spec\.http\[\]\.retries\.attempts$",
        r"^low (DestinationRule|Sidecar) .*onnectionPool\.(tcp|http)\.(max|http[12]).*$",
        r"^low DestinationRule .*\.outlierDetection\.(consecutiveErrors|.*Percent)$",
        r"^low VirtualService .*\.(weight|percent|attempts|httpStatus|value)$",
    ),
    "a Service has ports, as the CRD says in CEL": r"^removed (.*Route|SecurityPolicy) .*\.backendRefs?(\[\])?\.port$",
    "without it a Service is meant": r"^removed (.*Route|SecurityPolicy) .*\.backendRefs\[\]\.kind$",
    "a type and its field, as the CRD says in CEL": r"^removed (HTTP|GRPC)Route .*\.filters\[\]\.(\w+|.*\.replace\w+)$",
    "only a regex may be relative, as the CRD says in CEL": (
        r"^removed HTTPRoute spec\.rules\[\]\.matches\[\]\.path\.type$"
    ),
    "TLS needs a mode, as the CRD says in CEL": r"^removed Gateway spec\.listeners\[\]\.tls(\.mode)?$",
    "the API's text says that it must be there": r"^removed (Gateway|ListenerSet|.*Policy) .*\.namespaces\.selector$",
    "a policy has a target, as the CRD says in CEL": r"^removed .*Policy spec\.target(Ref|Refs|Selectors)$",
    "a size is not negative": r"^low (.*Policy|EnvoyProxy) .*(Limit|WindowSize|\.limit|minContentLength)$",
    "an object has a name": r"^removed \w+ metadata(\.name)?$",
}
# Places of Envoy Gateway's kinds that few write, which the profile leaves open.
_OPEN = (
    r"BackendTrafficPolicy spec\.(admissionControl|bandwidthLimit|responseOverride|rateLimit\..*\.cost)\b",
    r"(BackendTraffic|Security)Policy .*\.(preconnect|healthCheckLog|preferLocal)\b",
    r"(BackendTraffic|Security)Policy .*\.loadBalancer\.(backendUtilization|dynamicModule)\b",
    r"(BackendTrafficPolicy|EnvoyProxy) spec\.telemetry\.tracing\.(customTags|spanName)\b",
    r"ClientTrafficPolicy spec\.tls\.(session|clientValidation\.subjectAltNames)\b",
    r"SecurityPolicy spec\.(oidc\.denyRedirect|extAuth\.contextExtensions|authorization\..*\.clientIPGeoLocations)\b",
    r"EnvoyProxy spec\.(bootstrap\.jsonPatches|dynamicModules|geoIP\.provider|lua\.strictValidation)\b",
    r"EnvoyProxy spec\.provider\.kubernetes\.envoyD\w+\.(container|initContainers|strategy)\b",
    r"EnvoyProxy spec\.provider\.kubernetes\.envoyD\w+\.pod\.(affinity|imagePullSecrets|securityContext|tolerations)\b",
    r"EnvoyProxy spec\.provider\.kubernetes\.envoyD\w+\.pod\.(topologySpreadConstraints|volumes)\b",
    r"EnvoyProxy spec\.provider\.kubernetes\.envoyHpa\.(behavior|metrics)\b",
    r"EnvoyProxy spec\.telemetry\.(accessLog\.settings\[\]\.(format|sinks)|metrics\.sinks)\b",
    r"EnvoyProxy spec\.telemetry\.(healthCheckLog|tracing\.provider)\b",
)
LAXER: Reasons = {
    "the server fills in the default before it judges": r"^removed Gateway spec\.addresses\[\]\.type$",
    "left open": _OPEN,
}
KEYS_APART: Reasons = {
    "left open": _OPEN,
    "no harm: a status is dropped": r"^[+-]\w+ status\b",
    "what managers wrote is the server's": r"\.managedFields\[\]\.\?$",
    # The CRDs at hand are those of the standard channel.
    "the experimental channel of the Gateway API": (
        r"^\+Gateway spec\.(backendTLS|defaultScope)$",
        r"^\+(Gateway|ListenerSet) spec\.listeners\[\]\.tls\.frontendValidation$",
        r"^\+\w+Route spec\.useDefaultGateways$",
        r"^\+\w+Route spec\.rules\[\]\.(retry|sessionPersistence)$",
        r"^\+\w+Route spec\.rules\[\](\.backendRefs\[\])?\.filters\[\]\.externalAuth$",
    ),
}
