"""What stands outside the clusters or beside them, under `istio-sidecar`: jobs and decisions of MODEL §1, §2 and §4."""

import json
from pathlib import Path
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.small_repository import AS_OF, SmallRepository

VM: dict[str, Any] = {
    "location": "mesh",
    "hosts": ["erp.shop.internal"],
    "ports": {"http": {"port": 80, "targetPort": 8080}},
    "endpoints": {"a": {"address": "10.1.0.5", "region": "eu-west-1", "zone": "eu-1a"}, "b": {"address": "10.1.0.6"}},
    "identity": {"namespace": "vm-erp", "serviceAccount": "erp"},
    "access": {"web": {"from": ["web"], "paths": ["/x/*"]}},
}
DB: dict[str, Any] = {"hosts": ["db.acme.example"], "ports": {"db": {"port": 5432, "protocol": "tcp"}}}


@pytest.fixture
def repository(tmp_path: Path) -> SmallRepository:
    found = SmallRepository(tmp_path / "repository")
    found.change("teams/shop/team.yaml", namespaces={"shop": {}, "vm-erp": {}}, defaultNamespace="shop")
    return found


def external(repository: SmallRepository, name: str, **spec: Any) -> None:
    repository.write(f"teams/shop/{name}.yaml", "ExternalService", **spec)


def called(repository: SmallRepository, name: str, **spec: Any) -> None:
    """Write an external service that web calls."""
    external(repository, name, **spec)
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, name: {}})


def egress(repository: SmallRepository) -> list[Any]:
    found: list[Any] = repository.specs("NetworkPolicy shop/web")["egress"]
    return found[2:]  # behind those of cart and ledger


def test_job_4_an_api_that_the_program_speaks_tls_to(repository: SmallRepository) -> None:
    called(repository, "stripe", hosts=["api.stripe.com"], ports={"https": {"port": 443, "protocol": "https"}})
    bodies = repository.bodies()
    entry = bodies["ServiceEntry shop/stripe"]["spec"]
    assert (entry["location"], entry["resolution"]) == ("MESH_EXTERNAL", "DNS")
    assert entry["ports"] == [{"number": 443, "name": "https", "protocol": "TLS"}]
    assert "shop/api.stripe.com" in bodies["Sidecar shop/web"]["spec"]["egress"][0]["hosts"]
    assert "DestinationRule shop/stripe" not in bodies
    (rule,) = egress(repository)
    assert rule["to"][0]["ipBlock"]["except"] == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]


def test_job_5_a_database_on_machines_outside_the_mesh(repository: SmallRepository) -> None:
    endpoints = {"a": {"address": "10.30.0.5", "region": "eu-west-1", "zone": "eu-1a"}, "b": {"address": "10.30.1.5"}}
    called(repository, "orders-db", **{**DB, "endpoints": endpoints})
    entry = repository.specs("ServiceEntry shop/orders-db")
    assert entry["resolution"] == "STATIC"
    assert entry["endpoints"] == [{"address": "10.30.0.5", "locality": "eu-west-1/eu-1a"}, {"address": "10.30.1.5"}]
    assert "workloadSelector" not in entry
    blocks = [{"ipBlock": {"cidr": "10.30.0.5/32"}}, {"ipBlock": {"cidr": "10.30.1.5/32"}}]
    assert egress(repository) == [{"to": blocks, "ports": [{"protocol": "TCP", "port": 5432}]}]


def test_an_endpoint_with_a_port_of_its_own_is_opened_on_that_port_alone(repository: SmallRepository) -> None:
    endpoints = {"a": {"address": "10.30.0.5", "ports": {"db": 6432}}, "b": {"address": "10.30.1.5"}}
    called(repository, "orders-db", **{**DB, "endpoints": endpoints})
    assert [(rule["to"][0]["ipBlock"]["cidr"], rule["ports"][0]["port"]) for rule in egress(repository)] == [
        ("10.30.1.5/32", 5432),
        ("10.30.0.5/32", 6432),
    ]


def test_endpoints_with_names_and_addresses_are_both_reached(repository: SmallRepository) -> None:
    endpoints = {"a": {"address": "10.30.0.5"}, "b": {"address": "eu.acme.example"}}
    called(repository, "orders-db", **{**DB, "endpoints": endpoints})
    assert repository.specs("ServiceEntry shop/orders-db")["resolution"] == "DNS"
    assert [rule["to"][0]["ipBlock"]["cidr"] for rule in egress(repository)] == ["10.30.0.5/32", "0.0.0.0/0"]


