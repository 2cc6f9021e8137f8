"""What the examples of the models do not say: what has to stand beside a word, and values that are no default."""

import json
from collections.abc import Iterator
from typing import Any

from tests.vocabulary.values import Spec, merged, saying
from tests.vocabulary.words import Word

_FEATURES: Spec = {"configMaps": {"features": {"flags.yaml": "beta: true", "mode": "a"}}}
_DB: Spec = {"secrets": {"db": {"existing": True}}}
_CLAIM: Spec = {"volumes": {"data": {"claim": "orders"}}}
_VOLUME: Spec = {
    "volumes": {"data": {"size": "10Gi", "accessMode": "ReadWriteMany"}},
    "files": {"/data": {"volume": "data"}},
}
_LEDGER: Spec = {"calls": {"payments/ledger": {}}}
_WEB: Spec = {"expose": {"web": {"gateway": "public"}}}
_MUTUAL: Spec = {"mode": "mutual", "clientCA": "partners-ca"}
_AUTH: Spec = {"jwt": "acme-idp", "audiences": ["a"]}
_SERVED: Spec = {
    "ports": {"side": {"port": 99, "container": "tls-proxy"}},
    "sidecars": {"tls-proxy": {"image": "registry.example/tls:1.0.0"}},
}
_SLO: Spec = {"availability": 99.5}
_OWN: Spec = {
    "availability": 99.5,
    "latency": {"p99": "250ms"},
    "metric": {"requests": "requests_total", "duration": "seconds"},
}
_API: Spec = {"serviceAccount": {"automountToken": True}, "calls": {"kubernetes": {}}}
_PATCH: Spec = {"target": "Deployment/@NAME", "reason": "a resolver", "expires": "2026-12-31"}

_MACHINE: Spec = {
    "location": "mesh",
    "identity": {"namespace": "vm-erp", "serviceAccount": "@NAME"},
    "endpoints": {"a": {"address": "10.30.0.5", "network": "eu"}},
}
_ORIGIN: Spec = {"tls": {"origin": "mesh"}}
_ENDPOINT: Spec = {"endpoints": {"a": {"address": "10.30.0.5"}}}

