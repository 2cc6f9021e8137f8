"""No word of the platform team's own documents is dropped in silence.

Said in a small repository, it changes what is compiled, or it is told, or it is known to show elsewhere.
"""

from functools import cache
from typing import Any

import pytest
import yaml

from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.pipeline import build, check
from tests.vocabulary.parts import AS_OF, Files
from tests.vocabulary.test_every_word import CHANGED, SILENT, TOLD, excused, first_of_each
from tests.vocabulary.values import Spec, merged, saying
from tests.vocabulary.words import leaves

_IDP: Spec = {"issuer": "https://idp.example", "jwksUri": "https://idp.example/keys", "audiences": ["a"]}
PLANE: Spec = {"namespace": "edge", "podLabels": {"edge": "public"}, "serviceAccount": "edge"}
APP: Spec = {"blueprint": "web-service@1", "image": "registry.example/a:1.0.0", "ports": {"http": {"port": 80}}}
JOB: Spec = {"blueprint": "cron-job@1", "image": "registry.example/a:1.0.0"}
DOCUMENTS: dict[str, tuple[str, Spec]] = {
    "platform.yaml": (
        "Platform",
        {
            "delivery": {"repositories": {n: f"https://git.example/{n}.git" for n in ("env", "other")}},
            "identityProviders": {"acme-idp": _IDP},
            "secretStores": {"vault": {"kind": "ClusterSecretStore"}},
        },
    ),
    "environments/dev.yaml": ("Environment", {}),
    "environments/prod.yaml": ("Environment", {"destination": {"repository": "env"}}),
    "clusters/prod.yaml": (
        "Cluster",
        {
            "environment": "prod",
            "region": "eu-west-1",
            "versions": {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": "1.5"},
            "parts": {
                "mesh": "istio-sidecar@1",
                "ingress": "istio-gateway@1",
                "observability": "prometheus-operator@1",
                "delivery": "argocd@1",
            },
            "mesh": {"nativeSidecars": True},
            "authorizers": {
                "opa": {"namespace": "opa", "service": "opa", "podLabels": {"app": "opa"}, "targetPort": 9191}
            },
            "gateways": {"public": PLANE},
            "prometheus": {"namespace": "monitoring", "podLabels": {"app": "prometheus"}},
            "tracing": {"provider": "otel", "namespace": "tracing", "podLabels": {"app": "collector"}},
        },
    ),
    "gateways/public.yaml": (
        "Gateway",
        {
            "visibility": "public",
            "domains": {"prod": "acme.example"},
            "tls": {"issuer": "letsencrypt"},
            "teams": ["*"],
        },
    ),
    "teams/shop/team.yaml": (
        "Team",
        {"owners": {"github": ["acme/shop"]}, "namespaces": {"shop": {}, "other": {}}, "defaultNamespace": "shop"},
    ),
    "teams/shop/web.yaml": (
        "Application",
        {
            **APP,
            "sidecars": {"proxy": {"image": "registry.example/p:1.0.0"}},
            "calls": {"cart": {}, "cdn": {}, "db": {}, "kubernetes": {}},
            "serviceAccount": {"automountToken": True},
            "secrets": {"db": {"store": "vault", "path": "a/b", "keys": {"a": "b"}}},
            "envFrom": [{"secret": "db"}],
            "expose": {"web": {"gateway": "public", "auth": {"jwt": "acme-idp", "external": "opa"}}},
            "traffic": {"fault": {"abort": {"status": 503}}},
            "observe": {"tracing": {"samplePercent": 5}, "slo": {"availability": 99.9}, "instrument": "java"},
        },
    ),
    "teams/shop/cart.yaml": ("Application", APP),
    "teams/shop/tidy.yaml": (
        "Application",
        {**JOB, "cron": {"schedule": "0 4 * * *"}, "calls": {"cart": {}}},
    ),
    "teams/shop/db.yaml": (
        "ExternalService",
        {
            "hosts": ["db.acme.example"],
            "ports": {"db": {"port": 5432, "protocol": "tcp"}},
            "endpoints": {"a": {"address": "10.1.0.5", "zone": "eu-1a"}},
        },
    ),
    "teams/shop/cdn.yaml": (
        "ExternalService",
        {"hosts": ["*.cdn.example"], "ports": {"https": {"port": 443, "protocol": "https"}}},
    ),
    "teams/shop/extra.yaml": (
        "RawResources",
        {"namespace": "shop", "resources": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}]},
    ),
}
_API = {"parts": {"ingress": "gateway-api@1"}}
_MESHED = {"parts": {"mesh": "istio-ambient@1", "ingress": "gateway-api@1"}}
_READER = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}}
BESIDES: dict[str, Spec] = {
    "Cluster.versions.gatewayApi": _API,
    "Cluster.mesh.network": {"mesh": {"eastWest": {"address": "203.0.113.9"}}},
    "Cluster.mesh.eastWest": {"mesh": {"network": "eu"}},
    "Cluster.delivery.secret": {"parts": {"delivery": "flux@1"}},
    "Platform.logs": {"defaults": {"observe": {"logs": ["loki"]}}},
    "Platform.unsupported": {"defaults": {"traffic": {"mirror": {"version": "canary"}}}},
}
"""What stands beside every word that starts so."""
VALUES: dict[str, Any] = {
    "Cluster.environment": "dev",
    "Cluster.region": "us-east-1",
    "Cluster.versions.kubernetes": "1.28",
    "Cluster.versions.istio": "1.30",
    "Cluster.versions.gatewayApi": "1.1",
    "Cluster.parts.mesh": "none",
    "Cluster.parts.ingress": "envoy-gateway@1",
    "Cluster.mesh.trustDomainAliases": ["old.example"],
    "Cluster.mesh.rootNamespace": "mesh",
    "Cluster.mesh.cni": False,
    "Platform.requires": "< 0.1",
    "Cluster.mesh.nativeSidecars": False,
    "Cluster.network.dns.namespace": "dns",
    "Cluster.network.dns.podLabels": {"k8s-app": "coredns"},
    "Cluster.network.clusterDomain": "acme.local",
    "Cluster.delivery.namespace": "gitops",
    "Cluster.prometheus.namespace": "metrics",
    "Cluster.prometheus.podLabels": {"app": "reader"},
    "Cluster.mandates.mtls": "strict",
    "Cluster.mandates.maxReplicas": 1,
    "Cluster.mandates.allowedRegistries": ["other.example"],
    "Environment.destination.repository": "other",
    "Environment.destination.branch": "release",
    "Gateway.tls.issuer": "corporate",
    "Gateway.tls.minVersion": "1.3",
    "Gateway.httpRedirect": 302,
    "Gateway.teams": ["other"],
    "Platform.defaults": {"args": ["serve"]},
    "Platform.tiers": {"standard": {"args": ["serve"]}},
    "RawResources.placement.environments": ["dev"],
    "RawResources.placement.regions": ["us-*"],
    "RawResources.namespace": "other",
    "Team.sameTeamCalls": "explicit",
    "Team.gateways": ["other"],
    "Team.blueprints": ["worker"],
    "Team.defaultNamespace": "other",
}
"""Values where the model's example is the default."""
SPECS: dict[str, Spec] = {
    **{
        f"{kind}.identityProviders.*.{word}": {"identityProviders": {"acme-idp": {**_IDP, word: value}}}
        for kind in ("Environment", "Platform")
        for word, value in (("issuer", "https://b.example"), ("jwksUri", "https://b.example"))
    },
    **{
        f"{kind}.identityProviders.*.audiences": {"identityProviders": {"acme-idp": {**_IDP, "audiences": ["b"]}}}
        for kind in ("Environment", "Platform")
    },
    "Platform.secretStores.*.kind": {"secretStores": {"vault": {"kind": "SecretStore"}}},
    "Platform.secretStores.*.name": {"secretStores": {"vault": {"name": "central"}}},
    **{
        f"Cluster.authorizers.*.{word}": {"authorizers": {"opa": {word: value}}}
        for word, value in (
            ("provider", "other"),
            ("namespace", "other"),
            ("service", "other"),
            ("podLabels", {"app": "other"}),
            ("targetPort", 9292),
        )
    },
    "Gateway.clusters.*.domain": {"clusters": {"prod": {"domain": "eu.acme.example"}}},
    "Team.environments.*.quota": {"environments": {"prod": {"quota": {"requests.cpu": "100"}}}},
    "Team.environments.*.defaults": {"environments": {"prod": {"defaults": {"args": ["serve"]}}}},
}
"""Words below a name that has to be that of something else."""
ELSEWHERE = {
    **{
        f"{kind}.mandates": "each has a direction of its own: fixtures/reject/PC3101 and those after it"
        for kind in ("Cluster", "Environment", "Platform", "Team", "Team.environments.*")
    },
    "Cluster.network.policies": "`none` is told by a warning: tests/blueprints/test_cluster_facts.py",
    "Cluster.parts.namespace": "there is one blueprint for it",
    "Cluster.zones": "judges zones and spreads, and is in no object: tests/blueprints/test_cluster_facts.py",
    "Cluster.mesh.id": "says which clusters are one: tests/blueprints/test_two_clusters.py",
    "Cluster.mesh.dnsCapture": "tells externals on one port apart: PC2503",
    "Cluster.prometheus.serviceAccount": "an identity in an ambient mesh: tests/blueprints/test_observe_ambient.py",
    "Cluster.prometheus.meshed": "an identity in an ambient mesh: tests/blueprints/test_observe_ambient.py",
    "Gateway.visibility": "policies on manifests may ask for it",
    "Platform.patches.maxDays": "bounds patches: PC4072",
    "Platform.rawResources.allow": "bounds raw resources: PC4080",
    "Platform.waivers.maxDays": "bounds waivers: PC7204",
    "RawResources.description": "what `list exceptions` shows",
    "Team.owners.github": "whom findings and lists name",
    "Team.owners.email": "whom findings and lists name",
    "Team.domains": "bounds absolute hosts: PC2305",
}
"""What shows in other places than the output of this repository."""
PLACED = ("Cluster", "Environment", "Gateway", "Platform", "RawResources", "Team")
PLACES = {document[0]: path for path, document in DOCUMENTS.items()}