def test_an_external_service_that_nobody_calls_on_a_cluster_is_not_there(repository: SmallRepository) -> None:
    external(repository, "orders-db", **DB)
    assert not any("orders-db" in name for name in repository.bodies())


def test_decision_22_one_entry_in_its_owners_namespace_for_callers_of_every_team(repository: SmallRepository) -> None:
    called(repository, "stripe", hosts=["api.stripe.com"], ports={"https": {"port": 443, "protocol": "https"}})
    repository.change("teams/shop/stripe.yaml", access={"all": {"from": ["shop/*", "pay/*"]}})
    repository.app("pay/ledger", calls={"shop/stripe": {}})
    entries = {name: body for name, body in repository.bodies().items() if name.startswith("ServiceEntry")}
    assert list(entries) == ["ServiceEntry shop/stripe"]
    assert entries["ServiceEntry shop/stripe"]["spec"]["exportTo"] == [".", "pay"]


@pytest.mark.parametrize(
    ("istio", "protocol", "resolution"),
    [("1.29", "https", "NONE"), ("1.30", "https", "DYNAMIC_DNS"), ("1.30", "tcp", "NONE")],
)
def test_decision_23_a_wildcard_is_looked_up_where_sidecars_can(
    repository: SmallRepository, istio: str, protocol: str, resolution: str
) -> None:
    repository.change("clusters/prod.yaml", versions={"kubernetes": "1.33", "istio": istio})
    ports = {"main": {"port": 443, "protocol": protocol}}
    called(repository, "cdn", hosts=["*.acme.example"], ports=ports)
    assert repository.specs("ServiceEntry shop/cdn")["resolution"] == resolution


@pytest.mark.parametrize(
    ("spec", "resolution"),
    [
        ({"resolution": "dns"}, "DNS"),
        ({"resolution": "none"}, "NONE"),
        ({"resolution": "static", "endpoints": {"a": {"address": "10.30.0.5"}}}, "STATIC"),
        ({"resolution": "dns", "endpoints": {"a": {"address": "eu.acme.example"}}}, "DNS"),
        ({"addresses": ["10.30.0.0/24"]}, "NONE"),
    ],
)
def test_decision_23_the_chosen_resolution_is_written(
    repository: SmallRepository, spec: dict[str, Any], resolution: str
) -> None:
    called(repository, "orders-db", **{**DB, **spec})
    assert repository.specs("ServiceEntry shop/orders-db")["resolution"] == resolution


def test_decision_23_two_on_one_port_need_addresses_or_dns_capture(repository: SmallRepository) -> None:
    external(repository, "archive", **{**DB, "hosts": ["archive.acme.example"]})
    external(repository, "orders-db", **DB)
    repository.app("shop/web", calls={"cart": {}, "pay/ledger": {}, "archive": {}, "orders-db": {}})
    assert "PC2503" in {code for code, _ in repository.findings()}
    external(repository, "orders-db", **{**DB, "addresses": ["10.30.0.0/24"]})
    assert "PC2503" not in {code for code, _ in repository.findings()}
    external(repository, "orders-db", **DB)
    repository.change("clusters/prod.yaml", mesh={"dnsCapture": True})
    assert "PC2503" not in {code for code, _ in repository.findings()}


def test_decision_23_the_mesh_starts_tls_with_name_and_certificate_written_out(repository: SmallRepository) -> None:
    ports = {"http": {"port": 80, "targetPort": 443}}
    called(repository, "rates", hosts=["rates.acme.example"], ports=ports, tls={"origin": "mesh"})
    bodies = repository.bodies()
    rule = bodies["DestinationRule shop/rates"]["spec"]
    assert rule["trafficPolicy"]["tls"] == {
        "mode": "SIMPLE",
        "sni": "rates.acme.example",
        "subjectAltNames": ["rates.acme.example"],
    }
    assert rule["exportTo"] == bodies["ServiceEntry shop/rates"]["spec"]["exportTo"]
    port = {"number": 80, "name": "http", "protocol": "HTTP", "targetPort": 443}
    assert bodies["ServiceEntry shop/rates"]["spec"]["ports"] == [port]
    assert egress(repository)[0]["ports"] == [{"protocol": "TCP", "port": 443}]


