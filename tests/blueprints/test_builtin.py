"""The built-in blueprints keep their contracts: what they read exists, what they honour changes something."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.blueprints.program import FOLDERS, program_of
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.blueprints.sidecar_settings import PROVEN_ELSEWHERE, SIDECAR_BEFORE_AFTER

BASE = Path(__file__).parents[2] / "fixtures" / "base"
AS_OF = date(2026, 6, 1)

BEFORE_AFTER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "image": ({"image": "a.example/b:1"}, {"image": "a.example/b:2"}),
    "command": ({}, {"command": ["/app"]}),
    "args": ({}, {"args": ["serve"]}),
    "ports": ({}, {"ports": {"http": {"port": 81, "targetPort": 8080}}}),
    "env": ({}, {"env": {"A": "b"}}),
    "envFrom": ({"secrets": {"db": {"existing": True}}}, {"envFrom": [{"secret": "db"}]}),
    "configMaps": ({}, {"configMaps": {"flags": {"a": "b"}}}),
    "secrets": ({}, {"secrets": {"db": {"store": "vault", "path": "a/b", "keys": {"a": "b"}}}}),
    "files": ({}, {"files": {"/cache": {"empty": "1Gi"}}}),
    "volumes": (
        {"volumes": {"data": {"claim": "one"}}, "files": {"/data": {"volume": "data"}}},
        {"volumes": {"data": {"claim": "two"}}},
    ),
    "health": ({}, {"health": {"readiness": {"path": "/ready"}}}),
    "resources": ({}, {"resources": {"limits": {"memory": "1Gi"}}}),
    "scale.min": ({}, {"scale": {"min": 3}}),
    "scale.max": ({}, {"scale": {"max": 9}}),
    "scale.cpuPercent": ({"scale": {"max": 9}}, {"scale": {"max": 9, "cpuPercent": 55}}),
    "scale.memoryPercent": ({"scale": {"max": 9}}, {"scale": {"max": 9, "memoryPercent": 55}}),
    "scale.external": (
        {"scale": {"max": 9}},
        {"scale": {"max": 9, "external": {"lag": {"metric": "lag", "selector": {"topic": "a"}, "averageValue": "9"}}}},
    ),
    "scale.scaleUpAfter": ({"scale": {"max": 9}}, {"scale": {"max": 9, "scaleUpAfter": "0s"}}),
    "scale.scaleDownAfter": ({"scale": {"max": 9}}, {"scale": {"max": 9, "scaleDownAfter": "1m"}}),
    "strategy": ({}, {"strategy": {"maxSurge": 1}}),
    "disruption": ({}, {"disruption": {"maxUnavailable": "20%"}}),
    "scheduling": ({}, {"scheduling": {"arch": ["arm64"], "tolerations": {"gpu": {"value": "true"}}}}),
    "shutdown": ({}, {"shutdown": {"delay": "9s"}}),
    "security": ({}, {"security": {"runAsUser": 2000}}),
    "serviceAccount": ({}, {"serviceAccount": {"annotations": {"a.example/role": "b"}}}),
    "imagePullSecrets": ({}, {"imagePullSecrets": ["registry"]}),
    "pod": ({}, {"pod": {"annotations": {"a": "b"}}}),
    "init": ({}, {"init": {"migrate": {"image": "a.example/m:1"}}}),
    "sidecars": ({}, {"sidecars": {"proxy": {"image": "a.example/p:1"}}}),
    "calls": ({}, {"calls": {"cart": {}}}),
    "access.*.from": (
        {"access": {"a": {"from": [{"principal": "cluster.local/ns/a/sa/b"}]}}},
        {"access": {"a": {"from": [{"principal": "cluster.local/ns/a/sa/c"}]}}},
    ),
    "access.*.ports": (
        {
            "ports": {"http": {"port": 80}, "two": {"port": 81}},
            "mesh": {"mtls": "permissive"},
            "access": {"a": {"from": [{"cidr": "192.0.2.0/24"}]}},
        },
        {"access": {"a": {"from": [{"cidr": "192.0.2.0/24"}], "ports": ["two"]}}},
    ),
    "access.*.paths": (
        {"access": {"a": {"from": [{"principal": "cluster.local/ns/a/sa/b"}]}}},
        {"access": {"a": {"from": [{"principal": "cluster.local/ns/a/sa/b"}], "paths": ["/a/*"]}}},
    ),
    "access.*.methods": (
        {"access": {"a": {"from": [{"principal": "cluster.local/ns/a/sa/b"}]}}},
        {"access": {"a": {"from": [{"principal": "cluster.local/ns/a/sa/b"}], "methods": ["GET"]}}},
    ),
    "deny.*.ports": (
        {"deny": {"a": {"paths": ["/a"]}}, "ports": {"http": {"port": 80}, "two": {"port": 81}}},
        {"deny": {"a": {"paths": ["/a"], "ports": ["two"]}}},
    ),
    "deny.*.paths": ({"deny": {"a": {"methods": ["GET"]}}}, {"deny": {"a": {"paths": ["/a"]}}}),
    "deny.*.methods": ({"deny": {"a": {"paths": ["/a"]}}}, {"deny": {"a": {"paths": ["/a"], "methods": ["GET"]}}}),
    "traffic.timeout": ({}, {"traffic": {"timeout": "4s"}}),
    "traffic.retries": ({}, {"traffic": {"retries": {"attempts": 4}}}),
    "traffic.fault": ({}, {"traffic": {"fault": {"abort": {"status": 503}}}}),
    "traffic.routes": ({}, {"traffic": {"routes": {"slow": {"paths": ["/slow/*"], "timeout": "9s"}}}}),
    "resilience.circuitBreaker": ({}, {"resilience": {"circuitBreaker": {"maxConnections": 9}}}),
    "resilience.outlierDetection": ({}, {"resilience": {"outlierDetection": {"consecutiveErrors": 9}}}),
    "observe.metrics": ({}, {"observe": {"metrics": {"port": "http"}}}),
    "observe.slo": ({}, {"observe": {"slo": {"availability": 99.9}}}),
    "observe.dashboard": ({}, {"observe": {"dashboard": True}}),
    "observe.logs": ({}, {"observe": {"logs": ["loki"]}}),
    "observe.instrument": ({}, {"observe": {"instrument": "java"}}),
    "observe.accessLog": ({}, {"observe": {"accessLog": "none"}}),
    "observe.tracing": ({}, {"observe": {"tracing": {"samplePercent": 0}}}),
    "mesh.member": ({"calls": {}}, {"mesh": {"member": False}}),
    "mesh.mtls": ({}, {"mesh": {"mtls": "permissive"}}),
    "expose.*.gateway": ({"expose": {"web": {"gateway": "public"}}}, {"expose": {"web": {"gateway": "internal"}}}),
    "expose.*.host": ({}, {"expose": {"web": {"gateway": "public", "host": "other"}}}),
    "expose.*.port": (
        {"ports": {"http": {"port": 80}, "two": {"port": 81}}},
        {"expose": {"web": {"gateway": "public", "port": "two"}}},
    ),
    "expose.*.paths": ({}, {"expose": {"web": {"gateway": "public", "paths": ["/a/*"]}}}),
    "expose.*.methods": ({}, {"expose": {"web": {"gateway": "public", "methods": ["GET"]}}}),
    "expose.*.sourceRanges": ({}, {"expose": {"web": {"gateway": "public", "sourceRanges": ["192.0.2.0/24"]}}}),
    "expose.*.headers": ({}, {"expose": {"web": {"gateway": "public", "headers": {"x-api": "2"}}}}),
    "expose.*.rewrite": (
        {"expose": {"web": {"gateway": "public", "paths": ["/a/*"]}}},
        {"expose": {"web": {"gateway": "public", "paths": ["/a/*"], "rewrite": {"prefix": "/"}}}},
    ),
    "expose.*.redirect": ({}, {"expose": {"web": {"gateway": "public", "redirect": {"path": "/new"}}}}),
    "expose.*.setHeaders": (
        {},
        {"expose": {"web": {"gateway": "public", "setHeaders": {"response": {"remove": ["server"]}}}}},
    ),
    "expose.*.cors": ({}, {"expose": {"web": {"gateway": "public", "cors": {"origins": ["https://a.example"]}}}}),
    "expose.*.opens": ({}, {"expose": {"web": {"gateway": "public", "opens": ["/metrics"]}}}),
    "expose.*.httpRedirect": ({}, {"expose": {"web": {"gateway": "public", "httpRedirect": False}}}),
    **SIDECAR_BEFORE_AFTER,
}
"""For each honoured setting of an application: what its spec says besides the base, and what changes."""

_MACHINE: dict[str, Any] = {
    "location": "mesh",
    "identity": {"namespace": "pay", "serviceAccount": "db"},
    "endpoints": {"a": {"address": "192.0.2.7"}},
}
_ORIGIN: dict[str, Any] = {"origin": "mesh"}
_HTTP: dict[str, Any] = {"ports": {"http": {"port": 80}}}
_TWO_REGIONS: dict[str, Any] = {
    "endpoints": {
        "a": {"address": "192.0.2.7", "region": "eu-west-1"},
        "b": {"address": "192.0.2.8", "region": "us-east-1"},
    }
}
_WITH_TOKEN = {"from": ["shop/web"], "jwt": "acme-idp", "audiences": ["a"]}
EXTERNAL_BEFORE_AFTER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "egress": ({}, {"egress": "gateway"}),
    "health.readiness": (_MACHINE, {"health": {"readiness": {}}}),
    "traffic.timeout": (_HTTP, {"traffic": {"timeout": "3s"}}),
    "traffic.retries": (_HTTP, {"traffic": {"retries": {"attempts": 0}}}),
    "traffic.fault": (_HTTP, {"traffic": {"fault": {"abort": {"status": 503}}}}),
    "traffic.routes": (_HTTP, {"traffic": {"routes": {"a": {"paths": ["/a"], "timeout": "9s"}}}}),
    "traffic.loadBalancer": ({}, {"traffic": {"loadBalancer": {"policy": "random"}}}),
    "resilience.circuitBreaker.maxConnections": ({}, {"resilience": {"circuitBreaker": {"maxConnections": 9}}}),
    "resilience.circuitBreaker": (_HTTP, {"resilience": {"circuitBreaker": {"maxRequests": 9}}}),
    "resilience.outlierDetection": ({}, {"resilience": {"outlierDetection": {"consecutiveErrors": 9}}}),
    "resilience.failover": (
        {**_TWO_REGIONS, "resilience": {"outlierDetection": {}}},
        {"resilience": {"outlierDetection": {}, "failover": {"to": {"eu-west-1": "us-east-1"}}}},
    ),
    "observe.accessLog": (_MACHINE, {"observe": {"accessLog": "none"}}),
    "observe.slo": (_HTTP, {"observe": {"slo": {"availability": 99.5}}}),
    "hosts": ({}, {"hosts": ["other.acme.example"]}),
    "addresses": ({}, {"addresses": ["192.0.2.0/24"]}),
    "ports": ({}, {"ports": {"db": {"port": 5433, "protocol": "tcp"}}}),
    "endpoints.*.address": ({}, {"endpoints": {"a": {"address": "192.0.2.7"}}}),
    **{
        f"endpoints.*.{word}": (
            {"endpoints": {"a": {"address": "192.0.2.7"}}},
            {"endpoints": {"a": {"address": "192.0.2.7", word: value}}},
        )
        for word, value in (
            ("ports", {"db": 6432}),
            ("region", "eu-west-1"),
            ("zone", "eu-1a"),
            ("weight", 2),
            ("labels", {"a": "b"}),
        )
    },
    "location": ({}, _MACHINE),
    "identity": (_MACHINE, {"identity": {"namespace": "pay", "serviceAccount": "other"}}),
    "calls": (_MACHINE, {"calls": {"ledger": {}}}),
    "tls.origin": ({}, {"tls": _ORIGIN}),
    "tls.sni": ({"tls": _ORIGIN}, {"tls": {**_ORIGIN, "sni": "other.acme.example"}}),
    "tls.subjectAltNames": ({"tls": _ORIGIN}, {"tls": {**_ORIGIN, "subjectAltNames": ["db"]}}),
    "tls.ca": ({"tls": _ORIGIN}, {"tls": {**_ORIGIN, "ca": "corp-ca"}}),
    "tls.clientCertificate": ({"tls": _ORIGIN}, {"tls": {**_ORIGIN, "clientCertificate": "client"}}),
    "resolution": ({}, {"resolution": "none"}),
    "access.*.from": (
        {"access": {"a": {"from": ["shop/web", "shop/cart"]}}},
        {"access": {"a": {"from": ["shop/web"]}}},
    ),
    "access.*.ports": (
        {"ports": {"db": {"port": 5432, "protocol": "tcp"}, "two": {"port": 5433, "protocol": "tcp"}}},
        {"access": {"a": {"from": ["shop/web"], "ports": ["db"]}}},
    ),
    "access.*.paths": (
        {**_MACHINE, "ports": {"http": {"port": 80}}},
        {"access": {"a": {"from": ["shop/web"], "paths": ["/a/*"]}}},
    ),
    "access.*.methods": (
        {**_MACHINE, "ports": {"http": {"port": 80}}},
        {"access": {"a": {"from": ["shop/web"], "methods": ["GET"]}}},
    ),
    **{
        f"access.*.{word}": (
            {**_MACHINE, "ports": {"http": {"port": 80}}, "access": {"a": _WITH_TOKEN}},
            {"access": {"a": {**_WITH_TOKEN, word: value}}},
        )
        for word, value in (("jwt", "partners"), ("audiences", ["b"]), ("claims", {"scope": ["read"]}))
    },
}


OBSERVERS = """\
  mesh: {egress: {namespace: istio-egress}}
  prometheus: {namespace: monitoring, podLabels: {app: prometheus}}
  tracing: {provider: otel, namespace: observability, podLabels: {app: collector}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    shutil.copytree(BASE, root)
    cluster = root / "clusters" / "prod.yaml"
    plane = "{namespace: istio-internal, podLabels: {istio: internal}, serviceAccount: internal}"
    cluster.write_text(cluster.read_text() + f"    internal: {plane}\n")
    cluster.write_text(
        cluster.read_text().replace("istio-gateway@1}", "istio-gateway@1, observability: prometheus-operator@1}")
    )
    cluster.write_text(cluster.read_text() + OBSERVERS)
    platform = root / "platform.yaml"
    platform.write_text(platform.read_text() + "  logs: {loki: {}}\n")
    (root / "clusters" / "dev.yaml").unlink()
    platform = root / "platform.yaml"
    platform.write_text(platform.read_text().replace("spec:", "spec:\n  closedPaths: [/metrics]", 1))
    gateway = (root / "gateways" / "public.yaml").read_text()
    (root / "gateways" / "internal.yaml").write_text(gateway.replace("name: public", "name: internal"))
    keys = ", ".join(
        f'{name}: {{issuer: "https://{name}.example", jwksUri: "https://{name}.example/keys"}}'
        for name in ("acme-idp", "partners")
    )
    platform = root / "platform.yaml"
    platform.write_text(f"{platform.read_text()}  identityProviders: {{{keys}}}\n")
    return root


def compiled(root: Path) -> dict[str, bytes]:
    bag = Bag()
    output = compile_tree(Directory(root), AS_OF, bag)
    assert output is not None, [d.message for d in bag.sorted()]
    return dict(output.files)


def write_app(root: Path, *specs: dict[str, Any]) -> None:
    path = root / "teams" / "shop" / "web.yaml"
    document = yaml.safe_load((BASE / "teams/shop/web.yaml").read_text())
    for spec in specs:
        document["spec"] |= spec
    path.write_text(yaml.safe_dump(document))


def test_every_honoured_setting_of_applications_has_a_proof() -> None:
    bag = Bag()
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), bag), bag)
    honoured = {
        ".".join(honour.path)
        for name in ("web-service", "istio-sidecar", "istio-gateway", "none", "prometheus-operator")
        for blueprint in catalog.blueprints[name]
        for honour in blueprint.contract.honours
        if honour.path[0] != "external"
    }
    assert honoured == {*BEFORE_AFTER, *PROVEN_ELSEWHERE, "expose.*.delegate"}


