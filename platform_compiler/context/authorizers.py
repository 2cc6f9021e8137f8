"""External authorizers: whom an application's own proxy asks about requests from outside, and how it reaches them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_compiler.context.identities import enters_by_sidecar
from platform_compiler.layers.placement import text
from platform_compiler.link.model import Route
from platform_compiler.link.protection import auth_of

Record = dict[str, Any]


def authorizer_records(routes: Sequence[Route], who: Iterable[Record], spec: Mapping[str, Any]) -> list[Record]:
    """Return the authorizers that exposures name, each with the gateways' requests that it is asked about.

    It is asked whatever the method, and on public paths too: those need no token, which is another matter.
    """
    if not routes or enters_by_sidecar(spec):
        return []  # requests of all hosts come under one name there
    asked: dict[str, set[str]] = {}
    for route in routes:
        name = text(auth_of(route), "external")
        if name in spec.get("authorizers", {}) and route.target.interface.meshed and not route.exposure.redirects:
            asked.setdefault(str(name), set()).add(route.exposure.name)
    rules = [rule for caller in who if caller["kind"] == "gateway" for rule in caller["rules"] if rule["hosts"]]
    return [
        _authorizer(name, spec, [rule for rule in rules if rule["name"] in exposures])
        for name, exposures in sorted(asked.items())
    ]


def _authorizer(name: str, spec: Mapping[str, Any], rules: Iterable[Record]) -> Record:
    facts = spec["authorizers"][name]
    domain = spec.get("network", {}).get("clusterDomain", "cluster.local")
    return {
        "name": name,
        "provider": facts.get("provider", name),
        "namespace": facts["namespace"],
        "host": f"{facts['service']}.{facts['namespace']}.svc.{domain}",
        "podLabels": facts["podLabels"],
        "networkPorts": [{"protocol": "TCP", "port": facts["targetPort"]}],
        "rules": list(rules),
    }
