"""Calls across clusters of one mesh under `istio-sidecar`: decisions of MODEL §4 on what each cluster is given."""

from pathlib import Path

import pytest

from tests.small_repository import Body
from tests.two_clusters import ADDRESSES, TwoClusters

CART = "shop/cart"
HOST = "cart.shop.svc.cluster.local"
WAY = {"to": [{"ipBlock": {"cidr": "203.0.113.10/32"}}], "ports": [{"protocol": "TCP", "port": 15443}]}


@pytest.fixture
def repository(tmp_path: Path) -> TwoClusters:
    return TwoClusters(tmp_path / "repository")


@pytest.fixture
def apart(repository: TwoClusters) -> TwoClusters:
    """The cart runs in America alone; web, which calls it, on both clusters."""
    repository.app(CART, placement={"clusters": ["prod-us"]})
    return repository


def principals(policy: Body) -> list[list[str]]:
    return [source["source"]["principals"] for rule in policy["spec"]["rules"] for source in rule["from"]]


def test_decision_21_callers_find_namespace_service_and_rules_where_no_pods_are(apart: TwoClusters) -> None:
    bodies = apart.of("prod")
    kinds = {name.split()[0] for name in bodies if name.endswith(f" {CART}")}
    assert kinds == {"Service", "VirtualService", "DestinationRule"}
    assert "Namespace /shop" in bodies
    service = bodies[f"Service {CART}"]["spec"]
    assert "selector" not in service
    assert service["ports"] == apart.of("prod-us")[f"Service {CART}"]["spec"]["ports"]


def test_decision_21_another_teams_namespace_comes_along_with_its_walls(repository: TwoClusters) -> None:
    repository.app("pay/ledger", placement={"clusters": ["prod-us"]})
    bodies = repository.of("prod")
    for name in ("Namespace /pay", "NetworkPolicy pay/default-deny", "AuthorizationPolicy pay/allow-nothing"):
        assert name in bodies
    assert bodies["VirtualService pay/ledger"]["spec"]["exportTo"] == [".", "shop"]


def test_decision_20_rules_stand_in_the_providers_namespace_on_both_clusters(apart: TwoClusters) -> None:
    for cluster in ADDRESSES:
        bodies = apart.of(cluster)
        hosts = [b for b in bodies.values() if b["kind"] == "DestinationRule" and b["spec"]["host"] == HOST]
        assert [rule["metadata"]["namespace"] for rule in hosts] == ["shop"]


def test_decision_3_reachable_is_one_mesh_whose_networks_both_have_a_gateway(apart: TwoClusters) -> None:
    assert apart.findings() == []
    for mesh in ({"id": "other"}, {"eastWest": None}, {"network": "prod-us"}):
        apart.cluster("prod", mesh=mesh)
        assert "PC2003" in {code for code, _ in apart.findings()}


@pytest.mark.parametrize("part", ["none", "istio-ambient@1"])
def test_decision_3_no_way_leads_to_a_cluster_without_sidecars(apart: TwoClusters, part: str) -> None:
    if part != "none" and not Path("blueprints", part.partition("@")[0]).exists():
        pytest.skip("there is no such part")
    apart.cluster("prod-us", parts={"mesh": part})
    assert "PC2003" in {code for code, _ in apart.findings()}


def test_decision_28_calls_across_two_ambient_clusters_are_an_error_at_the_callers_line(apart: TwoClusters) -> None:
    for name in ("prod", "prod-us"):
        apart.cluster(name, parts={"mesh": "istio-ambient@1"})
    lines = [line for code, line in apart.findings() if code == "PC2003"]
    assert lines == ["calls: {cart: {}, pay/ledger: {}}"]


def test_decision_3_callers_without_a_proxy_find_no_way(apart: TwoClusters) -> None:
    apart.app("shop/web", mesh={"member": False})
    assert "PC2003" in {code for code, _ in apart.findings()}


