"""Patches of proxies, telemetry and plugins."""

import pytest

from tests.verify.istio.worlds import deployment, policy, told

OPERATION = "EnvoyFilter shop/p spec.configPatches[0].patch.operation"


def patch(operation: str, kind: str, more: str = "", match: str = "") -> str:
    entry = f"{{applyTo: {kind}, {match}patch: {{operation: {operation}}}}}"
    return policy("EnvoyFilter", f"{{{more}configPatches: [{entry}]}}")


@pytest.mark.parametrize("operation", ["INSERT_BEFORE", "INSERT_AFTER", "REMOVE", "REPLACE"])
def test_patch_relative_to_others_is_told_unless_it_has_a_priority(operation: str) -> None:
    assert told(patch(operation, "HTTP_FILTER")) == [f"PC5255 {OPERATION}"]
    assert told(patch(operation, "HTTP_FILTER", "priority: 0, ")) == [f"PC5255 {OPERATION}"]
    assert told(patch(operation, "HTTP_FILTER", "priority: 10, ")) == []


def test_patch_of_one_version_of_the_proxy_is_told_too() -> None:
    match = "match: {proxy: {proxyVersion: ^1\\.29.*}}, "
    assert told(patch("INSERT_BEFORE", "HTTP_FILTER", match=match)) == [f"PC5255 {OPERATION}"]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("REPLACE", "CLUSTER"),
        ("REPLACE", "HTTP_ROUTE"),
        ("ADD", "HTTP_ROUTE"),
        ("ADD", "ROUTE_CONFIGURATION"),
        ("REMOVE", "ROUTE_CONFIGURATION"),
    ],
)
def test_patch_that_is_ignored_is_told_and_nothing_else_of_it(operation: str, kind: str) -> None:
    assert told(patch(operation, kind)) == [f"PC5256 {OPERATION}"]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [("MERGE", "HTTP_ROUTE"), ("ADD", "CLUSTER"), ("INSERT_FIRST", "HTTP_FILTER"), ("ADD", "VIRTUAL_HOST")],
)
def test_patch_with_a_fixed_place_is_fine(operation: str, kind: str) -> None:
    assert told(patch(operation, kind)) == []


CART = "selector: {matchLabels: {app: cart}}, "
EMPTY = "accessLogging: [{filter: {expression: 'true'}}]"
ENVOY = "accessLogging: [{providers: [{name: envoy}]}]"


def telemetry(spec: str, name: str = "p", space: str = "shop") -> str:
    return policy("Telemetry", f"{{{spec}}}", name, space)


@pytest.mark.parametrize("text", [telemetry(EMPTY), telemetry(EMPTY) + telemetry(CART + ENVOY, "q")])
def test_access_logs_without_a_provider_are_told(text: str) -> None:
    assert told(text) == ["PC5257 Telemetry shop/p spec.accessLogging[0]"]


@pytest.mark.parametrize(
    "text",
    [
        telemetry(ENVOY),
        telemetry(EMPTY) + telemetry(ENVOY, space="istio-system"),
        telemetry(CART + EMPTY) + telemetry(ENVOY, "q"),
        telemetry("accessLogging: [{disabled: true}]"),
        telemetry("tracing: [{randomSamplingPercentage: 5}]"),
    ],
)
def test_access_logs_with_a_provider_of_their_own_or_from_above_are_fine(text: str) -> None:
    assert told(text) == []


def test_telemetries_for_the_same_pods_are_told_of_the_later_one() -> None:
    assert told(telemetry(ENVOY, "a") + telemetry(ENVOY, "b")) == [
        "PC5258 Telemetry shop/b metadata.name",
    ]
    assert told(deployment() + telemetry(CART + ENVOY, "a") + telemetry(CART + ENVOY, "b")) == [
        "PC5258 Telemetry shop/b spec.selector",
    ]


@pytest.mark.parametrize(
    "text",
    [
        telemetry(ENVOY, "a") + telemetry(ENVOY, "b", "istio-system"),
        telemetry(ENVOY, "a") + telemetry("targetRefs: [{kind: Gateway, name: g}], " + ENVOY, "b"),
        deployment() + telemetry(ENVOY, "a") + telemetry(CART + ENVOY, "b"),
        telemetry(CART + ENVOY, "a") + telemetry(CART + ENVOY, "b"),
    ],
)
def test_telemetries_for_different_pods_are_fine(text: str) -> None:
    assert told(text) == []


DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize("url", ["oci://r.example/p:1.2", "r.example/p:1.2", "https://r.example/p.wasm"])
def test_plugin_that_may_change_is_told(url: str) -> None:
    assert told(policy("WasmPlugin", f"{{url: '{url}'}}")) == ["PC5259 WasmPlugin shop/p spec.url"]
    assert told(policy("TrafficExtension", f"{{wasm: {{url: '{url}'}}}}")) == [
        "PC5259 TrafficExtension shop/p spec.wasm.url"
    ]
    assert told(policy("WasmPlugin", f"{{url: '{url}', sha256: '{'0' * 64}'}}")) == []


@pytest.mark.parametrize("url", [f"oci://r.example/p@{DIGEST}", f"r.example/p:1.2@{DIGEST}", "file:///opt/p.wasm"])
def test_plugin_that_stays_the_same_is_fine(url: str) -> None:
    assert told(policy("WasmPlugin", f"{{url: '{url}'}}")) == []
