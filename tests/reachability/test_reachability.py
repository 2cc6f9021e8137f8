"""Who reaches whom, computed from the output files alone: both network policies and the authorization policies.

The facts are those of the Online Boutique's own policies: each call with its exact gRPC methods, and nothing else.
"""

from functools import cache
from itertools import product
from pathlib import Path

import pytest

from tests import plain_yaml
from tests.reachability.simulator import Cluster, Request

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


@cache
def cluster(name: str) -> Cluster:
    bodies = [plain_yaml.read(path.read_text()) for path in sorted((OUTPUT / name).rglob("*.yaml"))]
    return Cluster(bodies, f"{name}.boutique.example")


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