@pytest.mark.parametrize("path", sorted(BEFORE_AFTER))
def test_honoured_setting_changes_the_output(path: str, repository: Path) -> None:
    before, after = BEFORE_AFTER[path]
    if path.startswith(("traffic", "resilience", "versions")):
        cart = repository / "teams/shop/cart.yaml"
        cart.write_text(cart.read_text().replace("access:", "calls: {web: {}}\n  access:"))
    write_app(repository, before)
    first = compiled(repository)
    write_app(repository, before, after)
    assert compiled(repository) != first


def test_delegated_paths_change_the_host(repository: Path) -> None:
    write_app(repository, {"expose": {"web": {"gateway": "public", "host": "shop", "delegate": {"cart": ["/cart/*"]}}}})
    first = compiled(repository)
    cart = repository / "teams/shop/cart.yaml"
    cart.write_text(cart.read_text() + "  expose: {web: {gateway: public, host: shop, paths: [/cart/*]}}\n")
    path = "clusters/prod/istio-ingress/shop-acme-example/virtualservice-shop-acme-example.yaml"
    assert compiled(repository)[path] != first[path]
    rules = [rule["name"] for rule in yaml.safe_load(compiled(repository)[path])["spec"]["http"]]
    assert rules == ["https", "cart-web-http", "web-web-http"]


