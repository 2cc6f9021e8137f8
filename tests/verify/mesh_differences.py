"""Where the profile of the mesh's kinds says no and the CRD's schema says yes, each with the reason."""

from typing import NamedTuple

UNKNOWN_KINDS: frozenset[tuple[str, str]] = frozenset()


class Stricter(NamedTuple):
    """A place, as patterns of the kind and the path, where some damage is refused by the profile only."""

    kind: str
    where: str
    damage: tuple[str, ...]
    reason: str


_CEL = "the CRD says it in CEL"
_WEBHOOK = "the validating webhook of istiod refuses it"
STRICTER = (
    Stricter("PeerAuthentication", r"spec\.selector.*", ("key less",), f"portLevelMtls needs a selector: {_CEL}"),
    Stricter("ServiceEntry", r"spec\.(endpoints\[\]\.address|resolution)", ("key less",), _CEL),
    Stricter("EnvoyFilter", r"spec\.configPatches\[\]\.match\.(context|waypoint)", ("key less",), _CEL),
    Stricter("Telemetry", r"spec\.metrics\[\]\.overrides\[\]\.tagOverrides\..*", ("key less",), _CEL),
    Stricter("TrafficExtension", r"spec\.(lua|wasm)", ("key less",), _CEL),
    Stricter("AuthorizationPolicy", r"spec\.(action|provider)", ("key less",), _WEBHOOK),
    Stricter("AuthorizationPolicy", r"spec\.rules\[\]\..*\.(source|operation|values)", ("key less",), _WEBHOOK),
    Stricter("DestinationRule|Sidecar", r".*onnectionPool\.(tcp|http)\.max.*", ("too low",), _WEBHOOK),
    Stricter("DestinationRule|Sidecar", r".*onnectionPool\.http\.http.*", ("too low",), _WEBHOOK),
    Stricter("DestinationRule", r".*\.outlierDetection\.(consecutiveErrors|.*Percent)", ("too low",), _WEBHOOK),
    Stricter("VirtualService", r".*\.(weight|percent|attempts|httpStatus|value)", ("too low",), _WEBHOOK),
    Stricter("VirtualService", r"spec\.http\[\]\.(route|redirect|directResponse|delegate)", ("key less",), _WEBHOOK),
    Stricter("VirtualService", r"spec\.http\[\]\.retries\.attempts", ("key less",), _WEBHOOK),
)