BESIDES: dict[str, Spec] = {
    "env.*.secret": _DB,
    "env.*.key": _DB,
    "env.*.optional": _DB,
    "env.*.configMap": _FEATURES,
    "env.*.call": _LEDGER,
    "env.*.port": _LEDGER,
    "env.*.format": _LEDGER,
    "env.*.expose": _WEB,
    "envFrom.*.secret": _DB,
    "envFrom.*.prefix": _DB,
    "envFrom.*.configMap": _FEATURES,
    "files.*.configMap": _FEATURES,
    "files.*.key": _FEATURES,
    "files.*.mode": _FEATURES,
    "files.*.secret": _DB,
    "files.*.volume": _CLAIM,
    "files.*.subPath": _CLAIM,
    "files.*.readOnly": _CLAIM,
    "volumes.*.size": _VOLUME,
    "volumes.*.storageClass": _VOLUME,
    "volumes.*.accessMode": _VOLUME,
    "secrets.*.refresh": {"secrets": {"db": {"store": "vault", "path": "a/b", "keys": {"password": "pw"}}}},
    "ports.*.protocol": {"health": {"startup": {"port": "http"}}},
    "ports.*.container": {"sidecars": {"tls-proxy": {"image": "registry.example/tls:1.0.0"}}},
    "health.startup.service": {"health": {"startup": {"port": "grpc"}}},
    "health.readiness.service": {"health": {"readiness": {"port": "grpc"}}},
    "health.liveness.service": {"health": {"liveness": {"port": "grpc"}}},
    "sidecars.*.health": _SERVED,
    **{
        f"sidecars.*.health.{probe}.service": {"ports": {"side": {"protocol": "grpc"}}}
        for probe in ("startup", "readiness", "liveness")
    },
    "scale.cpuPercent": {"scale": {"max": 4}},
    "scale.memoryPercent": {"scale": {"max": 4}},
    "scale.external": {"scale": {"max": 4}},
    "scale.scale": {"scale": {"max": 4}},
    "disruption": {"scale": {"min": 3}},
    "serviceAccount": _API,
    "versions.*.scale.cpuPercent": {"versions": {"a": {"scale": {"max": 4}}}},
    "versions.*.scale.memoryPercent": {"versions": {"a": {"scale": {"max": 4}}}},
    "versions.*.scale.external": {"versions": {"a": {"scale": {"max": 4}}}},
    "versions.*.scale.scale": {"versions": {"a": {"scale": {"max": 4}}}},
    "versions": {"versions": {"a": {"image": "registry.example/program:2.0.0"}}},
    "calls": _LEDGER,
    "access.*.from.*.cidr": {"mesh": {"mtls": "permissive"}},
    "access.*.audiences": {"access": {"web": {"from": ["frontend"], **_AUTH}}},
    "access.*.claims": {"access": {"web": {"from": ["frontend"], **_AUTH}}},
    "expose": _WEB,
    "expose.*.auth": {"expose": {"web": {"paths": ["/a", "/healthz"], "auth": _AUTH}}},
    "expose.*.auth.jwt": {"expose": {"web": {"auth": {"audiences": ["a"], "jwt": "other-idp"}}}},
    "expose.*.rewrite": {"expose": {"web": {"paths": ["/a/*"]}}},
    "expose.*.cors": {"expose": {"web": {"cors": {"origins": ["https://a.example"]}}}},
    "expose.*.opens": {"expose": {"web": {"paths": ["/a", "/metrics"]}}},
    "traffic.loadBalancer.affinity.ttl": {"traffic": {"loadBalancer": {"affinity": {"cookie": "sid"}}}},
    "traffic.mirror": {"versions": {"canary": {"image": "registry.example/program:2.0.0"}}},
    "traffic.routes": {"traffic": {"routes": {"export": {"paths": ["/export/*"], "timeout": "7s"}}}},
    "observe.slo": {"observe": {"slo": _SLO}},
    "observe.slo.metric": {"observe": {"slo": _OWN, "metrics": {"port": "http"}}},
    "patches": {"patches": {"a": {**_PATCH, "merge": {"spec": {"minReadySeconds": 5}}}}},
}
"""What stands beside every word that starts so."""
BESIDES |= {
    "external.endpoints": _ENDPOINT,
    "external.tls.sni": _ORIGIN,
    "external.tls.subjectAltNames": _ORIGIN,
    "external.tls.ca": _ORIGIN,
    "external.tls.clientCertificate": _ORIGIN,
    "external.calls": _MACHINE,
    "external.health": _MACHINE,
    "external.health.readiness.service": {"health": {"readiness": {"type": "grpc"}}},
    "external.observe.accessLog": _MACHINE,
    "external.observe.slo": {"observe": {"slo": _SLO}},
    "external.access": _MACHINE,
    "external.access.*.audiences": {"access": {"all": {"from": ["crowd/*"], **_AUTH}}},
    "external.access.*.claims": {"access": {"all": {"from": ["crowd/*"], **_AUTH}}},
    "external.traffic.loadBalancer.affinity.ttl": {"traffic": {"loadBalancer": {"affinity": {"cookie": "sid"}}}},
    "external.traffic.routes": {"traffic": {"routes": {"export": {"paths": ["/export/*"], "timeout": "7s"}}}},
}