def test_decision_28_callers_may_go_to_the_other_gateway_and_pods_let_in_their_own(apart: TwoClusters) -> None:
    assert WAY in apart.of("prod")["NetworkPolicy shop/web"]["spec"]["egress"]
    gateway = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "istio-system"}},
        "podSelector": {"matchLabels": {"istio": "eastwestgateway"}},
    }
    rule = {"from": [gateway], "ports": [{"protocol": "TCP", "port": 8080}]}
    assert rule in apart.of("prod-us")["NetworkPolicy shop/cart"]["spec"]["ingress"]


def test_decision_28_no_policy_opens_to_pods_that_are_on_another_cluster(repository: TwoClusters) -> None:
    repository.app("shop/web", placement={"clusters": ["prod"]})
    repository.app(CART, placement={"clusters": ["prod-us"]})
    ingress = repository.of("prod-us")["NetworkPolicy shop/cart"]["spec"]["ingress"]
    assert [rule["from"][0]["podSelector"]["matchLabels"] for rule in ingress] == [{"istio": "eastwestgateway"}]
    egress = repository.of("prod")["NetworkPolicy shop/web"]["spec"]["egress"]
    assert not any("app.kubernetes.io/name': 'cart" in str(rule) for rule in egress)


def test_decision_17_rules_name_callers_of_all_clusters_under_every_trust_domain(apart: TwoClusters) -> None:
    for name, other in (("prod", "prod-us"), ("prod-us", "prod")):
        apart.cluster(name, mesh={"trustDomainAliases": [f"{other}.acme", "old.acme"]})
    domains = {"prod.acme", "prod-us.acme", "old.acme"}
    (named,) = principals(apart.of("prod-us")[f"AuthorizationPolicy {CART}"])
    assert set(named) == {f"{domain}/ns/shop/sa/web" for domain in domains}


def test_decision_17_callers_with_other_grants_on_other_clusters_have_rules_of_their_own(
    repository: TwoClusters,
) -> None:
    for name in ADDRESSES:
        repository.cluster(name, mesh={"trustDomainAliases": None, "trustDomain": "acme"})
    repository.cluster("prod", mesh={"trustDomain": "eu", "trustDomainAliases": ["us"]})
    repository.cluster("prod-us", mesh={"trustDomain": "us", "trustDomainAliases": ["eu"]})
    calls = {"cart": {"methods": ["GET"]}, "pay/ledger": {}}
    repository.app("shop/web", calls=calls, clusters={"prod-us": {"calls": {"cart": {"methods": ["POST"]}}}})
    rules = repository.of("prod")[f"AuthorizationPolicy {CART}"]["spec"]["rules"]
    found = [(r["from"][0]["source"]["principals"][0], r["to"][0]["operation"]["methods"]) for r in rules]
    assert sorted(found) == [("eu/ns/shop/sa/web", ["GET"]), ("us/ns/shop/sa/web", ["POST"])]


def test_decision_19_what_is_called_from_afar_is_exported_to_the_gateway_between_networks(apart: TwoClusters) -> None:
    bodies = apart.of("prod-us")
    for kind in ("VirtualService", "DestinationRule"):
        assert bodies[f"{kind} {CART}"]["spec"]["exportTo"] == [".", "istio-system"]
    exported = bodies[f"Service {CART}"]["metadata"]["annotations"]["networking.istio.io/exportTo"]
    assert exported == ".,istio-system"


def test_the_gateway_between_networks_passes_on_called_hosts_alone(apart: TwoClusters) -> None:
    apart.app("shop/web", placement={"clusters": ["prod"]})
    bodies = apart.of("prod-us")
    (server,) = bodies["Gateway istio-system/east-west"]["spec"]["servers"]
    assert server["hosts"] == [HOST, "ledger.pay.svc.cluster.local"]  # web is on one cluster alone
    assert server["tls"] == {"mode": "AUTO_PASSTHROUGH"}
    assert server["port"]["number"] == 15443
    egress = bodies["NetworkPolicy istio-system/east-west"]["spec"]["egress"]
    peers = [rule["to"][0]["podSelector"]["matchLabels"].get("app.kubernetes.io/name") for rule in egress]
    assert peers == ["cart", "ledger", None, None]