def test_a_separate_mesh_is_reached_through_its_ingress_with_mutual_tls_and_weights(
    repository: SmallRepository,
) -> None:
    endpoints = {
        "eu": {"address": "203.0.113.7", "region": "eu-west-1", "weight": 9},
        "us": {"address": "203.0.113.8", "region": "us-east-1", "weight": 1, "labels": {"side": "far"}},
    }
    tls = {"origin": "mesh", "sni": "cart.far.example", "subjectAltNames": ["spiffe://far/ns/shop/sa/ingress"]}
    certificates = {"ca": "far-ca", "clientCertificate": "far-client"}
    ports = {"http": {"port": 80, "targetPort": 443}}
    called(
        repository,
        "far-cart",
        hosts=["cart.far.example"],
        ports=ports,
        endpoints=endpoints,
        tls={**tls, **certificates},
    )
    stored = {"store": "vault", "path": "far", "keys": {"tls.crt": "crt", "tls.key": "key"}}
    repository.app("shop/web", secrets={"far-ca": {"existing": True}, "far-client": stored})
    bodies = repository.bodies()
    assert bodies["ServiceEntry shop/far-cart"]["spec"]["endpoints"] == [
        {"address": "203.0.113.7", "locality": "eu-west-1", "weight": 9},
        {"address": "203.0.113.8", "locality": "us-east-1", "weight": 1, "labels": {"side": "far"}},
    ]
    folder = "/etc/istio/external/shop/far-cart"
    assert bodies["DestinationRule shop/far-cart"]["spec"]["trafficPolicy"]["tls"] == {
        "mode": "MUTUAL",
        "sni": "cart.far.example",
        "subjectAltNames": ["spiffe://far/ns/shop/sa/ingress"],
        "caCertificates": f"{folder}/ca/ca.crt",
        "clientCertificate": f"{folder}/client/tls.crt",
        "privateKey": f"{folder}/client/tls.key",
    }
    said = bodies["Deployment shop/web"]["spec"]["template"]["metadata"]["annotations"]
    volumes = json.loads(said["sidecar.istio.io/userVolume"])
    mounts = json.loads(said["sidecar.istio.io/userVolumeMount"])
    found = {mount["mountPath"]: volumes[name]["secret"]["secretName"] for name, mount in mounts.items()}
    assert found == {f"{folder}/ca": "far-ca", f"{folder}/client": "web-far-client"}


def test_certificates_lie_with_proxies_and_never_with_programs(repository: SmallRepository) -> None:
    called(repository, "orders-db", **{**DB, "tls": {"origin": "mesh", "ca": "corp-ca"}})
    repository.app("shop/web", secrets={"corp-ca": {"existing": True}})
    pod = repository.specs("Deployment shop/web")["template"]["spec"]
    assert "corp-ca" not in json.dumps(pod)
    bag = Bag()
    compile_tree(Directory(repository.root), AS_OF, bag)
    assert {finding.code for finding in bag.sorted()} == {"PC5239"}  # Istio calls its annotations alpha


def test_decision_38_machines_of_the_mesh_are_workloads_with_an_identity(repository: SmallRepository) -> None:
    called(repository, "erp", **VM)
    bodies = repository.bodies()
    kinds = {name.split()[0] for name in bodies if " vm-erp/erp" in name}
    assert kinds == {
        *("ServiceAccount", "WorkloadGroup", "WorkloadEntry", "ServiceEntry"),
        *("AuthorizationPolicy", "Sidecar", "VirtualService"),
    }
    assert bodies["AuthorizationPolicy vm-erp/allow-nothing"]["spec"] == {}
    entry = bodies["ServiceEntry vm-erp/erp"]["spec"]
    assert entry["location"] == "MESH_INTERNAL"
    assert entry["workloadSelector"] == {"labels": {"app.kubernetes.io/name": "erp"}}
    assert "endpoints" not in entry
    machine = bodies["WorkloadEntry vm-erp/erp.a"]["spec"]
    assert machine["labels"] == {"app.kubernetes.io/name": "erp"}
    assert (machine["address"], machine["serviceAccount"]) == ("10.1.0.5", "erp")
    assert machine["locality"] == "eu-west-1/eu-1a"
    assert "vm-erp/erp.shop.internal" in bodies["Sidecar shop/web"]["spec"]["egress"][0]["hosts"]


def test_decision_38_machines_let_in_whom_access_names_with_their_paths(repository: SmallRepository) -> None:
    endpoints = {**VM["endpoints"], "b": {"address": "10.1.0.6", "ports": {"http": 9090}}}
    called(repository, "erp", **{**VM, "endpoints": endpoints})
    (rule,) = repository.specs("AuthorizationPolicy vm-erp/erp")["rules"]
    assert rule["from"] == [{"source": {"principals": ["cluster.local/ns/shop/sa/web"]}}]
    assert rule["to"] == [{"operation": {"ports": ["8080", "9090"], "paths": ["/x", "/x/*"]}}]


