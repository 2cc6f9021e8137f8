"""How the addresses of an external service are found, and which ways exclude each other."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Literal, TypeAlias

Spec = Mapping[str, Any]
Resolution: TypeAlias = Literal["STATIC", "DNS", "DYNAMIC_DNS", "NONE"]


def resolution_of(spec: Spec, *, dynamic: bool) -> Resolution:
    """Return how addresses are found; `dynamic` says that proxies look up names under a wildcard.

    Where nobody chose: endpoints are static, or names to look up; full names are looked up; a range of addresses goes
    where the caller dialled, since Istio looks no names up for ranges, and so do raw bytes to a wildcard.
    """
    chosen: Resolution | None = _CHOSEN.get(spec.get("resolution", "auto"))
    if chosen:
        return chosen
    endpoints = spec.get("endpoints", {})
    if endpoints:
        return "STATIC" if all(is_address(e["address"]) for e in endpoints.values()) else "DNS"
    if _ranges(spec):
        return "NONE"
    if not _wildcards(spec):
        return "DNS"
    raw = any(port.get("protocol") in {"tcp", "udp"} for port in spec["ports"].values())
    return "DYNAMIC_DNS" if dynamic and not raw else "NONE"


_CHOSEN: Mapping[str, Resolution] = {"dns": "DNS", "static": "STATIC", "none": "NONE"}


def contradictions(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield why the chosen way finds nothing, with what to do instead."""
    chosen, endpoints = spec.get("resolution", "auto"), spec.get("endpoints", {})
    named = sorted(name for name, e in endpoints.items() if not is_address(e["address"]))
    if chosen == "static" and not endpoints:
        yield "`static` needs endpoints, and there are none", "add `endpoints`, or leave `resolution` out"
    if chosen == "static" and named:
        yield f"`static` looks no names up, and endpoint `{named[0]}` is one", "write `resolution: dns`, or an address"
    if chosen == "none" and endpoints:
        yield "`none` goes where the caller dialled, and never to endpoints", "take `endpoints` or `resolution` out"
    if chosen == "dns" and not endpoints and _wildcards(spec):
        yield f"no name server resolves `{_wildcards(spec)[0]}`", "leave `resolution` out, or add `endpoints`"
    if (chosen == "dns" or (chosen == "auto" and named)) and _ranges(spec):
        yield f"names are not looked up for a range such as `{_ranges(spec)[0]}`", "take the range out of `addresses`"


def _wildcards(spec: Spec) -> list[str]:
    return [host for host in spec["hosts"] if host.startswith("*.")]


def _ranges(spec: Spec) -> list[str]:
    """Return the addresses that are several."""
    found: list[str] = spec.get("addresses", [])
    return [text for text in found if not text.endswith(("/32", "/128"))]


def is_address(text: str) -> bool:
    """Whether a text is one address and no name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