def test_every_honoured_setting_of_external_services_has_a_proof() -> None:
    bag = Bag()
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), bag), bag)
    honoured = {
        ".".join(honour.path[1:])
        for name in ("istio-sidecar", "none", "prometheus-operator")
        for blueprint in catalog.blueprints[name]
        for honour in blueprint.contract.honours
        if honour.path[0] == "external"
    }
    only_one_value = {"endpoints.*.network"}  # what else it could say is refused
    assert honoured == {*EXTERNAL_BEFORE_AFTER, *only_one_value, "description"}


@pytest.mark.parametrize("word", sorted(EXTERNAL_BEFORE_AFTER))
def test_honoured_setting_of_an_external_service_changes_the_output(word: str, repository: Path) -> None:
    before, after = EXTERNAL_BEFORE_AFTER[word]
    spec = {
        "hosts": ["db.acme.example"],
        "ports": {"db": {"port": 5432, "protocol": "tcp"}},
        "access": {"a": {"from": ["shop/web"]}},
    }
    secrets = {"corp-ca": {"existing": True}, "client": {"existing": True}}
    write_app(repository, {"calls": {"pay/ledger": {}, "cart": {}, "pay/db": {}}, "secrets": secrets})
    path = repository / "teams/pay/db.yaml"
    head = {"apiVersion": "platformc.dev/v1", "kind": "ExternalService", "metadata": {"name": "db"}}
    if word == "access.*.from":
        cart = repository / "teams/shop/cart.yaml"
        cart.write_text(cart.read_text() + "  calls: {pay/db: {optional: true}}\n")
    path.write_text(yaml.safe_dump({**head, "spec": {**spec, **before}}))
    first = compiled(repository)
    path.write_text(yaml.safe_dump({**head, "spec": {**spec, **before, **after}}))
    assert compiled(repository) != first


