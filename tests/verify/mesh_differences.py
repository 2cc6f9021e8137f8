"""Where the profile of the mesh's kinds and the schemas of the CRDs differ, each with the reason."""

from typing import NamedTuple


class Difference(NamedTuple):
    """A place, as patterns of the kind and the path, where only one of the two refuses some damage."""

    kind: str
    where: str
    damage: str
    reason: str


# Fields of the Gateway API's experimental channel; the CRDs at hand are those of the standard one.
EXPERIMENTAL = (
    r"spec\.(backendTLS|defaultScope|useDefaultGateways)(\.\?)?",
    r"spec\.listeners\[\]\.tls\.frontendValidation(\.\?)?",
    r"spec\.rules\[\]\.(retry|sessionPersistence)(\..*)?",
    r"spec\.rules\[\](\.backendRefs\[\])?\.filters\[\]\.externalAuth(\.\?)?",
)
_CEL = "the CRD says it in CEL"
_WEBHOOK = "the validating webhook of istiod refuses it"
_MUST = "the API's text says that it must be there"
_LESS, _LOW = "key less", "too low"
STRICTER = (
    Difference("PeerAuthentication", r"spec\.selector.*", _LESS, f"portLevelMtls needs a selector: {_CEL}"),
    Difference("ServiceEntry", r"spec\.(endpoints\[\]\.address|resolution)", _LESS, _CEL),
    Difference("EnvoyFilter", r"spec\.configPatches\[\]\.match\.(context|waypoint)", _LESS, _CEL),
    Difference("Telemetry", r"spec\.metrics\[\]\.overrides\[\]\.tagOverrides\..*", _LESS, _CEL),
    Difference("TrafficExtension", r"spec\.(lua|wasm)", _LESS, _CEL),
    Difference("AuthorizationPolicy", r"spec\.(action|provider)", _LESS, _WEBHOOK),
    Difference("AuthorizationPolicy", r"spec\.rules\[\]\..*\.(source|operation|values)", _LESS, _WEBHOOK),
    Difference("DestinationRule|Sidecar", r".*onnectionPool\.(tcp|http)\.(max|http[12]).*", _LOW, _WEBHOOK),
    Difference("DestinationRule", r".*\.outlierDetection\.(consecutiveErrors|.*Percent)", _LOW, _WEBHOOK),
    Difference("VirtualService", r".*\.(weight|percent|attempts|httpStatus|value)", _LOW, _WEBHOOK),
    Difference("VirtualService", r"spec\.http\[\]\.(route|redirect|directResponse|delegate)", _LESS, _WEBHOOK),
    Difference("VirtualService", r"spec\.http\[\]\.retries\.attempts", _LESS, _WEBHOOK),
    Difference(".*Route|SecurityPolicy", r".*\.backendRefs?(\[\])?\.port", _LESS, f"a Service has ports: {_CEL}"),
    Difference(".*Route|SecurityPolicy", r".*\.backendRefs\[\]\.kind", _LESS, "without it a Service is meant"),
    Difference("HTTPRoute|GRPCRoute", r".*\.filters\[\]\.(\w+|.*\.replace\w+)", _LESS, f"a type and its field: {_CEL}"),
    Difference(
        "HTTPRoute", r"spec\.rules\[\]\.matches\[\]\.path\.type", _LESS, f"only a regex may be relative: {_CEL}"
    ),
    Difference("Gateway", r"spec\.listeners\[\]\.tls(\.mode)?", _LESS, f"TLS needs a mode: {_CEL}"),
    Difference("Gateway|ListenerSet|.*Policy", r".*\.namespaces\.selector", _LESS, _MUST),
    Difference("BackendTLSPolicy", r"spec\.validation\.(ca|wellKnown)\w+|.*\[\]\.(uri|hostname)", _LESS, _CEL),
    Difference("Backend", r"spec\.endpoints\[\]\.(fqdn|ip|unix)", _LESS, _CEL),
    Difference(".*Policy", r"spec\.target(Ref|Refs|Selectors)", _LESS, f"a policy has a target: {_CEL}"),
    Difference("BackendTrafficPolicy", r"spec\.faultInjection\.abort(\.\w+Status)?", _LESS, _CEL),
    Difference("BackendTrafficPolicy", r"spec\.healthCheck\.active\.(tcp|.*\.text)", _LESS, _CEL),
    Difference("BackendTrafficPolicy", r"spec\.healthCheck\.active\.(http|.*\.binary)", _LESS, _CEL),
    Difference("BackendTrafficPolicy", r"spec\.loadBalancer\.(backendUtil|consistentHash).*", _LESS, _CEL),
    Difference("ClientTrafficPolicy", r"spec\.clientIPDetection\..*", _LESS, _CEL),
    Difference("ClientTrafficPolicy", r"spec\.connection\.connectionLimit\.value", _LESS, _CEL),
    Difference(".*Policy|EnvoyProxy", r".*(Limit|WindowSize|\.limit|minContentLength)", _LOW, "a size is not negative"),
    Difference("SecurityPolicy", r"spec\.apiKeyAuth\.extractFrom\[\]\.\w+", _LESS, _CEL),
    Difference("SecurityPolicy", r"spec\.extAuth\.(grpc|http)", _LESS, _CEL),
    Difference("SecurityPolicy", r"spec\.jwt\.providers\[\]\.\w+JWKS", _LESS, _CEL),
    Difference("SecurityPolicy", r"spec\.oidc\.clientID(Ref)?", _LESS, _CEL),
    Difference("EnvoyProxy", r"spec\.filterOrder\[\]\.(before|after)", _LESS, _CEL),
    Difference("EnvoyProxy", r"spec\.provider\.kubernetes\.envoyHpa\.\w+Replicas", _LOW, _CEL),
    Difference("EnvoyProxy", r"spec\.provider\.kubernetes\.envoyPDB\.\w+", _LESS, _CEL),
)
LOOSER = (
    Difference("Gateway", r"spec\.addresses\[\]\.type", _LESS, "the server fills in the default before it judges"),
)
