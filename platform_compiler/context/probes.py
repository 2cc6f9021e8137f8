"""Health checks in Kubernetes' own shape; the type follows the port's protocol unless it is given."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.link.model import Port
from platform_compiler.quantities import whole_seconds

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_ASKED = ("httpGet", "tcpSocket", "grpc")
_BY_PROTOCOL = {"http": "http", "http2": "http", "https": "http", "grpc": "grpc"}


def probes(health: Mapping[str, Any], ports: Mapping[str, Port], primary: Port | None) -> dict[str, Any]:
    """Return `startupProbe`, `readinessProbe` and `livenessProbe`, as far as `health` has them."""
    return {f"{name}Probe": _probe(check, ports, primary) for name, check in sorted(health.items())}


def probe_ports(containers: Iterable[Mapping[str, Any]]) -> list[int]:
    """Return the ports that the kubelet asks, of several containers."""
    found: set[int] = set()
    for container in containers:
        for probe in [container[word] for word in _PROBES if word in container]:
            found.update([probe[word]["port"] for word in _ASKED if word in probe])
    return sorted(found)


def _probe(check: dict[str, Any], ports: Mapping[str, Port], primary: Port | None) -> dict[str, Any]:
    port = ports.get(check["port"]) if "port" in check else primary
    kind = check.get("type") or (
        "exec" if "command" in check else _BY_PROTOCOL.get(port.protocol, "tcp") if port else "tcp"
    )
    handler = {"exec": {"command": check.get("command", [])}} if kind == "exec" else _network(kind, check, port)
    delay = whole_seconds(check.get("initialDelay", "0s"))
    return {
        **handler,
        **({"initialDelaySeconds": delay} if delay else {}),
        "periodSeconds": whole_seconds(check.get("period", "10s")),
        "timeoutSeconds": whole_seconds(check.get("timeout", "1s")),
        "successThreshold": check.get("successThreshold", 1),
        "failureThreshold": check.get("failureThreshold", 3),
    }


def _network(kind: str, check: dict[str, Any], port: Port | None) -> dict[str, Any]:
    number = port.target_port if port else 0
    if kind == "grpc":
        service = {"service": check["service"]} if "service" in check else {}
        return {"grpc": {"port": number, **service}}
    if kind == "tcp":
        return {"tcpSocket": {"port": number}}
    request: dict[str, Any] = {"path": check.get("path", "/"), "port": number}
    if port is not None and port.protocol == "https":
        request["scheme"] = "HTTPS"
    if "headers" in check:
        request["httpHeaders"] = [{"name": name, "value": value} for name, value in sorted(check["headers"].items())]
    return {"httpGet": request}