def test_the_gateway_between_networks_is_gone_with_the_last_call_from_afar(apart: TwoClusters) -> None:
    for ref in ("shop/web", "pay/ledger"):
        apart.app(ref, placement={"clusters": ["prod-us"]})
    for cluster in ADDRESSES:
        assert "Gateway istio-system/east-west" not in apart.of(cluster)
    assert "Service shop/cart" not in apart.of("prod")


def test_pods_say_which_network_they_are_in_where_there_are_several(repository: TwoClusters) -> None:
    template = repository.of("prod")[f"Deployment {CART}"]["spec"]["template"]
    assert template["metadata"]["labels"]["topology.istio.io/network"] == "prod"


def test_decision_28_requests_stay_near_where_an_application_runs_on_several_clusters(
    repository: TwoClusters,
) -> None:
    near = repository.of("prod")[f"DestinationRule {CART}"]["spec"]["trafficPolicy"]
    assert near["loadBalancer"]["localityLbSetting"] == {"enabled": True}
    assert near["outlierDetection"]["consecutive5xxErrors"] == 5
    repository.app(CART, placement={"clusters": ["prod"]})
    assert "outlierDetection" not in repository.of("prod")[f"DestinationRule {CART}"]["spec"]["trafficPolicy"]


def test_a_callee_on_both_clusters_is_open_to_callers_of_both(repository: TwoClusters) -> None:
    bodies = repository.of("prod")
    assert WAY in bodies["NetworkPolicy shop/web"]["spec"]["egress"]
    (named,) = principals(bodies[f"AuthorizationPolicy {CART}"])
    assert set(named) == {"prod.acme/ns/shop/sa/web", "prod-us.acme/ns/shop/sa/web"}


def test_traces_find_the_collector_on_both_clusters(repository: TwoClusters) -> None:
    """Istio shares them out like other requests, so half of them would be lost where a way was shut."""
    repository.app("shop/collector", ports={"otlp": {"port": 4317, "protocol": "grpc"}})
    for cluster in ADDRESSES:
        repository.cluster(cluster, tracing={"app": "shop/collector"})
    repository.app("pay/ledger", observe={"tracing": {"samplePercent": 5}})
    bodies = repository.of("prod")
    assert WAY in bodies["NetworkPolicy pay/ledger"]["spec"]["egress"]
    hosts = bodies["Gateway istio-system/east-west"]["spec"]["servers"][0]["hosts"]
    assert "collector.shop.svc.cluster.local" in hosts
    near = bodies["DestinationRule shop/collector"]["spec"]["trafficPolicy"]["loadBalancer"]
    assert near["localityLbSetting"] == {"enabled": True}


def test_gateways_find_pods_of_what_they_expose_on_both_clusters(repository: TwoClusters) -> None:
    bodies = repository.of("prod")
    assert WAY in bodies["NetworkPolicy istio-ingress/gateway-public-east-west"]["spec"]["egress"]
    named = [name for names in principals(bodies["AuthorizationPolicy shop/web"]) for name in names]
    assert {f"{cluster}.acme/ns/istio-ingress/sa/ingress" for cluster in ADDRESSES} <= set(named)
    gateway = {"istio": "eastwestgateway"}
    ingress = bodies["NetworkPolicy shop/web"]["spec"]["ingress"]
    assert gateway in [rule["from"][0]["podSelector"]["matchLabels"] for rule in ingress]
    assert "web.shop.svc.cluster.local" in bodies["Gateway istio-system/east-west"]["spec"]["servers"][0]["hosts"]
    near = bodies["DestinationRule shop/web"]["spec"]["trafficPolicy"]["loadBalancer"]
    assert near["localityLbSetting"] == {"enabled": True}


def test_what_is_exposed_on_one_cluster_alone_lets_in_its_own_gateway_alone(repository: TwoClusters) -> None:
    repository.app("shop/web", clusters={"prod-us": {"expose": None}})
    assert "AuthorizationPolicy shop/web" not in repository.of("prod-us")
    for cluster in ADDRESSES:
        assert "NetworkPolicy istio-ingress/gateway-public-east-west" not in repository.of(cluster)