def test_built_in_templates_read_only_what_the_context_has() -> None:
    bag = Bag()
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), bag), bag)
    for versions in catalog.blueprints.values():
        for blueprint in versions:
            program_of(blueprint, bag, check=True)
    assert [f"{d.span} {d.message}" for d in bag.sorted()] == []


def test_built_in_templates_are_the_same_when_only_those_that_are_asked_for_are_read() -> None:
    bag = Bag()
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), bag), bag)
    for blueprint in (one for versions in catalog.blueprints.values() for one in versions):
        every, lazy = program_of(blueprint, bag, check=True), program_of(blueprint, bag, check=False)
        for folder, _ in FOLDERS:
            read = [(one.template, one.includes, one.reads) for one in lazy.templates[folder]]
            assert read == [(one.template, one.includes, one.reads) for one in every.templates[folder]]


def test_secret_comes_from_the_store_that_the_platform_declares(repository: Path) -> None:
    platform = repository / "platform.yaml"
    platform.write_text(platform.read_text() + "  secretStores: {vault: {kind: SecretStore, name: central}}\n")
    write_app(repository, {"secrets": {"db": {"store": "vault", "path": "a/b", "keys": {"password": "pw"}}}})
    secret = yaml.safe_load(compiled(repository)["clusters/prod/shop/web/externalsecret-web-db.yaml"])
    assert secret["spec"]["secretStoreRef"] == {"kind": "SecretStore", "name": "central"}
    assert secret["spec"]["data"] == [{"secretKey": "password", "remoteRef": {"key": "a/b", "property": "pw"}}]


def test_a_repositorys_library_is_not_for_the_built_in_blueprints(tmp_path: Path) -> None:
    plain = compile_tree(Directory(BASE), date(2026, 6, 1), Bag())
    repository = tmp_path / "repository"
    shutil.copytree(BASE, repository)
    (repository / "blueprints" / "lib").mkdir(parents=True)
    (repository / "blueprints" / "lib" / "deployment.yaml").write_text("kind: Other\n")
    other = compile_tree(Directory(repository), date(2026, 6, 1), Bag())
    assert plain is not None
    assert other is not None
    assert dict(other.files) == dict(plain.files)
