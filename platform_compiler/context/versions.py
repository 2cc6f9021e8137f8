"""Versions where a gateway shares requests out between them: each has a Service of its own, for that gateway alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_compiler.context.traffic import weights
from platform_compiler.link.model import Route

Record = dict[str, Any]
_READ_ONLY = ("gateway", "prometheus")


def version_service(app: str, version: str) -> str:
    """Return what the Service of a version is called."""
    return f"{app}-{version}"


def version_services(  # noqa: PLR0913 -- everything that decides who splits
    app: str,
    spec: Mapping[str, Any],
    routes: Iterable[Route],
    who: Iterable[Record],
    parts: Mapping[str, str],
    *,
    behind: bool,
) -> list[Record]:
    """Return the Services that a gateway shares requests out between; none where it does not.

    Requests are split at one hop: Istio's gateway and the sidecars of callers do it by subsets, waypoints alone.
    Without a mesh the gateway can, as long as nobody else calls: the application's Service knows no weights.
    """
    versions = weights(spec)
    if len(versions) == 1 or behind or all(route.exposure.redirects for route in routes):
        return []
    alone = all(caller["kind"] in _READ_ONLY for caller in who)
    meshed = parts.get("mesh", "none") != "none"
    if not (parts.get("ingress", "none").startswith("gateway-api@") if meshed else alone):
        return []
    shared = {"app.kubernetes.io/name": app}
    return [
        {"name": version_service(app, version), "selector": {**shared, "platformc.dev/version": version}}
        for version in versions
    ]


def by_services(rule: Record, host: str) -> Record:
    """Return a rule of a VirtualService that leads to Services of versions, where no DestinationRule has subsets."""
    app, _, domain = host.partition(".")
    return {
        **rule,
        "destinations": [
            {**{key: value for key, value in to.items() if key != "subset"}, "host": _host(app, to, domain)}
            for to in rule["destinations"]
        ],
    }


def _host(app: str, to: Record, domain: str) -> str:
    return f"{version_service(app, to['subset'])}.{domain}" if "subset" in to else f"{app}.{domain}"