def test_versions_of_a_callee_on_another_cluster_are_told_apart_at_the_caller(apart: TwoClusters) -> None:
    apart.app(CART, versions={"canary": {"image": "ghcr.io/acme/cart:1.1.0", "weight": 10}})
    bodies = apart.of("prod")
    route = bodies[f"VirtualService {CART}"]["spec"]["http"][0]["route"]
    assert {to["destination"]["subset"]: to["weight"] for to in route} == {"stable": 90, "canary": 10}
    assert [subset["name"] for subset in bodies[f"DestinationRule {CART}"]["spec"]["subsets"]] == ["stable", "canary"]


def machine(network: str | None) -> Body:
    endpoint = {"address": "10.1.0.5", **({"network": network} if network else {})}
    return {
        "location": "mesh",
        "hosts": ["erp.shop.internal"],
        "ports": {"http": {"port": 80}},
        "endpoints": {"a": endpoint},
        "identity": {"namespace": "shop", "serviceAccount": "erp"},
    }


def test_machines_stand_on_the_clusters_of_their_network(repository: TwoClusters) -> None:
    repository.write("teams/shop/erp.yaml", "ExternalService", **machine("prod"))
    repository.app("shop/web", calls={"cart": {}, "erp": {}}, clusters={"prod-us": {"calls": {"erp": None}}})
    assert repository.of("prod")["WorkloadEntry shop/erp.a"]["spec"]["network"] == "prod"
    assert not any("shop/erp" in name for name in repository.of("prod-us"))


def test_a_machine_in_another_network_is_told_at_its_caller(repository: TwoClusters) -> None:
    repository.write("teams/shop/erp.yaml", "ExternalService", **machine("prod"))
    repository.app("shop/web", calls={"cart": {}, "erp": {}})
    assert "PC2003" in {code for code, _ in repository.findings()}


def test_machines_that_call_come_in_on_each_cluster_by_their_addresses_there(repository: TwoClusters) -> None:
    there = {name: f"10.{number}.0.5" for number, name in enumerate(ADDRESSES)}
    endpoints = {name: {"address": address, "network": name} for name, address in there.items()}
    erp = {**machine(None), "endpoints": endpoints, "calls": {"cart": {}}}
    repository.write("teams/shop/erp.yaml", "ExternalService", **erp)
    for cluster, address in there.items():
        rules = repository.of(cluster)[f"NetworkPolicy {CART}"]["spec"]["ingress"]
        blocks = [peer["ipBlock"]["cidr"] for rule in rules for peer in rule["from"] if "ipBlock" in peer]
        assert blocks == [f"{address}/32"]


@pytest.mark.parametrize("network", [None, "cellar"])
def test_a_machine_in_no_network_that_is_known_is_told(repository: TwoClusters, network: str | None) -> None:
    repository.write("teams/shop/erp.yaml", "ExternalService", **machine(network))
    assert "PC2505" in {code for code, _ in repository.findings()}


def test_a_patch_of_what_callers_need_holds_at_the_caller_too(apart: TwoClusters) -> None:
    merge = {"spec": {"internalTrafficPolicy": "Cluster"}}
    patch = {"target": "Service/cart", "merge": merge, "reason": "old clients", "expires": "2026-08-31"}
    apart.app(CART, patches={"service": patch})
    for cluster in ADDRESSES:
        assert apart.of(cluster)[f"Service {CART}"]["spec"]["internalTrafficPolicy"] == "Cluster"


def test_addresses_in_env_are_the_same_wherever_the_callee_runs(apart: TwoClusters) -> None:
    apart.app("shop/web", env={"CART": {"call": "cart"}})
    for cluster in ADDRESSES:
        container = apart.of(cluster)["Deployment shop/web"]["spec"]["template"]["spec"]["containers"][0]
        assert {"name": "CART", "value": f"http://{HOST}"} in container["env"]


def test_what_the_callees_owner_takes_back_takes_every_object_along(apart: TwoClusters) -> None:
    apart.app(CART, access={"web": {"from": ["nobody"]}})
    apart.change("teams/shop/team.yaml", sameTeamCalls="explicit")
    apart.app("shop/web", calls={"cart": {"optional": True}})
    assert not any(name.endswith(f" {CART}") for name in apart.of("prod"))
