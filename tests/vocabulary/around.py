"""What stands around the manifests that say a word each: a platform, a cluster, and others who call and are called."""

from collections.abc import Mapping
from typing import Any

import yaml

from tests.vocabulary.values import Spec

TEAM = "crowd"
_SIDECAR = {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1", "observability": "prometheus-operator@1"}
CLUSTERS: dict[str, dict[str, str]] = {
    "istio-sidecar": _SIDECAR,
    "istio-ambient": {**_SIDECAR, "mesh": "istio-ambient@1", "ingress": "gateway-api@1"},
    "envoy-gateway": {**_SIDECAR, "ingress": "envoy-gateway@1"},
    "no-mesh": {**_SIDECAR, "mesh": "none", "ingress": "envoy-gateway@1"},
    "nothing": {"mesh": "none"},
}
"""Which parts play on which cluster."""
_CLASSES = {"istio-gateway@1": "istio", "gateway-api@1": "istio", "envoy-gateway@1": "eg"}
_ALWAYS = """
platform.yaml:
  kind: Platform
  spec:
    identityProviders:
      acme-idp: {issuer: "https://acme.example", jwksUri: "https://acme.example/keys", audiences: [all]}
      other-idp: {issuer: "https://other.example", jwksUri: "https://other.example/keys", audiences: [all]}
    logs: {loki: {}}
    closedPaths: [/metrics]
    secretStores: {vault: {kind: ClusterSecretStore}}
environments/prod.yaml: {kind: Environment, spec: {}}
environments/dev.yaml: {kind: Environment, spec: {}}
gateways/public.yaml:
  kind: Gateway
  spec: {visibility: public, domains: {prod: public.example}, tls: {issuer: letsencrypt}, teams: ["*"]}
gateways/internal.yaml:
  kind: Gateway
  spec: {visibility: internal, domains: {prod: internal.example}, tls: {issuer: letsencrypt}, teams: ["*"]}
teams/crowd/team.yaml:
  kind: Team
  spec:
    owners: {slack: "#crowd"}
    namespaces: {crowd: {}, other: {}, vm-erp: {}}
    defaultNamespace: crowd
    domains: ["*.acme.example"]
teams/payments/team.yaml:
  kind: Team
  spec: {owners: {slack: "#payments"}, namespaces: {payments: {labels: {tier: web}}}}
teams/payments/ledger.yaml:
  kind: Application
  spec:
    blueprint: web-service@1
    image: registry.example/ledger:1.0.0
    ports: {http: {port: 80}, alt: {port: 81}, grpc: {port: 7000, protocol: grpc}}
    access: {all: {from: [crowd/*]}}
"""


def texts(cluster: str, kind: str, specs: Mapping[str, Spec]) -> dict[str, bytes]:
    """Return the files of a repository in which manifests of a kind stand by name."""
    always: dict[str, dict[str, Any]] = yaml.safe_load(_ALWAYS)
    documents = {path: (document["kind"], document["spec"]) for path, document in always.items()}
    documents["clusters/prod.yaml"] = ("Cluster", _cluster(CLUSTERS[cluster]))
    documents |= {f"teams/{TEAM}/{name}.yaml": (kind, spec) for name, spec in specs.items()}
    documents |= _callers(CLUSTERS[cluster], kind, specs)
    return {path: _document(path, *document) for path, document in documents.items()}


def _cluster(parts: Mapping[str, str]) -> Spec:
    planes = {
        name: {
            "namespace": f"edge-{name}",
            "podLabels": {"edge": name},
            "serviceAccount": f"edge-{name}",
            "class": _CLASSES[parts["ingress"]],
        }
        for name in (("public", "internal") if "ingress" in parts else ())
    }
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, "serviceAccount": "prometheus"}
    return {
        "environment": "prod",
        "region": "eu-west-1",
        "versions": {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": "1.5"},
        "parts": parts,
        "mesh": {"nativeSidecars": True, "cni": True, "network": "eu"},
        "gateways": planes,
        "network": {"apiServer": ["10.96.0.1/32"], "privateRanges": ["10.0.0.0/8"]},
        "prometheus": {**reader, "meshed": _is_ambient(parts)},
        "authorizers": {"opa": {"namespace": "opa", "service": "opa", "podLabels": {"app": "opa"}, "targetPort": 9191}},
        "tracing": {"provider": "otel", "namespace": "observability", "podLabels": {"app": "collector"}},
    }


def _is_ambient(parts: Mapping[str, str]) -> bool:
    return parts["mesh"] == "istio-ambient@1"


def _callers(parts: Mapping[str, str], kind: str, specs: Mapping[str, Spec]) -> dict[str, tuple[str, Spec]]:
    """Return those who call, so that there is traffic to behave: one of the team, one of another.

    Each external service has a caller of its own besides, since what it says may show at callers alone.
    """
    external = kind == "ExternalService"
    called = [name for name, spec in specs.items() if external or _is_open(spec)]
    # In an ambient mesh the ledger needs a waypoint, lest the first narrow call among the crowd brings it.
    ledger: Spec = {"ledger": {"paths": ["/own/*"]} if _is_ambient(parts) else {}}
    found = {
        "payments/caller": _caller({**{f"{TEAM}/{name}": {"optional": True} for name in called}, **ledger}),
        f"{TEAM}/frontend": _caller({} if external else {name: {"optional": True} for name in called}),
    }
    for name in called if external else ():
        address = {"call": name, "port": "postgres", "format": "hostport"}
        found[f"{TEAM}/calls-{name}"] = {**_caller({name: {}}), "env": {"ADDRESS": address}}
    return {f"teams/{ref}.yaml": ("Application", spec) for ref, spec in found.items()}


def _is_open(spec: Spec) -> bool:
    """Whether an application can be called."""
    serves = spec["blueprint"] in {"web-service@1", "stateful-service@1"}
    return serves and any(not port.get("internal") for port in spec.get("ports", {}).values())


def _caller(calls: Spec) -> Spec:
    secrets = {name: {"existing": True} for name in ("corp-ca", "db-client")}
    return {"blueprint": "worker@1", "image": "registry.example/caller:1.0.0", "calls": calls, "secrets": secrets}


class _Plain(yaml.CSafeDumper):
    """Writes out what occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the base class's
        return True


def _document(path: str, kind: str, spec: Spec) -> bytes:
    folder, _, file = path.rpartition("/")
    name = {"Platform": "acme", "Team": folder.rpartition("/")[2]}.get(kind, file.removesuffix(".yaml"))
    body = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return yaml.dump(body, Dumper=_Plain, sort_keys=False).encode()
