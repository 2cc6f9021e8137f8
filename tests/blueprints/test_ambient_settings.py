"""Each setting that `istio-ambient` honours changes what is compiled."""

from pathlib import Path
from typing import Any

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.source.tree import Directory
from tests.blueprints.ambient import shop
from tests.platforms import app, cluster, compiled, write


def _protected(**auth: Any) -> dict[str, Any]:
    """Return an exposure that asks for a token."""
    return {"expose": {"web": {"gateway": "public", "auth": {"jwt": "acme-idp", "audiences": ["cart"], **auth}}}}


NEXT: dict[str, Any] = {"image": "registry.example/program:2.0.0", "weight": 5}
BEFORE_AFTER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "calls": ({"calls": {}}, {"calls": {"web/web": {"ports": ["http"]}}}),
    "access.*.from": ({}, {"access": {"web": {"from": ["web/web", {"gateway": "public"}]}}}),
    "access.*.ports": (
        {"ports": {"http": {"port": 80}, "two": {"port": 81}}},
        {"access": {"web": {"from": ["web/web"], "ports": ["two"]}}},
    ),
    "access.*.paths": ({}, {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}}),
    "access.*.methods": ({}, {"access": {"web": {"from": ["web/web"], "methods": ["GET"]}}}),
    "access.*.jwt": ({}, {"access": {"web": {"from": ["web/web"], "jwt": "acme-idp", "audiences": ["cart"]}}}),
    "access.*.audiences": (
        {"access": {"web": {"from": ["web/web"], "jwt": "acme-idp", "audiences": ["cart"]}}},
        {"access": {"web": {"from": ["web/web"], "jwt": "acme-idp", "audiences": ["other"]}}},
    ),
    "access.*.claims": (
        {"access": {"web": {"from": ["web/web"], "jwt": "acme-idp", "audiences": ["cart"]}}},
        {"access": {"web": {"from": ["web/web"], "jwt": "acme-idp", "audiences": ["cart"], "claims": {"a": ["b"]}}}},
    ),
    "expose.*.auth.jwt": ({"expose": {"web": {"gateway": "public"}}}, _protected()),
    "expose.*.auth.audiences": (_protected(), _protected(audiences=["other"])),
    "expose.*.auth.claims": (_protected(), _protected(claims={"scope": ["read"]})),
    "expose.*.auth.publicPaths": (_protected(), _protected(publicPaths=["/healthz"])),
    "expose.*.auth.tokenFrom": (_protected(), _protected(tokenFrom={"cookie": "token"})),
    "deny.*.from": ({"deny": {"a": {"ports": ["http"]}}}, {"deny": {"a": {"ports": ["http"], "from": ["web/web"]}}}),
    "deny.*.ports": (
        {"deny": {"a": {"paths": ["/a"]}}, "ports": {"http": {"port": 80}, "two": {"port": 81}}},
        {"deny": {"a": {"paths": ["/a"], "ports": ["two"]}}},
    ),
    "deny.*.paths": ({}, {"deny": {"a": {"paths": ["/a"]}}}),
    "deny.*.methods": ({}, {"deny": {"a": {"methods": ["GET"]}}}),
    "versions.*.weight": ({"versions": {}}, {"versions": {"next": {**NEXT, "weight": 7}}}),
    "versions.*.match": ({"versions": {}}, {"versions": {"next": {**NEXT, "match": {"headers": {"x-next": "1"}}}}}),
    "traffic.timeout": ({}, {"traffic": {"timeout": "3s"}}),
    "traffic.loadBalancer": ({}, {"traffic": {"loadBalancer": {"policy": "random"}}}),
    "traffic.mirror": (
        {"versions": {"next": {"weight": 5}}},
        {"traffic": {"mirror": {"version": "next", "percent": 3}}},
    ),
    "traffic.routes.*.paths": (
        {"traffic": {"routes": {"a": {"paths": ["/a"], "timeout": "1s"}}}},
        {"traffic": {"routes": {"a": {"paths": ["/a/*"], "timeout": "1s"}}}},
    ),
    "traffic.routes.*.methods": (
        {"traffic": {"routes": {"a": {"timeout": "1s", "paths": ["/a"]}}}},
        {"traffic": {"routes": {"a": {"timeout": "1s", "paths": ["/a"], "methods": ["GET"]}}}},
    ),
    "traffic.routes.*.headers": (
        {"traffic": {"routes": {"a": {"timeout": "1s", "paths": ["/a"]}}}},
        {"traffic": {"routes": {"a": {"timeout": "1s", "paths": ["/a"], "headers": {"x-a": "b"}}}}},
    ),
    "traffic.routes.*.timeout": (
        {"traffic": {"routes": {"a": {"paths": ["/a"], "timeout": "1s"}}}},
        {"traffic": {"routes": {"a": {"paths": ["/a"], "timeout": "2s"}}}},
    ),
    "resilience.circuitBreaker": ({}, {"resilience": {"circuitBreaker": {"maxConnections": 9}}}),
    "resilience.outlierDetection": ({}, {"resilience": {"outlierDetection": {"consecutiveErrors": 9}}}),
    "observe.accessLog": ({"traffic": {"timeout": "1s"}}, {"observe": {"accessLog": "all"}}),
    "observe.tracing": ({"traffic": {"timeout": "1s"}}, {"observe": {"tracing": {"samplePercent": 5}}}),
    "observe.metrics.port": (
        {"ports": {"http": {"port": 80}, "two": {"port": 81}}, "observe": {"metrics": {"port": "http"}}},
        {"observe": {"metrics": {"port": "two"}}},
    ),
    "mesh.member": ({}, {"mesh": {"member": False}}),
    "mesh.mtls": ({}, {"mesh": {"mtls": "permissive"}}),
}
"""For each honoured setting: what `shop/cart` says before, and what changes."""