def test_decision_38_machines_may_call_and_stand_in_access(repository: SmallRepository) -> None:
    external(repository, "erp", **{**VM, "calls": {"cart": {}}})
    repository.app("shop/cart", access={"erp": {"from": ["erp"], "methods": ["GET"]}})
    repository.app("shop/web", calls={"pay/ledger": {}})
    bodies = repository.bodies()
    (rule,) = bodies["AuthorizationPolicy shop/cart"]["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": ["cluster.local/ns/vm-erp/sa/erp"]}}]
    blocks = [{"ipBlock": {"cidr": "10.1.0.5/32"}}, {"ipBlock": {"cidr": "10.1.0.6/32"}}]
    ports = [{"protocol": "TCP", "port": 8080}]
    assert {"from": blocks, "ports": ports} in bodies["NetworkPolicy shop/cart"]["spec"]["ingress"]
    assert "shop/cart.shop.svc.cluster.local" in bodies["Sidecar vm-erp/erp"]["spec"]["egress"][0]["hosts"]
    assert bodies["DestinationRule shop/cart"]["spec"]["exportTo"] == [".", "vm-erp"]


def test_decision_38_machines_are_refused_without_sidecars(repository: SmallRepository) -> None:
    repository.change("clusters/prod.yaml", parts={"mesh": "none", "ingress": "istio-gateway@1"})
    called(repository, "erp", **{**VM, "access": {"web": {"from": ["web"]}}})
    assert "location" in repository.unmet()


def test_machines_stand_where_their_endpoints_do(repository: SmallRepository) -> None:
    external(repository, "erp", **{**VM, "calls": {"cart": {}}})
    repository.app("shop/cart", access={"erp": {"from": ["erp", "web"]}})
    repository.change("teams/shop/erp.yaml", environments={"prod": {"endpoints": None}})
    assert not any("vm-erp" in name for name in repository.bodies())


def test_machines_that_are_nowhere_are_told_at_their_callers(repository: SmallRepository) -> None:
    called(repository, "erp", **{key: value for key, value in VM.items() if key != "endpoints"})
    assert "PC2505" in {code for code, _ in repository.findings()}


def test_bare_metal_with_an_identity_of_its_own_may_call(repository: SmallRepository) -> None:
    spec = {"hosts": ["press.acme.example"], "ports": {"http": {"port": 80}}, "calls": {"cart": {}}}
    endpoints = {"a": {"address": "192.0.2.7"}}
    external(repository, "press", **spec, endpoints=endpoints, identity={"spiffe": "spiffe://corp/ns/press/sa/press"})
    repository.app("shop/cart", access={"press": {"from": ["press"], "paths": ["/cart/*"]}})
    repository.app("shop/web", calls={"pay/ledger": {}})
    bodies = repository.bodies()
    (rule,) = bodies["AuthorizationPolicy shop/cart"]["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": ["corp/ns/press/sa/press"]}}]
    assert rule["to"] == [{"operation": {"ports": ["8080"], "paths": ["/cart", "/cart/*"]}}]
    assert {"from": [{"ipBlock": {"cidr": "192.0.2.7/32"}}], "ports": [{"protocol": "TCP", "port": 8080}]} in bodies[
        "NetworkPolicy shop/cart"
    ]["spec"]["ingress"]


def test_bare_metal_without_an_identity_may_not_call(repository: SmallRepository) -> None:
    spec = {"hosts": ["press.acme.example"], "ports": {"http": {"port": 80}}, "calls": {"cart": {}}}
    external(repository, "press", **spec, endpoints={"a": {"address": "192.0.2.7"}})
    repository.app("shop/cart", access={"press": {"from": ["press", "web"]}})
    assert "PC2412" in {code for code, _ in repository.findings()}


def test_requests_to_what_is_outside_the_mesh_are_not_guarded_by_path(repository: SmallRepository) -> None:
    ports = {"http": {"port": 80}}
    access = {"web": {"from": ["web"], "paths": ["/v1/*"], "methods": ["GET"]}}
    called(repository, "rates", hosts=["rates.acme.example"], ports=ports, access=access)
    assert {code for code, _ in repository.findings()} == {"PC2472"}


TOKEN: dict[str, Any] = {"jwt": "acme-idp", "audiences": ["erp"], "claims": {"scope": ["read"]}}


