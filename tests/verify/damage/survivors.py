"""Damage that `verify` does not find, each with the reason; `docs/verify.md` tells the same."""

from typing import NamedTuple


class Survivor(NamedTuple):
    """Ways to damage kinds of objects in places, all of which go unseen somewhere in the golden clusters."""

    ways: tuple[str, ...]
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    reason: str


_TO, _FROM = "spec.egress[].to[]", "spec.ingress[].from[]"
_NAMESPACE = "namespaceSelector.matchLabels.kubernetes.io/metadata.name"
_NOT_JUDGED = "a namespace of which nothing is judged is taken on trust"
SURVIVORS = (
    Survivor(("unknown_namespace",), ("NetworkPolicy",), (f"{_TO}.{_NAMESPACE}", f"{_FROM}.{_NAMESPACE}"), _NOT_JUDGED),
    Survivor(("unknown_namespace",), ("DestinationRule",), ("spec.exportTo[]",), _NOT_JUDGED),
    Survivor(
        ("missing_namespace",),
        (
            "AppProject",
            "Application",
            "AuthorizationPolicy",
            "Certificate",
            "DestinationRule",
            "GitRepository",
            "Kustomization",
            "LimitRange",
            "NetworkPolicy",
            "PeerAuthentication",
            "ResourceQuota",
            "Sidecar",
            "Telemetry",
        ),
        ("metadata.namespace",),
        "a namespace may be made elsewhere, and the object is legal in it",
    ),
    Survivor(
        ("broken_selector",),
        ("NetworkPolicy",),
        (f"{_TO}.podSelector.matchLabels.app", f"{_TO}.podSelector.matchLabels.k8s-app"),
        "the pods of a namespace of which nothing is judged may have any labels",
    ),
    Survivor(
        ("broken_selector",),
        ("NetworkPolicy",),
        (f"{_FROM}.podSelector.matchLabels.app",),
        "the pods of a namespace of which nothing is judged may have any labels",
    ),
    Survivor(
        ("misspelled_selector_key",),
        ("NetworkPolicy",),
        (f"{_TO}.podSelector.matchLabels", f"{_FROM}.podSelector.matchLabels", "spec.podSelector.matchLabels"),
        "the pods of a namespace in which no pods are judged may have any labels",
    ),
    Survivor(
        ("port_in_words", "text_for_number"),
        ("NetworkPolicy",),
        ("spec.egress[].ports[].port",),
        "the pods of a namespace of which nothing is judged may have a port of that name",
    ),
    Survivor(
        ("port_in_words",),
        ("NetworkPolicy",),
        ("spec.ingress[].ports[].port",),
        "pods that list no ports may get containers with named ports from a webhook",
    ),
    Survivor(
        ("without_needed_key", "null_for_needed_key"),
        ("NetworkPolicy",),
        ("spec.podSelector",),
        "the API server takes it, for every pod of the namespace",
    ),
    Survivor(
        ("without_spec",),
        ("AuthorizationPolicy", "PeerAuthentication", "ResourceQuota", "Sidecar", "Telemetry"),
        ("spec",),
        "legal, and says something else: nobody is let in, or nothing is asked for",
    ),
    Survivor(("emptied_needed_list",), ("LimitRange",), ("spec.limits",), "legal: it limits nothing"),
    Survivor(
        ("host_not_on_gateway",),
        ("Gateway",),
        ("spec.servers[].hosts[]",),
        "another server of the Gateway still has the host",
    ),
    Survivor(
        ("removed_service_port",),
        ("Service",),
        ("spec.ports[].port",),
        "only the callers know which port they call, and no object names it",
    ),
)


def listed() -> set[tuple[str, str, str]]:
    """Return every way, kind and place of the table."""
    return {(way, kind, place) for row in SURVIVORS for way in row.ways for kind in row.kinds for place in row.places}


def section() -> str:
    """Return the table as the page shows it."""
    lines = ["| damage | object | field | why it is not seen |", "|---|---|---|---|"]
    for ways, kinds, places, reason in SURVIVORS:
        told = ", ".join(way.replace("_", " ") for way in ways)
        fields = ", ".join(f"`{place}`" for place in places)
        lines.append(f"| {told} | {', '.join(kinds)} | {fields} | {reason} |")
    return "\n".join(lines)
