"""How requests behave under `istio-sidecar`: the words of MODEL §2 to §4, on objects of small repositories."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.small_repository import Body, SmallRepository

CANARY: dict[str, Any] = {"image": "ghcr.io/acme/cart:1.1.0", "weight": 10, "match": {"headers": {"x-canary": "1"}}}
CART = "shop/cart"
HOST = "cart.shop.svc.cluster.local"


@pytest.fixture
def repository(tmp_path: Path) -> SmallRepository:
    return SmallRepository(tmp_path / "repository")


def routes(repository: SmallRepository) -> dict[str, Body]:
    found = repository.specs(f"VirtualService {CART}")["http"]
    return {route["name"]: route for route in found}


def policy(repository: SmallRepository) -> Body:
    found: Body = repository.specs(f"DestinationRule {CART}")["trafficPolicy"]
    return found


def test_job_3_another_teams_service_gets_one_rule_with_its_paths_and_methods(repository: SmallRepository) -> None:
    ports = {"http": {"port": 80, "targetPort": 8080}}
    charge = {"from": ["shop/web"], "paths": ["/charge/*"], "methods": ["POST"]}
    repository.app("pay/ledger", ports=ports, access={"shop": charge})
    bodies = repository.bodies()
    (rule,) = bodies["AuthorizationPolicy pay/ledger"]["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": ["cluster.local/ns/shop/sa/web"]}}]
    operation = {"ports": ["8080"], "methods": ["POST"], "paths": ["/charge", "/charge/*"]}
    assert rule["to"] == [{"operation": operation}]
    for kind in ("VirtualService", "DestinationRule"):
        assert bodies[f"{kind} pay/ledger"]["spec"]["exportTo"] == [".", "shop"]
    assert "pay/ledger.pay.svc.cluster.local" in bodies["Sidecar shop/web"]["spec"]["egress"][0]["hosts"]


def test_job_8_grpc_is_posted_and_its_timeout_and_retries_are_written_out(repository: SmallRepository) -> None:
    repository.app(
        CART,
        ports={"grpc": {"port": 7000, "protocol": "grpc"}},
        access={"web": {"from": ["web"], "paths": ["/shop.Cart/*"]}},
        traffic={"timeout": "500ms", "retries": {"attempts": 2, "retryOn": ["unavailable", 503]}},
    )
    (rule,) = repository.specs(f"AuthorizationPolicy {CART}")["rules"]
    assert rule["to"][0]["operation"]["methods"] == ["POST"]
    route = routes(repository)["grpc"]
    assert route["timeout"] == "0.5s"
    assert route["retries"] == {"attempts": 2, "retryOn": "unavailable,503"}
    assert repository.specs(f"Service {CART}")["ports"][0]["appProtocol"] == "grpc"


def test_decision_25_retries_are_written_out_where_nobody_asks_for_them(repository: SmallRepository) -> None:
    conditions = "connect-failure,refused-stream,unavailable,cancelled"
    assert routes(repository)["http"]["retries"] == {"attempts": 2, "retryOn": conditions}
    repository.app(CART, traffic={"retries": {"attempts": 0}})
    assert routes(repository)["http"]["retries"] == {"attempts": 0}


def test_a_route_overrides_what_it_says_and_keeps_the_rest(repository: SmallRepository) -> None:
    repository.app(
        CART,
        traffic={
            "timeout": "3s",
            "retries": {"attempts": 3, "retryOn": ["reset"], "perTryTimeout": "500ms"},
            "fault": {"abort": {"status": 503, "percent": 1}},
            "routes": {
                "slow": {"paths": ["/slow/*"], "methods": ["GET", "PUT"], "timeout": "60s"},
                "once": {"paths": ["/slow/once"], "retries": {"attempts": 0}},
                "late": {"headers": {"X-Late": "1"}, "fault": {"delay": {"duration": "2s", "percent": 0}}},
                "again": {"paths": ["/again"], "retries": {"perTryTimeout": "100ms"}},
            },
        },
    )
    found = routes(repository)
    assert list(found) == ["http-once", "http-again", "http-slow", "http-late", "http"]
    assert found["http-slow"]["timeout"] == "60s"
    assert found["http-slow"]["retries"] == {"attempts": 3, "retryOn": "reset", "perTryTimeout": "0.5s"}
    assert found["http-slow"]["match"] == [
        {"port": 80, "method": {"regex": "GET|PUT"}, "uri": {"exact": "/slow"}},
        {"port": 80, "method": {"regex": "GET|PUT"}, "uri": {"prefix": "/slow/"}},
    ]
    assert found["http-once"]["retries"] == {"attempts": 0}
    assert found["http-once"]["timeout"] == "3s"
    assert found["http-again"]["retries"] == {"attempts": 3, "retryOn": "reset", "perTryTimeout": "0.1s"}
    assert found["http-late"]["match"] == [{"port": 80, "headers": {"x-late": {"exact": "1"}}}]
    assert found["http-late"]["fault"] == {"delay": {"fixedDelay": "2s", "percentage": {"value": 0}}}
    assert found["http"]["fault"] == {"abort": {"httpStatus": 503, "percentage": {"value": 1}}}


@pytest.mark.parametrize(
    ("traffic", "told"),
    [
        ({"timeout": "1s", "retries": {"attempts": 1, "perTryTimeout": "500ms"}}, False),
        ({"timeout": "1s", "retries": {"attempts": 2, "perTryTimeout": "500ms"}}, True),
        ({"timeout": "0s", "retries": {"attempts": 9, "perTryTimeout": "500ms"}}, False),
        (
            {"timeout": "9s", "retries": {"perTryTimeout": "1s"}, "routes": {"a": {"paths": ["/a"], "timeout": "2s"}}},
            True,
        ),
        ({"timeout": "1s", "retries": {"perTryTimeout": "1s", "attempts": 0}}, False),
    ],
)
def test_decision_26_tries_that_do_not_fit_the_timeout_are_told(
    repository: SmallRepository, traffic: Body, *, told: bool
) -> None:
    repository.app(CART, traffic=traffic)
    assert ("PC1302" in {code for code, _ in repository.findings()}) == told


def test_decision_26_no_request_is_tried_again_on_two_hops(repository: SmallRepository) -> None:
    repository.app(CART, expose={"api": {"gateway": "public", "host": "api"}})
    bodies = repository.bodies()
    mesh, edge = (bodies[f"VirtualService {name}"]["spec"] for name in (CART, "istio-ingress/api-acme-example"))
    assert "gateways" not in mesh
    assert "mesh" not in edge["gateways"]
    assert set(mesh["hosts"]).isdisjoint(edge["hosts"])


def test_faults_are_forbidden_where_a_mandate_says_so(repository: SmallRepository) -> None:
    repository.change("environments/prod.yaml", mandates={"fault": "forbidden"})
    repository.app(CART, traffic={"routes": {"a": {"paths": ["/a"], "fault": {"abort": {"status": 503}}}}})
    assert [code for code, _ in repository.findings()] == ["PC3101"]


@pytest.mark.parametrize(
    ("words", "balancer"),
    [
        ({"policy": "roundRobin"}, {"simple": "ROUND_ROBIN"}),
        ({"policy": "random"}, {"simple": "RANDOM"}),
        ({}, {"simple": "LEAST_REQUEST"}),
        ({"affinity": {"header": "x-user"}}, {"consistentHash": {"httpHeaderName": "x-user"}}),
        ({"affinity": {"cookie": "sid"}}, {"consistentHash": {"httpCookie": {"name": "sid", "ttl": "0s"}}}),
        (
            {"policy": "leastRequest", "affinity": {"cookie": "sid", "ttl": "1h"}},
            {"consistentHash": {"httpCookie": {"name": "sid", "ttl": "3600s"}}},
        ),
    ],
)
def test_load_balancer_chooses_as_the_manifest_says(repository: SmallRepository, words: Body, balancer: Body) -> None:
    repository.app(CART, traffic={"loadBalancer": words})
    assert policy(repository)["loadBalancer"] == balancer


def test_limits_and_ejection_are_written_with_their_zeros(repository: SmallRepository) -> None:
    breaker = {"maxConnections": 200, "maxPendingRequests": 100, "maxRequests": 1000, "maxRequestsPerConnection": 0}
    ejection = {"consecutiveErrors": 5, "interval": "10s", "ejectFor": "30s", "maxEjectionPercent": 0}
    repository.app(CART, resilience={"circuitBreaker": breaker, "outlierDetection": ejection})
    found = policy(repository)
    assert found["connectionPool"] == {
        "tcp": {"maxConnections": 200},
        "http": {"http1MaxPendingRequests": 100, "http2MaxRequests": 1000, "maxRequestsPerConnection": 0},
    }
    assert found["outlierDetection"]["maxEjectionPercent"] == 0


def test_decision_27_a_subset_repeats_the_policy_and_nobody_sets_tls(repository: SmallRepository) -> None:
    repository.app(
        CART,
        versions={"canary": CANARY},
        traffic={"loadBalancer": {"affinity": {"cookie": "sid"}}},
        resilience={"circuitBreaker": {"maxConnections": 7}, "outlierDetection": {"consecutiveErrors": 3}},
    )
    found = repository.specs(f"DestinationRule {CART}")
    assert [subset["name"] for subset in found["subsets"]] == ["stable", "canary"]
    assert all(subset["trafficPolicy"] == found["trafficPolicy"] for subset in found["subsets"])
    assert "tls" not in found["trafficPolicy"]


def two_regions(repository: SmallRepository) -> None:
    for name, region, address in (("prod", "eu-west-1", "203.0.113.9"), ("prod-us", "us-east-1", "203.0.113.10")):
        trust = {"trustDomain": f"acme.{name}", "trustDomainAliases": ["acme.prod", "acme.prod-us"]}
        mesh = {"id": "acme", "network": name, **trust, "eastWest": {"address": address}}
        gateways = {"public": {"namespace": "istio-ingress", "podLabels": {"istio": "ingress"}, "serviceAccount": "i"}}
        repository.write(
            f"clusters/{name}.yaml",
            "Cluster",
            environment="prod",
            region=region,
            versions={"kubernetes": "1.33", "istio": "1.29"},
            parts={"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1"},
            mesh=mesh,
            gateways=gateways,
        )


def test_decision_27_failover_brings_ejection_with_a_note(repository: SmallRepository) -> None:
    two_regions(repository)
    repository.app(CART, resilience={"failover": {"to": {"us-east-1": "eu-west-1", "eu-west-1": "us-east-1"}}})
    assert ("PC2467", "to:") in repository.findings()
    found = policy(repository)
    assert found["loadBalancer"] == {
        "simple": "LEAST_REQUEST",
        "localityLbSetting": {
            "enabled": True,
            "failover": [{"from": "eu-west-1", "to": "us-east-1"}, {"from": "us-east-1", "to": "eu-west-1"}],
        },
    }
    assert found["outlierDetection"]["consecutive5xxErrors"] == 5


def test_decision_28_failover_opens_the_way_there_and_names_callers_of_both_clusters(
    repository: SmallRepository,
) -> None:
    two_regions(repository)
    repository.app(CART, resilience={"failover": {"to": {"eu-west-1": "us-east-1"}}})
    files = {path: yaml.safe_load(content) for path, content in repository.files().items() if path.endswith(".yaml")}
    way = {"to": [{"ipBlock": {"cidr": "203.0.113.10/32"}}], "ports": [{"protocol": "TCP", "port": 15443}]}
    policies = {
        cluster: {
            app: files[f"clusters/{cluster}/shop/{app}/networkpolicy-{app}.yaml"]["spec"] for app in ("web", "cart")
        }
        for cluster in ("prod", "prod-us")
    }
    assert way in policies["prod"]["web"]["egress"]
    gateway = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}},
        "podSelector": {"matchLabels": {"istio": "eastwestgateway"}},
    }
    rule = {"from": [gateway], "ports": [{"protocol": "TCP", "port": 8080}]}
    assert rule in policies["prod-us"]["cart"]["ingress"]
    allowed = files["clusters/prod-us/shop/cart/authorizationpolicy-cart.yaml"]["spec"]["rules"]
    named = allowed[0]["from"][0]["source"]["principals"]
    assert set(named) == {f"acme.{cluster}/ns/shop/sa/web" for cluster in ("prod-us", "prod")}


def test_failover_through_a_gateway_that_has_only_a_name_is_told(repository: SmallRepository) -> None:
    two_regions(repository)
    names = {"trustDomain": "acme.prod-us", "trustDomainAliases": ["acme.prod"]}
    mesh = {"id": "acme", "network": "us", **names, "eastWest": {"address": "east.example"}}
    repository.change("clusters/prod-us.yaml", mesh=mesh)
    repository.app(CART, resilience={"failover": {"to": {"eu-west-1": "us-east-1"}}, "outlierDetection": {}})
    assert {code for code, _ in repository.findings()} == {"PC2490"}


def test_decision_29_versions_never_touch_the_stable_deployment_nor_any_policy(repository: SmallRepository) -> None:
    before = repository.files()
    repository.app(CART, versions={"canary": CANARY})
    after = repository.files()
    changed = {path.rpartition("/")[2] for path in after if before.get(path) != after[path]}
    assert {name for name in changed if name.endswith(".yaml")} == {
        "deployment-cart-canary.yaml",
        "destinationrule-cart.yaml",
        "virtualservice-cart.yaml",
    }
    repository.app(CART, versions=None)
    assert repository.files() == before


def test_a_version_has_the_identity_of_its_application_and_labels_of_its_own(repository: SmallRepository) -> None:
    repository.app(CART, versions={"canary": {**CANARY, "env": {"NEW": "1"}, "scale": {"min": 3}}})
    stable, canary = (repository.specs(f"Deployment {name}") for name in (CART, f"{CART}-canary"))
    pod = canary["template"]["spec"]
    assert pod["serviceAccountName"] == stable["template"]["spec"]["serviceAccountName"] == "cart"
    assert canary["selector"]["matchLabels"]["platformc.dev/version"] == "canary"
    assert stable["selector"]["matchLabels"]["platformc.dev/version"] == "stable"
    assert pod["containers"][0]["env"] == [{"name": "NEW", "value": "1"}]
    assert canary["replicas"] == 3


def test_a_weight_of_zero_is_written_and_gets_nothing(repository: SmallRepository) -> None:
    repository.app(CART, versions={"canary": {"image": "ghcr.io/acme/cart:1.1.0"}})
    weights = {to["destination"]["subset"]: to["weight"] for to in routes(repository)["http"]["route"]}
    assert weights == {"stable": 100, "canary": 0}


def test_the_version_that_wants_more_headers_is_asked_first(repository: SmallRepository) -> None:
    other = {"image": "ghcr.io/acme/cart:1.2.0", "match": {"headers": {"x-canary": "1", "x-beta": "1"}}}
    repository.app(CART, versions={"canary": CANARY, "zeta": other})
    assert list(routes(repository)) == ["http.zeta", "http.canary", "http"]


def test_connections_are_shared_out_where_requests_cannot_be_read(repository: SmallRepository) -> None:
    ports = {"http": {"port": 80, "targetPort": 8080}, "smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"}}
    repository.app(CART, ports=ports, versions={"canary": CANARY}, access={"web": {"from": ["web"]}})
    (rule,) = repository.specs(f"VirtualService {CART}")["tcp"]
    assert rule["match"] == [{"port": 25}]
    assert [(to["destination"]["subset"], to["weight"]) for to in rule["route"]] == [("stable", 90), ("canary", 10)]


def test_a_mirror_copies_to_a_version_but_not_its_own_requests(repository: SmallRepository) -> None:
    repository.app(CART, versions={"canary": CANARY}, traffic={"mirror": {"version": "canary", "percent": 0}})
    found = routes(repository)
    assert found["http"]["mirror"]["subset"] == "canary"
    assert found["http"]["mirrorPercentage"] == {"value": 0}
    assert "mirror" not in found["http.canary"]


def test_a_proxy_gets_the_resources_that_are_asked_for_it(repository: SmallRepository) -> None:
    resources = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
    repository.app(CART, mesh={"proxyResources": resources})
    marks = repository.specs(f"Deployment {CART}")["template"]["metadata"]["annotations"]
    assert marks == {
        "sidecar.istio.io/proxyCPU": "50m",
        "sidecar.istio.io/proxyMemory": "64Mi",
        "sidecar.istio.io/proxyMemoryLimit": "128Mi",
    }


def test_a_port_may_be_permissive_while_the_others_are_strict(repository: SmallRepository) -> None:
    ports = {"http": {"port": 80, "targetPort": 8080}, "front": {"port": 81, "mtls": "permissive"}}
    repository.app(CART, ports=ports)
    found = repository.specs(f"PeerAuthentication {CART}")
    assert found["mtls"] == {"mode": "STRICT"}
    assert found["portLevelMtls"] == {"81": {"mode": "PERMISSIVE"}, "8080": {"mode": "STRICT"}}


def test_decision_17_every_trust_domain_of_the_mesh_is_named(repository: SmallRepository) -> None:
    mesh = {"trustDomain": "acme.prod", "trustDomainAliases": ["acme.old"]}
    repository.change("clusters/prod.yaml", mesh=mesh)
    repository.app(CART, deny={"a": {"from": ["web"], "paths": ["/a"]}})
    identities = ["acme.prod/ns/shop/sa/web", "acme.old/ns/shop/sa/web"]
    for name, expected in ((CART, identities), (f"{CART}-deny", sorted(identities))):
        (rule,) = repository.specs(f"AuthorizationPolicy {name}")["rules"]
        assert rule["from"] == [{"source": {"principals": expected}}]


OUTSIDE: dict[str, dict[str, Any]] = {
    "access.web.paths": {"access": {"web": {"from": ["web"], "paths": ["/cart"]}}},
    "access.web.methods": {"access": {"web": {"from": ["web"], "methods": ["GET"]}}},
    "deny.admin.paths": {"deny": {"admin": {"paths": ["/admin/*"]}}},
    "deny.admin.from": {"deny": {"admin": {"from": ["web"]}}},
    "mesh.mtls": {"mesh": {"member": False, "mtls": "strict"}},
    "traffic.timeout": {"traffic": {"timeout": "2s"}},
    "resilience.outlierDetection.interval": {"resilience": {"outlierDetection": {"interval": "9s"}}},
    "versions.canary.weight": {"versions": {"canary": {"image": "ghcr.io/acme/cart:1.1.0", "weight": 1}}},
    "versions.canary.image": {"versions": {"canary": {"image": "ghcr.io/acme/cart:1.1.0"}}},
}


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("mesh", ["none", "istio-sidecar@1"])
def test_decision_6_what_a_program_without_a_proxy_cannot_have_is_an_error(
    repository: SmallRepository, path: str, mesh: str
) -> None:
    repository.change("clusters/prod.yaml", parts={"mesh": mesh, "ingress": "istio-gateway@1"})
    for ref in (CART, "shop/web", "pay/ledger"):
        repository.app(ref, mesh={"member": False})
    repository.app(CART, access=None)
    repository.app(CART, **OUTSIDE[path])
    found = repository.unmet()
    assert path in found


@pytest.mark.parametrize("mesh", ["none", "istio-sidecar@1"])
def test_a_limit_at_a_program_without_a_proxy_is_refused_with_its_reason_alone(
    repository: SmallRepository, mesh: str
) -> None:
    repository.change("clusters/prod.yaml", parts={"mesh": mesh, "ingress": "istio-gateway@1"})
    for ref in (CART, "shop/web", "pay/ledger"):
        repository.app(ref, mesh={"member": False})
    repository.app(CART, access=None, resilience={"rateLimit": {"requests": 5, "per": "1s"}})
    assert "resilience.rateLimit" in repository.refused()
    assert not [word for word in repository.unmet() if word.startswith("resilience")]


def test_scratch_space_of_a_proxy_is_no_word(repository: SmallRepository) -> None:
    repository.app(CART, mesh={"proxyResources": {"requests": {"ephemeral-storage": "1Gi"}}})
    assert [code for code, _ in repository.findings()] == ["PC1101"]


def test_resources_of_a_proxy_that_is_not_there_are_an_error(repository: SmallRepository) -> None:
    repository.app(CART, access=None, mesh={"member": False, "proxyResources": {"requests": {"cpu": "1"}}})
    assert "mesh.proxyResources.requests.cpu" in repository.unmet()
    repository.change("clusters/prod.yaml", parts={"mesh": "none", "ingress": "istio-gateway@1"})
    assert "mesh.proxyResources" in repository.refused()


def test_weights_that_somebody_else_moves_are_refused(repository: SmallRepository) -> None:
    repository.app(CART, versions={"canary": CANARY}, rollout={"weightsBy": "platformc"})
    repository.files()
    repository.app(CART, rollout={"weightsBy": "flagger"})
    assert repository.unmet() == ["rollout.weightsBy"]


def test_a_teams_default_for_requests_does_not_hinder_its_databases(repository: SmallRepository) -> None:
    repository.change("teams/pay/team.yaml", defaults={"traffic": {"timeout": "2s"}})
    repository.app(
        "pay/ledger", ports={"db": {"port": 5432, "protocol": "tcp"}}, access={"shop": {"from": ["shop/web"]}}
    )
    repository.files()
    repository.app("pay/ledger", traffic={"timeout": "2s"})
    assert [code for code, _ in repository.findings()] == ["PC2470"]


def test_a_service_outside_takes_no_paths_since_nobody_keeps_to_them(repository: SmallRepository) -> None:
    rule = {"from": ["shop/web"], "paths": ["/v1/*"]}
    ports = {"http": {"port": 80}}
    repository.write("teams/pay/stripe.yaml", "ExternalService", hosts=["a.example"], ports=ports, access={"a": rule})
    repository.app("shop/web", calls={"cart": {}, "pay/stripe": {}})
    assert [code for code, _ in repository.findings() if code != "PC2103"] == ["PC2472"]


EMPTY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("access", {"access": {"a": {"from": ["web"], "paths": []}}}),
    ("deny", {"deny": {"a": {"from": [], "paths": ["/a"]}}}),
    ("expose", {"expose": {"a": {"gateway": "public", "methods": []}}}),
    ("ranges", {"expose": {"a": {"gateway": "public", "sourceRanges": []}}}),
    ("delegate", {"expose": {"a": {"gateway": "public", "delegate": {"web": []}}}}),
    ("labels", {"access": {"a": {"from": [{"namespaceLabels": {}}]}}}),
    ("claims", {"access": {"a": {"from": ["web"], "jwt": "acme", "claims": {"scope": []}}}}),
    ("calls", {"calls": {"web": {"paths": []}}}),
    ("match", {"versions": {"a": {"image": "a.example/b:1", "match": {"headers": {}}}}}),
)


@pytest.mark.parametrize(("word", "spec"), EMPTY, ids=[word for word, _ in EMPTY])
def test_empty_never_means_everybody(repository: SmallRepository, word: str, spec: dict[str, Any]) -> None:
    repository.app(CART, **spec)
    assert "PC1106" in {code for code, _ in repository.findings()}, word


def test_closed_paths_close_no_connection_where_requests_cannot_be_read(repository: SmallRepository) -> None:
    repository.change("platform.yaml", closedPaths=["/metrics"])
    ports = {"http": {"port": 80, "targetPort": 8080}, "smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"}}
    access = {"web": {"from": ["web"], "ports": ["smtp"]}}
    repository.app(CART, ports=ports, access=access, expose={"web": {"gateway": "public"}})
    (rule,) = repository.specs(f"AuthorizationPolicy {CART}-deny")["rules"]
    assert rule["to"] == [{"operation": {"ports": ["8080"], "paths": ["/metrics"]}}]