VALUES: dict[str, Any] = {
    "tier": "critical",
    "namespace": "other",
    "blueprint": "stateful-service@1",
    "placement.environments": ["dev"],
    "placement.clusters": ["other-*"],
    "placement.regions": ["us-*"],
    "ports.*.port": 81,
    "ports.*.targetPort": 8081,
    "env.*": "info",
    "env.*.port": "alt",
    "volumes.*.size": "20Gi",
    "volumes.*.accessMode": "ReadOnlyMany",
    "files.*.readOnly": True,
    "health.startup.type": "tcp",
    "health.readiness.type": "tcp",
    "health.liveness.type": "tcp",
    "scale.cpuPercent": 55,
    "scale.scaleDownAfter": "10m",
    "strategy.type": "Recreate",
    "strategy.maxSurge": 1,
    "strategy.maxUnavailable": 1,
    "disruption.maxUnavailable": 2,
    "scheduling.spread": ["node"],
    "shutdown.delay": "9s",
    "shutdown.gracePeriod": "45s",
    "security.runAsUser": 2000,
    "security.runAsGroup": 2000,
    "security.fsGroup": 2000,
    "security.readOnlyRootFilesystem": False,
    "serviceAccount.annotations": {"a.example/role": "b"},
    "pod.annotations": {"a.example/kind": "b"},
    "cron.schedule": "0 4 * * *",
    "cron.timeZone": "Europe/Oslo",
    "cron.concurrencyPolicy": "Replace",
    "cron.suspend": True,
    "cron.keep.succeeded": 5,
    "cron.keep.failed": 5,
    "job.backoffLimit": 5,
    "job.completions": 5,
    "job.parallelism": 5,
    "job.restartPolicy": "OnFailure",
    "stateful.podManagement": "Parallel",
    "stateful.partition": 1,
    "stateful.retainVolumes": False,
    "versions.*.scale.cpuPercent": 55,
    "calls.*.ports": ["http"],
    "access.*.from.*": "payments/caller",
    "deny.*.from.*": "payments/caller",
    "expose.*.gateway": "internal",
    "expose.*.port": "alt",
    "expose.*.opens": ["/metrics"],
    "expose.*.auth.audiences": ["b"],
    "expose.*.cors.origins": ["https://b.example"],
    "expose.*.cors.methods": ["PUT"],
    "expose.*.paths": ["/a/*"],
    "traffic.retries.attempts": 4,
    "traffic.routes.*.retries.attempts": 4,
    "traffic.routes.*.paths": ["/other/*"],
    "traffic.loadBalancer.policy": "random",
    "observe.slo.window": "28d",
    "mesh.member": False,
    "mesh.mtls": "permissive",
    "observe.slo.metric.buckets": ["100ms", "1s"],
    "observe.slo.metric.failed.matches": "[45]..",
    "observe.slo.metric.failed.label": "status",
}
VALUES |= {
    "external.traffic.retries.attempts": 4,
    "external.traffic.routes.*.retries.attempts": 4,
    "external.traffic.routes.*.paths": ["/other/*"],
    "external.traffic.loadBalancer.policy": "random",
    "external.observe.slo.window": "28d",
    "external.ports.*.port": 81,
    "external.ports.*.protocol": "http2",
    "external.resolution": "none",
    "external.endpoints.*.address": "10.30.0.6",
    "external.endpoints.*.ports": {"postgres": 6432},
    "external.endpoints.*.weight": 2,
    "external.endpoints.*.labels": {"rack": "a"},
    "external.identity.namespace": "other",
    "external.identity.serviceAccount": "another",
    "external.access.*.from.*": "payments/caller",
}
"""Values where the model's example is the default, or names what is not there."""