def of_machines(repository: SmallRepository, **access: Any) -> None:
    providers = {"acme-idp": {"issuer": "https://idp.acme.example", "jwksUri": "https://idp.acme.example/keys"}}
    repository.change("platform.yaml", identityProviders=providers)
    called(repository, "erp", **{**VM, "access": {"web": {"from": ["web"], "paths": ["/x/*"], **access}}})


BOTH = ("RequestAuthentication", "AuthorizationPolicy")


def test_machines_ask_for_a_token_and_read_it(repository: SmallRepository) -> None:
    of_machines(repository, **TOKEN)
    bodies = repository.bodies()
    reads, lets_in = (bodies[f"{kind} vm-erp/erp"]["spec"] for kind in BOTH)
    machine = bodies["WorkloadEntry vm-erp/erp.a"]["spec"]["labels"]
    assert reads["selector"] == lets_in["selector"]
    assert reads["selector"]["matchLabels"].items() <= machine.items()
    assert reads["jwtRules"] == [
        {
            "issuer": "https://idp.acme.example",
            "jwksUri": "https://idp.acme.example/keys",
            "audiences": ["erp"],
            "fromHeaders": [{"name": "Authorization", "prefix": "Bearer "}],
            "forwardOriginalToken": True,
        }
    ]
    (rule,) = lets_in["rules"]
    assert rule["from"][0]["source"]["requestPrincipals"] == ["https://idp.acme.example/*"]
    assert rule["to"][0]["operation"]["paths"] == ["/x", "/x/*"]
    assert rule["when"] == [
        {"key": "request.auth.audiences", "values": ["erp"]},
        {"key": "request.auth.claims[scope]", "values": ["read"]},
    ]


def test_machines_without_a_token_rule_read_none(repository: SmallRepository) -> None:
    of_machines(repository)
    bodies = repository.bodies()
    assert "RequestAuthentication vm-erp/erp" not in bodies
    (rule,) = bodies["AuthorizationPolicy vm-erp/erp"]["spec"]["rules"]
    assert "when" not in rule
    assert list(rule["from"][0]["source"]) == ["principals"]


@pytest.mark.parametrize(
    ("access", "found"),
    [
        ({"jwt": "acme-ipd", "audiences": ["erp"]}, ("PC2462", "jwt: acme-ipd")),
        ({"jwt": "acme-idp"}, ("PC2464", "jwt: acme-idp")),
        ({"audiences": ["erp"]}, ("PC1334", "- erp")),
    ],
)
def test_what_machines_ask_of_tokens_is_judged_as_in_applications(
    access: dict[str, Any], found: tuple[str, str], repository: SmallRepository
) -> None:
    of_machines(repository, **access)
    assert repository.findings() == [found]


def test_nobody_asks_for_tokens_before_what_is_outside_the_mesh(repository: SmallRepository) -> None:
    of_machines(repository, **TOKEN)
    repository.change("teams/shop/erp.yaml", location="external", identity=None)
    assert repository.findings() == [("PC2472", "jwt: acme-idp")]


@pytest.mark.parametrize(
    ("spec", "unmet"),
    [
        ({"endpoints": {"a": {"address": "192.0.2.7", "network": "far"}}}, "endpoints.a.network"),
        ({"tls": {"sni": "db"}}, "tls.sni"),
        ({"identity": {"spiffe": "corp/ns/a/sa/b"}}, "identity.spiffe"),
        ({"health": {"readiness": {}}}, "health.readiness"),
        ({"resolution": "none", "traffic": {"loadBalancer": {"policy": "random"}}}, "traffic.loadBalancer.policy"),
        ({"observe": {"accessLog": "all"}}, "observe.accessLog"),
    ],
)
def test_what_has_no_effect_on_an_external_service_is_refused(
    repository: SmallRepository, spec: dict[str, Any], unmet: str
) -> None:
    if "tls" in spec:
        spec = {"tls": {"sni": "db.acme.example"}}
    called(repository, "orders-db", **{**DB, **spec})
    assert repository.unmet() == [unmet]


def test_a_zone_alone_is_one_of_the_clusters_region(repository: SmallRepository) -> None:
    """Istio reads a locality from the region on: a zone in its place would be a region that nobody is in."""
    called(repository, "db", **DB, endpoints={"a": {"address": "10.30.0.5", "zone": "eu-1a"}})
    assert repository.specs("ServiceEntry shop/db")["endpoints"] == [
        {"address": "10.30.0.5", "locality": "eu-west-1/eu-1a"}
    ]
