"""A small shop in an ambient mesh, and how to read what guards it."""

from pathlib import Path
from typing import Any

from tests.platforms import app, cluster, write

AMBIENT = {"prod": cluster("istio-ambient@1")}
WAYPOINT = "cluster.local/ns/shop/sa/waypoint"
WEB = "cluster.local/ns/web/sa/web"
INGRESS = "cluster.local/ns/istio-ingress/sa/ingress"
CANARY = {"canary": {"image": "registry.example/program:2.0.0", "weight": 10, "match": {"headers": {"x-canary": "1"}}}}
GRPC = {"grpc": {"port": 7000, "protocol": "grpc"}}


def shop(tmp_path: Path, cart: dict[str, Any], web: dict[str, Any] | None = None, **more: Any) -> Path:
    """Return a repository in which `web/web` calls `shop/cart`."""
    caller = {"calls": {"shop/cart": {}}} if web is None else web
    spec = app(**{"access": {"web": {"from": ["web/web"]}}, **cart})
    return write(
        tmp_path, more.pop("clusters", AMBIENT), {"shop": {"cart": spec}, "web": {"web": app(**caller)}}, **more
    )


def peers(policy: dict[str, Any], direction: str) -> list[tuple[str, dict[str, str], list[int]]]:
    """Return namespace, pod labels and ports of each rule of a NetworkPolicy that is about pods."""
    key = "from" if direction == "ingress" else "to"
    return [
        (
            peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
            peer["podSelector"]["matchLabels"],
            [port["port"] for port in rule["ports"]],
        )
        for rule in policy["spec"][direction]
        for peer in rule[key]
        if "podSelector" in peer
    ]


def connections(policy: dict[str, Any]) -> dict[str, list[str]]:
    """Return the ports of each identity that a policy without requests lets in."""
    return {
        rule["from"][0]["source"]["principals"][0]: rule["to"][0]["operation"]["ports"]
        for rule in policy["spec"]["rules"]
    }