PAIRS: dict[str, tuple[Spec, Spec]] = {
    "configMaps.*": ({}, _FEATURES),
    "configMaps.*.existing": (
        {"configMaps": {"features": {"mode": "a"}}, "envFrom": [{"configMap": "features"}]},
        {"configMaps": {"features": {"existing": True}}},
    ),
    "secrets.*.existing": (
        {
            "secrets": {"db": {"store": "vault", "path": "a/b", "keys": {"a": "b"}}},
            "envFrom": [{"secret": "db"}],
        },
        _DB,
    ),
    "volumes.*.claim": (
        {**_CLAIM, "files": {"/data": {"volume": "data"}}},
        {"volumes": {"data": {"claim": "other"}}},
    ),
    **{
        f"expose.*.tls.{word}": (_WEB, {"expose": {"web": {"gateway": "public", "tls": _MUTUAL}}})
        for word in ("mode", "clientCA")
    },
    "environments": ({}, {"environments": {"prod": {"image": "registry.example/program:2.0.0"}}}),
    "clusters": ({}, {"clusters": {"prod": {"image": "registry.example/program:2.0.0"}}}),
    **{
        f"patches.*.json.*.{word}": (
            {},
            {
                "patches": {
                    "a": {
                        **_PATCH,
                        "json": [
                            {"op": "add", "path": "/spec/minReadySeconds", "value": 5},
                            {"op": "copy", "from": "/spec/minReadySeconds", "path": "/spec/progressDeadlineSeconds"},
                        ],
                    }
                }
            },
        )
        for word in ("op", "path", "from", "value")
    },
    **{
        f"patches.*.{word}": ({}, {"patches": {"a": {**_PATCH, "merge": {"spec": {"minReadySeconds": 5}}}}})
        for word in ("target", "merge", "reason", "expires")
    },
}
PAIRS |= {
    "external.hosts": ({}, {"hosts": ["@NAME.other.example"]}),
    "external.environments": ({}, {"environments": {"prod": {"hosts": ["@NAME.other.example"]}}}),
    "external.clusters": ({}, {"clusters": {"prod": {"hosts": ["@NAME.other.example"]}}}),
    "external.access.*.ports": (
        {"ports": {"postgres": {"port": 5432}, "admin": {"port": 5433}}},
        {"access": {"all": {"from": ["crowd/*"], "ports": ["postgres"]}}},
    ),
    "external.location": (_ENDPOINT, _MACHINE),
    "external.health.readiness.port": (
        {
            **_MACHINE,
            "ports": {"postgres": {"port": 5432}, "b": {"port": 81}},
            "health": {"readiness": {"port": "postgres"}},
        },
        {"health": {"readiness": {"port": "b"}}},
    ),
    "external.endpoints.*.network": (
        _MACHINE,
        {"endpoints": {name: {"address": f"10.30.0.{i}", "network": "eu"} for i, name in enumerate("ab", start=5)}},
    ),
    **{
        f"external.calls.*.{word}": (
            {**_MACHINE, **_LEDGER},
            {"calls": {"payments/ledger": {word: value}}},
        )
        for word, value in (("ports", ["http"]), ("paths", ["/charge/*"]), ("methods", ["POST"]), ("optional", True))
    },
    **{
        f"external.access.*.{word}": (_MACHINE, {"access": {"all": {"from": ["crowd/*"], word: value}}})
        for word, value in (("paths", ["/a"]), ("methods", ["GET"]), ("jwt", "acme-idp"))
    },
    "external.access.*.from.*.cidr": ({}, {"access": {"all": {"from": [{"cidr": "10.0.0.0/8"}]}}}),
    "external.identity.namespace": (_MACHINE, {"identity": {"namespace": "other", "serviceAccount": "@NAME"}}),
    "external.identity.serviceAccount": (_MACHINE, {"identity": {"namespace": "vm-erp", "serviceAccount": "other"}}),
    "external.identity.spiffe": (
        {**_ENDPOINT, **_LEDGER, "identity": {"spiffe": "corp.example/ns/erp/sa/@NAME"}},
        {"identity": {"spiffe": "corp.example/ns/erp/sa/other"}},
    ),
}
"""Words that replace what stood there: what is said before, and what is laid over it."""

_REPEATED = ("init.*.", "sidecars.*.", "versions.*.")
"""Where words of the program stand once more."""


def said_twice(kind: str, word: Word, base: Spec, name: str) -> tuple[Spec, Spec]:
    """Return a manifest called `name` without a word, and the same manifest with it."""
    dotted = ".".join(("external", *word) if kind == "ExternalService" else word)
    if dotted in PAIRS:
        before, more = PAIRS[dotted]
        return _named({**base, **before}, name), _named({**base, **before, **more}, name)
    before = merged(base, *(spec for prefix in _names(dotted) for spec in _beside(prefix)))
    value = next((VALUES[known] for known in _names(dotted) if known in VALUES), None)
    return _named(before, name), _named(merged(before, saying(kind, word, value)), name)


def _names(dotted: str) -> Iterator[str]:
    """Yield a word, and the word of the program that it repeats."""
    yield dotted
    yield from (dotted.removeprefix(start) for start in _REPEATED if dotted.startswith(start))


def _beside(dotted: str) -> Iterator[Spec]:
    yield from (spec for prefix, spec in BESIDES.items() if dotted.startswith(prefix))


def _named(spec: Spec, name: str) -> Spec:
    found: Spec = json.loads(json.dumps(spec).replace("@NAME", name))
    return found
