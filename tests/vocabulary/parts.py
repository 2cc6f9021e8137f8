"""Clusters on which every word is tried, and what compiling a crowd of small applications on one of them tells.

Each application says one word more than another time; its own files show whether the word did anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.pipeline import build, check
from platform_compiler.source.tree import Unreadable
from tests.vocabulary.values import Spec

AS_OF = date(2026, 6, 1)
TEAM = "crowd"
_SIDECAR = {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1", "observability": "prometheus-operator@1"}
CLUSTERS: dict[str, dict[str, str]] = {
    "istio-sidecar": _SIDECAR,
    "istio-ambient": {"mesh": "istio-ambient@1", "ingress": "gateway-api@1", "observability": "prometheus-operator@1"},
    "envoy-gateway": {
        "mesh": "istio-sidecar@1",
        "ingress": "envoy-gateway@1",
        "observability": "prometheus-operator@1",
    },
    "no-mesh": {"mesh": "none", "ingress": "envoy-gateway@1", "observability": "prometheus-operator@1"},
    "nothing": {"mesh": "none"},
}
CLASSES = {"istio-gateway@1": "istio", "gateway-api@1": "istio", "envoy-gateway@1": "eg"}


@dataclass(frozen=True)
class Files:
    """Files in memory."""

    texts: Mapping[str, bytes]

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        return tuple(sorted(self.texts))

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        if path not in self.texts:
            raise Unreadable(path)
        return self.texts[path]


@dataclass(frozen=True)
class Crowd:
    """What compiling told: the files that each one is compiled to, and the codes of errors in its own manifest."""

    files: Mapping[str, Mapping[str, bytes]]
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compiled(cluster: str, kind: str, specs: Mapping[str, Spec]) -> Crowd:
    """Compile manifests by name; those with an error are told, and the rest is compiled without them."""
    errors: dict[str, tuple[str, ...]] = {}
    left = dict(specs)
    while True:
        bag = Bag()
        checked = check(Files(_texts(cluster, kind, left)), AS_OF, bag)
        output = None if bag.has_errors else build(checked, bag, judged=False)
        if output is not None:
            return Crowd(_by_name(output.files, left), errors)
        found = _errors(bag, left)
        assert found, [f"{d.code} {d.span} {d.message}" for d in bag.sorted() if d.severity is Severity.ERROR]
        errors |= found
        left = {name: spec for name, spec in left.items() if name not in found}


def _errors(bag: Bag, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the codes of errors that point into a manifest, with the place first or beside another."""
    paths = {f"teams/{TEAM}/{name}.yaml": name for name in names}
    found: dict[str, list[str]] = defaultdict(list)
    for told in bag.sorted():
        if told.severity is Severity.ERROR and told.span.path in paths:
            found[paths[told.span.path]].append(told.code)
    return {name: tuple(sorted(set(codes))) for name, codes in found.items()}