def outcome(documents: dict[str, tuple[str, Spec]]) -> dict[str, bytes] | None:
    """Compile; None where somebody is told of an error."""
    bag = Bag()
    texts = {}
    for path, (kind, spec) in documents.items():
        name = "acme" if kind == "Platform" else "shop" if kind == "Team" else path.rpartition("/")[2][:-5]
        body = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
        texts[path] = yaml.safe_dump(body).encode()
    checked = check(Files(texts), AS_OF, bag)
    output = None if bag.has_errors else build(checked, bag, judged=False)
    assert output is not None or any(found.severity is Severity.ERROR for found in bag.sorted())
    return dict(output.files) if output else None


@cache
def tried(kind: str) -> dict[str, str]:
    """Say each word of a kind in the small repository; return what came of it."""
    path, found = PLACES[kind], {}
    for leaf in first_of_each(leaves(kind)):
        word = ".".join((kind, *leaf.word))
        if excused(word, ELSEWHERE):
            continue
        beside = [spec for prefix, spec in BESIDES.items() if word.startswith(prefix)]
        before = merged(DOCUMENTS[path][1], *beside)
        after = merged(before, SPECS.get(word) or saying(kind, leaf.word, VALUES.get(word)))
        outcomes = [outcome({**DOCUMENTS, path: (kind, spec)}) for spec in (before, after)]
        found[word] = TOLD if outcomes[1] is None else CHANGED if outcomes[0] != outcomes[1] else SILENT
    return found


@pytest.mark.parametrize("kind", PLACED)
def test_no_word_of_the_platform_team_is_dropped_in_silence(kind: str) -> None:
    silent = {word for word, how in tried(kind).items() if how == SILENT}
    assert silent == set()


def test_tables_name_words_that_exist() -> None:
    every = {".".join((kind, *leaf.word)) for kind in PLACED for leaf in leaves(kind)}
    for table in (ELSEWHERE, SPECS, VALUES):
        assert [known for known in table if not any(excused(word, [known]) for word in every)] == []
