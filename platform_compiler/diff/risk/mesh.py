"""What a change takes from the mesh's protection: mutual TLS, checks of certificates, and who sees which hosts."""

from collections.abc import Iterator
from typing import Any

from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.authorization import AUTHORIZATION_RULES
from platform_compiler.diff.risk.covers import holds_for_fewer, word_covers
from platform_compiler.diff.risk.membership import MEMBERSHIP_RULES
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import (
    ALWAYS,
    APPEARS,
    CHANGES,
    GOES,
    NETWORKING,
    SECURITY_GROUP,
    VIRTUAL_SERVICE,
    Rule,
)
from platform_compiler.diff.risk.shape import named
from platform_compiler.objects import Body, a_map, at, maps, number, text, texts
from platform_compiler.source.node import Pointer

_STRICTNESS = {"DISABLE": 0, "PERMISSIVE": 1, "STRICT": 2}
_MUTUAL = ("MUTUAL", "ISTIO_MUTUAL")


def _mtls(old: Body, new: Body) -> Iterator[Risk]:
    """A policy that says nothing inherits: taken as strict when weighed against a new mode, and as a loss of STRICT."""
    before, after = _modes(old), _modes(new)
    for pointer in dict.fromkeys((*before, *after)):
        was, mode = (_mode(modes, pointer) for modes in (before, after))
        weaker = mode in _STRICTNESS and _STRICTNESS[mode] < _STRICTNESS.get(was, 2)
        if weaker or (was == "STRICT" and mode not in _STRICTNESS):
            message = f"mutual TLS goes from {was or 'the inherited mode'} to {mode or 'the inherited mode'}"
            yield risk("mtls-weakened", pointer if new else (), message)
    if new and "STRICT" in before.values() and holds_for_fewer(old, new):
        yield risk("mtls-weakened", ("spec", "selector"), "mutual TLS is required of fewer pods than before")


def _modes(policy: Body) -> dict[Pointer, str]:
    found: dict[Pointer, str] = {("spec", "mtls", "mode"): text(policy, "spec", "mtls", "mode")}
    for port in a_map(policy, "spec", "portLevelMtls"):
        found["spec", "portLevelMtls", port, "mode"] = text(at(policy, "spec", "portLevelMtls", port, "mode"))
    return found


def _mode(modes: dict[Pointer, str], pointer: Pointer) -> str:
    mode = modes.get(pointer, "")
    return mode if mode not in ("", "UNSET") else modes.get(("spec", "mtls", "mode"), "").replace("UNSET", "")


def _tls(old: Body, new: Body) -> Iterator[Risk]:
    before = {key: tls for key, _, tls in _policies(old)}
    for key, pointer, tls in _policies(new):
        was, mode = text(before.get(key), "mode"), text(tls, "mode")
        if _weaker(was, mode):
            yield risk(
                "tls-weakened", (*pointer, "mode"), f"TLS goes from {was or 'automatic'} to {mode or 'automatic'}"
            )
        if tls.get("insecureSkipVerify") is True and at(before.get(key), "insecureSkipVerify") is not True:
            message = "the certificate of the other side is no longer checked"
            yield risk("tls-verify-skipped", (*pointer, "insecureSkipVerify"), message)


def _weaker(old: str, new: str) -> bool:
    """The mesh speaks mutual TLS by itself where nothing is set; outside it, nothing set means plain text."""
    lost = (new == "" and old in ("SIMPLE", "MUTUAL")) or (new == "SIMPLE" and old in _MUTUAL)
    return lost or (new == "DISABLE" and old != "DISABLE")


def _policies(rule: Body) -> Iterator[tuple[Any, Pointer, Body]]:
    """Yield the TLS settings of a destination rule: its own, and those of ports and subsets where they stand."""
    places: list[tuple[Any, Pointer]] = [("", ("spec", "trafficPolicy"))]
    places += [(text(s, "name"), ("spec", "subsets", i, "trafficPolicy")) for i, s in maps(rule, "spec", "subsets")]
    for name, pointer in places:
        yield (name, None), (*pointer, "tls"), a_map(at(rule, *pointer, "tls"))
        for i, port in maps(at(rule, *pointer, "portLevelSettings")):
            yield (name, number(port, "port", "number")), (*pointer, "portLevelSettings", i, "tls"), a_map(port, "tls")


def _egress(old: Body, new: Body) -> Iterator[Risk]:
    before, after = _egress_hosts(old), _egress_hosts(new)
    more = [host for host in after if not any(_host_covers(was, host) for was in before)]
    if more:
        message = f"the sidecar now also knows {named(5, more)}" if new else "the sidecar's limits are gone"
        yield risk("sidecar-egress-widened", ("spec", "egress") if new else (), message)
    pointer = ("spec", "outboundTrafficPolicy", "mode")
    if new and text(at(old, *pointer)) == "REGISTRY_ONLY" != text(at(new, *pointer)):
        yield risk("sidecar-egress-widened", pointer, "pods may call hosts that the mesh does not know")


def _egress_hosts(sidecar: Body) -> list[str]:
    """Return the hosts a sidecar knows; all of them where it says nothing, and none for `~`."""
    found = [host for _, listener in maps(sidecar, "spec", "egress") for host in texts(listener, "hosts")] or ["*/*"]
    return [host for host in found if not host.startswith("~/")]


def _host_covers(old: str, new: str) -> bool:
    (here, _, host), (there, _, other) = old.partition("/"), new.partition("/")
    return word_covers(here, there) and word_covers(host, other)


def _exported(old: Body, new: Body) -> Iterator[Risk]:
    before, after = (texts(body, "spec", "exportTo") or ["*"] for body in (old, new))
    more = [where for where in after if where not in (*before, ".", "~")]
    if more and "*" not in before:
        yield risk("export-widened", ("spec", "exportTo"), f"namespaces {named(5, more)} see it now")


RULES = (
    Rule(_mtls, ((SECURITY_GROUP, "PeerAuthentication"),), ALWAYS),
    Rule(_tls, ((NETWORKING, "DestinationRule"),), APPEARS),
    Rule(_egress, ((NETWORKING, "Sidecar"),), CHANGES | GOES),
    Rule(_exported, (VIRTUAL_SERVICE, (NETWORKING, "DestinationRule"), (NETWORKING, "ServiceEntry"))),
    *AUTHORIZATION_RULES,
    *MEMBERSHIP_RULES,
)