EXTERNAL: dict[str, dict[str, Any]] = {
    "hosts": {"hosts": ["other.acme.example"]},
    "addresses": {"addresses": ["192.0.2.0/24"]},
    "ports": {"ports": {"db": {"port": 5433, "protocol": "tcp"}}},
    "endpoints.*.address": {"endpoints": {"a": {"address": "192.0.2.7"}}},
    "endpoints.*.ports": {"endpoints": {"a": {"address": "192.0.2.7", "ports": {"db": 6432}}}},
    "endpoints.*.region": {"endpoints": {"a": {"address": "192.0.2.7", "region": "eu-west-1"}}},
    "endpoints.*.zone": {"endpoints": {"a": {"address": "192.0.2.7", "zone": "eu-1a"}}},
    "endpoints.*.weight": {"endpoints": {"a": {"address": "192.0.2.7", "weight": 2}}},
    "endpoints.*.labels": {"endpoints": {"a": {"address": "192.0.2.7", "labels": {"a": "b"}}}},
    "resolution": {"resolution": "none"},
    "access": {"access": {"a": {"from": ["web/web", "web/other"]}}},
    "tls.origin": {"tls": {"origin": "mesh"}},
    "tls.sni": {"tls": {"origin": "mesh", "sni": "other.acme.example"}},
    "tls.subjectAltNames": {"tls": {"origin": "mesh", "subjectAltNames": ["db"]}},
}


def honours() -> set[str]:
    bag = Bag()
    empty = Directory(Path(__file__).parents[2] / "fixtures" / "base")
    catalog = load_catalog(empty, load(empty, bag), bag)
    return {".".join(honour.path) for b in catalog.blueprints["istio-ambient"] for honour in b.contract.honours}


def test_every_honoured_setting_has_a_proof() -> None:
    without_effect = {"external.description", "external.location"}  # words for people, and the only kind there is
    only_one_value = {"expose.*.auth.required", "rollout.weightsBy"}  # what else they could say is refused
    without_effect.add("external.egress")  # the other word is refused
    proven = {*BEFORE_AFTER, *(f"external.{word}" for word in EXTERNAL), *without_effect, *only_one_value}
    assert honours() == proven


@pytest.mark.parametrize("path", sorted(BEFORE_AFTER))
def test_honoured_setting_changes_the_output(path: str, tmp_path: Path) -> None:
    before, after = BEFORE_AFTER[path]
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, "serviceAccount": "prom", "meshed": True}
    collector = {"provider": "otel", "namespace": "tracing", "podLabels": {"app": "collector"}}
    clusters = {"prod": cluster("istio-ambient@1", prometheus=reader, tracing=collector)}
    versions = {"versions": {"next": NEXT}} if "versions" in before else {}
    web = {"calls": {"shop/cart": {}}, "access": ACCESS}
    first = compiled(shop(tmp_path / "one", {**before, **versions}, web, clusters=clusters, platform=PROVIDERS))
    second = {**before, **versions, **after}
    assert compiled(shop(tmp_path / "two", second, web, clusters=clusters, platform=PROVIDERS)) != first


PROVIDERS = {
    "identityProviders": {"acme-idp": {"issuer": "https://idp.acme.com/", "jwksUri": "https://idp.acme.com/keys"}}
}
ACCESS = {"cart": {"from": ["shop/cart"]}}


@pytest.mark.parametrize("word", sorted(EXTERNAL))
def test_honoured_setting_of_an_external_service_changes_the_output(word: str, tmp_path: Path) -> None:
    external = {
        "hosts": ["db.acme.example"],
        "ports": {"db": {"port": 5432, "protocol": "tcp"}},
        "access": {"a": {"from": ["web/web"]}},
    }
    call = {"shop/db": {"optional": True}}

    clusters = {"prod": cluster("istio-ambient@1", mesh={"dnsCapture": True})}
    before = {**external, "tls": {"origin": "mesh"}} if word in {"tls.sni", "tls.subjectAltNames"} else external

    def output(folder: str, spec: dict[str, Any]) -> object:
        manifests = {"shop": {"db": spec}, "web": {"web": app(calls=call), "other": app(calls=call)}}
        return compiled(write(tmp_path / folder, clusters, manifests))

    assert output("two", {**external, **EXTERNAL[word]}) != output("one", before)