def _by_name(files: Mapping[str, bytes], names: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """Return the files that are one's own: its name stands in their path."""
    own: dict[str, dict[str, bytes]] = {name: {} for name in names}
    for path, text in files.items():
        for word in set(path.replace(".yaml", "").replace("/", "-").replace(".", "-").split("-")) & own.keys():
            own[word][path] = text
        if path.startswith("clusters/prod/payments/ledger/authorizationpolicy-"):
            for rule in yaml.safe_load(text)["spec"].get("rules", []):
                _let_in(rule, own)
    return own


def _let_in(rule: Any, own: Mapping[str, dict[str, bytes]]) -> None:
    """Note what the application that everybody calls lets somebody do."""
    principals = {one for source in rule["from"] for one in source["source"].get("principals", ())}
    for name in {principal.rpartition("/")[2] for principal in principals} & own.keys():
        own[name].setdefault("let in", b"")
        own[name]["let in"] += str(rule.get("to")).encode()


def _texts(cluster: str, kind: str, specs: Mapping[str, Spec]) -> dict[str, bytes]:
    parts = CLUSTERS[cluster]
    called: dict[str, Spec] = {name: {"optional": True} for name, spec in specs.items() if _is_open(spec)}
    providers = {
        n: {"issuer": f"https://{n}.example", "jwksUri": f"https://{n}.example/keys", "audiences": ["all"]}
        for n in ("acme-idp", "other-idp")
    }
    documents: dict[str, tuple[str, Spec]] = {
        "platform.yaml": (
            "Platform",
            {
                "identityProviders": providers,
                "logs": {"loki": {}},
                "closedPaths": ["/metrics"],
                "secretStores": {"vault": {"kind": "ClusterSecretStore"}},
            },
        ),
        "environments/prod.yaml": ("Environment", {}),
        "environments/dev.yaml": ("Environment", {}),
        "clusters/prod.yaml": ("Cluster", _cluster(parts)),
        f"teams/{TEAM}/team.yaml": (
            "Team",
            {
                "owners": {"slack": "#crowd"},
                "namespaces": {TEAM: {}, "other": {}, "vm-erp": {}},
                "defaultNamespace": TEAM,
                "domains": ["*.acme.example"],
            },
        ),
        "teams/payments/team.yaml": (
            "Team",
            {"owners": {"slack": "#payments"}, "namespaces": {"payments": {"labels": {"tier": "web"}}}},
        ),
        "teams/payments/ledger.yaml": ("Application", LEDGER),
        f"teams/{TEAM}/frontend.yaml": ("Application", _caller(called)),
        "teams/payments/caller.yaml": (
            "Application",
            _caller(
                {
                    **{
                        f"{TEAM}/{name}": {"optional": True}
                        for name in specs
                        if name in called or kind != "Application"
                    },
                    "ledger": _narrow(parts),
                }
            ),
        ),
        **{f"gateways/{name}.yaml": ("Gateway", _gateway(name)) for name in ("public", "internal")},
        **{f"teams/{TEAM}/{name}.yaml": (kind, spec) for name, spec in specs.items()},
        **(_own_callers(specs) if kind == "ExternalService" else {}),
    }
    return {path: _document(path, *document) for path, document in documents.items()}


LEDGER: Spec = {
    "blueprint": "web-service@1",
    "image": "registry.example/ledger:1.0.0",
    "ports": {"http": {"port": 80}, "alt": {"port": 81}, "grpc": {"port": 7000, "protocol": "grpc"}},
    "access": {"all": {"from": [f"{TEAM}/*"]}},
}


def _caller(called: Mapping[str, Spec]) -> Spec:
    """Return an application that calls everybody, so that there is traffic to behave."""
    secrets = {name: {"existing": True} for name in ("corp-ca", "db-client")}
    return {"blueprint": "worker@1", "image": "registry.example/caller:1.0.0", "calls": called, "secrets": secrets}


def _own_callers(specs: Mapping[str, Spec]) -> dict[str, tuple[str, Spec]]:
    """Return an application for each external service that calls it alone: what one of them changes shows there too."""
    return {
        f"teams/{TEAM}/calls-{name}.yaml": (
            "Application",
            {**_caller({name: {}}), "env": {"HOST": {"call": name, "port": "postgres", "format": "hostport"}}},
        )
        for name in specs
    }


def _narrow(parts: Mapping[str, str]) -> Spec:
    """Return a call that needs a waypoint in an ambient mesh, so that nobody else's call brings it."""
    return {"paths": ["/own/*"]} if parts["mesh"] == "istio-ambient@1" else {}


def _is_open(spec: Spec) -> bool:
    """Whether something is an application that can be called."""
    serves = spec.get("blueprint") in {"web-service@1", "stateful-service@1"}
    return serves and any(not port.get("internal") for port in spec.get("ports", {}).values())


def _gateway(name: str) -> Spec:
    return {
        "visibility": name,
        "domains": {"prod": f"{name}.example"},
        "tls": {"issuer": "letsencrypt"},
        "teams": ["*"],
    }


def _cluster(parts: dict[str, str]) -> Spec:
    planes = (
        {
            name: {
                "namespace": f"edge-{name}",
                "podLabels": {"edge": name},
                "serviceAccount": f"edge-{name}",
                "class": CLASSES[parts["ingress"]],
            }
            for name in ("public", "internal")
        }
        if "ingress" in parts
        else {}
    )
    return {
        "environment": "prod",
        "region": "eu-west-1",
        "versions": {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": "1.5"},
        "parts": parts,
        "mesh": {"nativeSidecars": True, "cni": True, "network": "eu"},
        "gateways": planes,
        "network": {"apiServer": ["10.96.0.1/32"], "privateRanges": ["10.0.0.0/8"]},
        "prometheus": {
            "namespace": "monitoring",
            "podLabels": {"app": "prometheus"},
            "serviceAccount": "prometheus",
            "meshed": parts["mesh"] == "istio-ambient@1",
        },
        "tracing": {"provider": "otel", "namespace": "observability", "podLabels": {"app": "collector"}},
    }


class _Plain(yaml.CSafeDumper):
    """Writes out what occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the base class's
        return True


def _document(path: str, kind: str, spec: Spec) -> bytes:
    name = (
        "acme"
        if kind == "Platform"
        else path.split("/")[-2]
        if kind == "Team"
        else path.rsplit("/", maxsplit=1)[-1].removesuffix(".yaml")
    )
    body = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return yaml.dump(body, Dumper=_Plain, sort_keys=False).encode()
