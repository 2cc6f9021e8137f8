"""Empty never means everybody: a policy that matches everyone must say why.

In a NetworkPolicy or an AuthorizationPolicy an absent or empty match list opens to all. A template that means it
carries the annotation `platformc.dev/matches-everyone` with the reason.
"""

from typing import Any

from platform_compiler.objects import a_list, a_map, maps

ANNOTATION = "platformc.dev/matches-everyone"

_EVERYTHING: tuple[dict[str, Any], ...] = ({}, {"podSelector": {}, "namespaceSelector": {}}, {"namespaceSelector": {}})
"""The peers that select all pods."""


def opens_to_everyone(body: dict[str, Any]) -> str | None:
    """Return in words where a policy matches everyone without saying why, or None; its shape others judge."""
    look = _LOOKS.get(body["kind"])
    if look is None or ANNOTATION in a_map(body, "metadata", "annotations"):
        return None
    return look(a_map(body, "spec"))


def _network(spec: dict[str, Any]) -> str | None:
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for position, rule in maps(spec, direction):
            if not rule.get(peers):
                return f"spec.{direction}[{position}] has no `{peers}`"
            if [peer for peer in a_list(rule, peers) if peer in _EVERYTHING]:
                return f"spec.{direction}[{position}].{peers} holds a peer that selects everything"
    return None


def _authorization(spec: dict[str, Any]) -> str | None:
    if spec.get("action", "ALLOW") != "ALLOW":
        return None
    for position, rule in maps(spec, "rules"):
        if not rule.get("from"):
            return f"spec.rules[{position}] has no `from`"
        for _, source in maps(rule, "from"):
            found = a_map(source, "source")
            if not any(found.values()) or "*" in a_list(found, "principals"):
                return f"spec.rules[{position}].from holds a source that is anybody"
    return None


_LOOKS = {"NetworkPolicy": _network, "AuthorizationPolicy": _authorization}
