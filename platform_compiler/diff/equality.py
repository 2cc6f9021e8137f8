"""Which values are the same although they are written differently: quantities, and durations of the mesh.

Everything else is the same only with the same type: the number 1 is neither the text `1` nor `true`.
Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ and, for durations, protobuf's
`google.protobuf.Duration` as Istio and the Gateway API read it.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(
    r"([+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18}))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,2}))?\Z"
)
_SCALE = {"": Decimal(1), "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(1000)} | {
    unit + suffix: Decimal(base) ** power
    for power, unit in enumerate("KMGTPE", start=1)
    for suffix, base in (("", 1000), ("i", 1024))
}
_DURATION = re.compile(r"(?:[0-9]{1,12}(?:\.[0-9]{1,9})?(?:h|ms|m|s|us|µs|ns))+\Z")
_PART = re.compile(r"([0-9.]+)(h|ms|m|s|us|µs|ns)")
_SECONDS = {
    "h": Decimal(3600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("1e-3"),
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "ns": Decimal("1e-9"),
}

# Where quantities stand: the end of a pointer, `*` for any step; by kind where the words alone are ambiguous.
_QUANTITIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (
        ("resources", "requests", "*"),
        ("resources", "limits", "*"),
        ("emptyDir", "sizeLimit"),
        ("resourceFieldRef", "divisor"),
        ("overhead", "*"),
    ),
    "ResourceQuota": (("spec", "hard", "*"),),
    "LimitRange": tuple(
        ("spec", "limits", "*", word, "*")
        for word in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
    ),
    "PersistentVolume": (("spec", "capacity", "*"),),
    "HorizontalPodAutoscaler": (("target", "averageValue"), ("target", "value")),
}
_DURATION_KINDS = frozenset(
    {
        "DestinationRule", "EnvoyFilter", "GRPCRoute", "Gateway", "HTTPRoute", "ProxyConfig", "RequestAuthentication",
        "ServiceEntry", "Sidecar", "Telemetry", "VirtualService", "WorkloadEntry", "WorkloadGroup",
    }
)  # fmt: skip
_DURATION_FIELDS = frozenset(
    {
        "backendRequest", "baseEjectionTime", "connectTimeout", "fixedDelay", "http1MaxRequestTimeout", "idleTimeout",
        "interval", "maxAge", "maxConnectionDuration", "perTryTimeout", "request", "time", "timeout", "ttl",
        "warmupDurationSecs",
    }
)  # fmt: skip


def same_value(kind: str, pointer: Sequence[Any], old: Any, new: Any) -> bool:
    """Whether two values of the field at `pointer` of a resource of this kind mean the same."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same_value(kind, (*pointer, k), old[k], new[k]) for k in old)
    if isinstance(old, list) and isinstance(new, list):
        pairs = enumerate(zip(old, new, strict=False))
        return len(old) == len(new) and all(same_value(kind, (*pointer, i), a, b) for i, (a, b) in pairs)
    if type(old) is type(new) and old == new:
        return True
    if _is_quantity(kind, pointer):
        return _both(quantity(old), quantity(new))
    return _is_duration(kind, pointer) and _both(_duration(old), _duration(new))


def quantity(value: Any) -> Decimal | None:
    """Return a Kubernetes quantity as a number (cores, bytes or a count), or None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    match = _NUMBER.match(str(value))
    if match is None:
        return None
    return Decimal(match[1]) * _SCALE[match[2] or ""] * Decimal(10) ** int(match[3] or 0)


def _duration(value: Any) -> Decimal | None:
    """Return a duration in seconds, or None where it is none."""
    if not isinstance(value, str) or _DURATION.match(value) is None:
        return None
    return sum((Decimal(number) * _SECONDS[unit] for number, unit in _PART.findall(value)), Decimal(0))


def _both(old: Decimal | None, new: Decimal | None) -> bool:
    return old is not None and old == new


def _is_quantity(kind: str, pointer: Sequence[Any]) -> bool:
    return any(_ends(pointer, tail) for tail in (*_QUANTITIES[""], *_QUANTITIES.get(kind, ())))


def _is_duration(kind: str, pointer: Sequence[Any]) -> bool:
    return kind in _DURATION_KINDS and bool(pointer) and pointer[-1] in _DURATION_FIELDS


def _ends(pointer: Sequence[Any], tail: tuple[str, ...]) -> bool:
    if len(pointer) < len(tail):
        return False
    return all(word in ("*", step) for step, word in zip(pointer[-len(tail) :], tail, strict=True))
