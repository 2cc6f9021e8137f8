"""Who reaches whom, computed from the output files alone: both network policies and the authorization policies.

The facts are those of the Online Boutique's own policies: each call with its exact gRPC methods, and nothing else.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

OUTPUT = Path(__file__).parents[2] / "fixtures" / "expected" / "online-boutique" / "clusters"
CLUSTERS = ("dev", "staging", "prod-eu", "prod-us")
PACKAGE = "/hipstershop."
FACTS: dict[tuple[str, str], list[str]] = {
    ("frontend", "adservice"): ["AdService/GetAds"],
    ("frontend", "cartservice"): ["CartService/AddItem", "CartService/GetCart", "CartService/EmptyCart"],
    ("checkoutservice", "cartservice"): ["CartService/AddItem", "CartService/GetCart", "CartService/EmptyCart"],
    ("frontend", "checkoutservice"): ["CheckoutService/PlaceOrder"],
    ("frontend", "currencyservice"): ["CurrencyService/Convert", "CurrencyService/GetSupportedCurrencies"],
    ("checkoutservice", "currencyservice"): ["CurrencyService/Convert", "CurrencyService/GetSupportedCurrencies"],
    ("checkoutservice", "emailservice"): ["EmailService/SendOrderConfirmation"],
    ("checkoutservice", "paymentservice"): ["PaymentService/Charge"],
    ("frontend", "productcatalogservice"): ["ProductCatalogService/GetProduct", "ProductCatalogService/ListProducts"],
    ("checkoutservice", "productcatalogservice"): [
        "ProductCatalogService/GetProduct",
        "ProductCatalogService/ListProducts",
    ],
    ("recommendationservice", "productcatalogservice"): [
        "ProductCatalogService/GetProduct",
        "ProductCatalogService/ListProducts",
    ],
    ("frontend", "recommendationservice"): ["RecommendationService/ListRecommendations"],
    ("frontend", "shippingservice"): ["ShippingService/GetQuote", "ShippingService/ShipOrder"],
    ("checkoutservice", "shippingservice"): ["ShippingService/GetQuote", "ShippingService/ShipOrder"],
}
METHODS = sorted({method for methods in FACTS.values() for method in methods} | {"CartService/Unlisted", "Other/Any"})
APPS = (
    *("frontend", "loadgenerator", "adservice", "cartservice", "redis-cart", "checkoutservice", "currencyservice"),
    *("emailservice", "paymentservice", "productcatalogservice", "recommendationservice", "shippingservice"),
)


@dataclass(frozen=True)
class Pod:
    """What policies see of a pod: its namespace, labels, ports and identity."""

    namespace: str
    labels: tuple[tuple[str, str], ...]
    ports: tuple[int, ...]
    principal: str


@dataclass(frozen=True)
class Request:
    """A connection to a port, and what is asked on it."""

    port: int
    method: str = "POST"
    path: str = "/"
    host: str = ""


class Cluster:
    """The policies and pods of one cluster's files."""

    def __init__(self, name: str) -> None:
        bodies = [yaml.safe_load(path.read_text()) for path in sorted((OUTPUT / name).rglob("*.yaml"))]
        self.network = [body for body in bodies if body["kind"] == "NetworkPolicy"]
        self.authorization = [body for body in bodies if body["kind"] == "AuthorizationPolicy"]
        self.namespaces = {body["metadata"]["name"] for body in bodies if body["kind"] == "Namespace"}
        self.pods = {body["metadata"]["name"]: _pod(body, name) for body in bodies if body["kind"] == "Deployment"}
        self.gateway = Pod(
            "istio-ingress", (("istio", "ingress"),), (), f"{name}.boutique.example/ns/istio-ingress/sa/ingress"
        )

    def connects(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether both network policies let a connection through."""
        return self._open(source, target, port, "egress", "to") and self._open(target, source, port, "ingress", "from")

    def _open(self, mine: Pod, other: Pod, port: int, direction: str, key: str) -> bool:
        chosen = [
            policy["spec"]
            for policy in self.network
            if policy["metadata"]["namespace"] == mine.namespace
            and direction.title() in policy["spec"]["policyTypes"]
            and _selects(policy["spec"]["podSelector"], mine)
        ]
        if not chosen:
            return True
        return any(
            any(entry["port"] == port for entry in rule["ports"]) and any(_peer(peer, other) for peer in rule[key])
            for spec in chosen
            for rule in spec.get(direction, [])
        )

    def authorizes(self, source: Pod, target: Pod, request: Request) -> bool:
        """Whether the target's proxy lets a request through: a DENY wins, and without a fitting ALLOW nothing does."""
        chosen = [
            policy["spec"]
            for policy in self.authorization
            if policy["metadata"]["namespace"] == target.namespace
            and _selects(policy["spec"].get("selector", {}), target)
        ]
        denied = any(_fits(spec, source, request) for spec in chosen if spec.get("action") == "DENY")
        return not denied and any(_fits(spec, source, request) for spec in chosen if spec.get("action") != "DENY")

    def reaches(self, source: Pod, target: Pod, request: Request) -> bool:
        """Whether a request gets through at every level."""
        return self.connects(source, target, request.port) and self.authorizes(source, target, request)


@cache
def cluster(name: str) -> Cluster:
    return Cluster(name)


def _pod(deployment: dict[str, Any], name: str) -> Pod:
    template = deployment["spec"]["template"]
    namespace = deployment["metadata"]["namespace"]
    ports = [port["containerPort"] for c in template["spec"]["containers"] for port in c.get("ports", [])]
    principal = f"{name}.boutique.example/ns/{namespace}/sa/{template['spec']['serviceAccountName']}"
    return Pod(namespace, tuple(sorted(template["metadata"]["labels"].items())), tuple(ports), principal)


def _selects(selector: dict[str, Any], pod: Pod) -> bool:
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= dict(pod.labels).items()


def _peer(peer: dict[str, Any], pod: Pod) -> bool:
    if "ipBlock" in peer:
        return False
    namespace = {"kubernetes.io/metadata.name": pod.namespace}
    wanted: dict[str, str] = peer["namespaceSelector"]["matchLabels"] if "namespaceSelector" in peer else {}
    return wanted.items() <= namespace.items() and _selects(peer.get("podSelector", {}), pod)


def _fits(spec: dict[str, Any], source: Pod, request: Request) -> bool:
    return any(_rule_fits(rule, source, request) for rule in spec.get("rules", []))


def _rule_fits(rule: dict[str, Any], source: Pod, request: Request) -> bool:
    sources = [entry["source"]["principals"] for entry in rule.get("from", [])]
    if sources and not any(source.principal in principals for principals in sources):
        return False
    asked = {"ports": str(request.port), "methods": request.method, "paths": request.path, "hosts": request.host}
    return not rule.get("to") or any(
        all(any(_matches(pattern, asked[key]) for pattern in patterns) for key, patterns in entry["operation"].items())
        for entry in rule["to"]
    )


def _matches(pattern: str, text: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


@pytest.mark.parametrize("name", CLUSTERS)
def test_every_application_is_there(name: str) -> None:
    assert set(cluster(name).pods) == set(APPS)
    assert cluster(name).namespaces == {"web", "catalog", "cart", "checkout"}


@pytest.mark.parametrize("name", CLUSTERS)
def test_each_pair_may_call_exactly_its_listed_methods(name: str) -> None:
    here = cluster(name)
    grpc = [app for app in APPS if app not in {"frontend", "loadgenerator", "redis-cart"}]
    for caller, callee in product(APPS, grpc):
        if caller == callee:
            continue
        port = here.pods[callee].ports[0]
        allowed = [
            method
            for method in METHODS
            if here.reaches(here.pods[caller], here.pods[callee], Request(port, path=PACKAGE + method))
        ]
        assert allowed == sorted(FACTS.get((caller, callee), [])), (caller, callee)


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_pair_without_a_call_cannot_even_connect(name: str) -> None:
    here = cluster(name)
    linked = {*FACTS, ("cartservice", "redis-cart"), ("loadgenerator", "frontend")}
    for caller, callee in product(APPS, APPS):
        for port in here.pods[callee].ports:
            if caller != callee:
                connected = here.connects(here.pods[caller], here.pods[callee], port)
                assert connected == ((caller, callee) in linked), (caller, callee)


@pytest.mark.parametrize("name", CLUSTERS)
def test_redis_is_reached_by_the_cart_alone(name: str) -> None:
    here = cluster(name)
    callers = [app for app in APPS if here.reaches(here.pods[app], here.pods["redis-cart"], Request(6379))]
    assert callers == ["cartservice"]


@pytest.mark.parametrize("name", CLUSTERS)
@pytest.mark.parametrize(("method", "allowed"), [("GET", True), ("POST", True), ("DELETE", False)])
def test_load_generator_and_gateway_reach_the_frontend_with_their_methods(
    name: str, method: str, *, allowed: bool
) -> None:
    here = cluster(name)
    target = here.pods["frontend"]
    hosts = {"prod-eu": "shop.example.com", "prod-us": "shop.example.com"}
    host = hosts.get(name, f"shop.{name}.example.com")
    assert here.reaches(here.pods["loadgenerator"], target, Request(8080, method, "/cart")) == allowed
    assert here.reaches(here.gateway, target, Request(8080, method, "/cart", host)) == allowed


@pytest.mark.parametrize("name", CLUSTERS)
def test_gateway_reaches_nothing_but_its_host_and_open_paths(name: str) -> None:
    here = cluster(name)
    target = here.pods["frontend"]
    host = "shop.example.com" if name.startswith("prod") else f"shop.{name}.example.com"
    assert not here.reaches(here.gateway, target, Request(8080, "GET", "/cart", "other.example.com"))
    assert not here.reaches(here.gateway, target, Request(8080, "GET", "/debug/pprof", host))
    assert not any(here.connects(here.gateway, here.pods[app], 8080) for app in APPS if app != "frontend")


@pytest.mark.parametrize("name", CLUSTERS)
def test_an_identity_of_another_cluster_is_a_stranger(name: str) -> None:
    here, other = cluster(name), cluster("dev" if name != "dev" else "staging")
    request = Request(9555, path=f"{PACKAGE}AdService/GetAds")
    assert here.authorizes(here.pods["frontend"], here.pods["adservice"], request)
    assert not here.authorizes(other.pods["frontend"], here.pods["adservice"], request)
