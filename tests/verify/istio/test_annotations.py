"""Annotations of Istio's: misplaced, unknown, with a bad value, unsettled; and deprecated fields."""

import pytest

from platform_compiler.verify.istio.annotation_table import ANNOTATIONS, LABELS
from tests.verify.istio.worlds import deployment, of_policies, policy, told

POD = "spec.template.metadata.annotations"


def annotated(kind: str, annotation: str) -> str:
    group = "networking.k8s.io/v1" if kind == "Ingress" else "v1"
    space = "" if kind == "Namespace" else ", namespace: shop"
    return f"---\napiVersion: {group}\nkind: {kind}\nmetadata: {{name: a{space}, annotations: {{{annotation}}}}}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (annotated("Namespace", "kubernetes.io/ingress.class: x"), "Namespace a"),
        (annotated("Service", "proxy.istio.io/config: x"), "Service shop/a"),
        (annotated("Namespace", "istio-injection: enabled"), "Namespace a"),
        (annotated("Namespace", "istio.io/rev: stable"), "Namespace a"),
        (annotated("Service", "istio.io/use-waypoint: w"), "Service shop/a"),
        (deployment(own="proxy.istio.io/config: x"), "Deployment shop/cart"),
        (deployment(annotations="networking.istio.io/exportTo: x"), "Deployment shop/cart"),
    ],
)
def test_annotation_on_a_kind_that_it_says_nothing_on_is_misplaced(text: str, expected: str) -> None:
    assert [line.rpartition(" ")[0] for line in told(text)] == [f"PC5236 {expected}"]


def test_cure_of_a_misplaced_annotation_says_where_it_belongs() -> None:
    of_pods = of_policies(deployment(own="proxy.istio.io/config: x"))[0]
    assert of_pods.help == "move it to the pods, below `template`"
    label = of_policies(annotated("Namespace", "istio-injection: enabled"))[0]
    assert label.help == "move it to `metadata.labels`"


@pytest.mark.parametrize(
    "text",
    [
        annotated("Service", "networking.istio.io/exportTo: '.'"),
        annotated("Ingress", "kubernetes.io/ingress.class: istio"),
        annotated("Namespace", "networking.istio.io/traffic-distribution: PreferClose"),
        annotated("Service", "galley.istio.io/analyze-suppress: '*'"),
        annotated("Service", "kubernetes.io/psp: x"),
        annotated("Service", "notistio.io/exportTo: x"),
        annotated("Service", "internal.istio.io/parents: x"),
        annotated("ConfigMap", "sidecar.istio.io/whatever: x"),
        deployment(annotations="proxy.istio.io/config: x"),
        deployment(annotations="istio.io/rev: x"),
    ],
)
def test_annotation_where_it_belongs_or_that_is_not_istios_is_fine(text: str) -> None:
    assert told(text) == []


def test_unknown_annotation_is_told_with_what_it_is_near_to() -> None:
    (fault,) = of_policies(annotated("Service", "networking.istio.io/exportThree: x"))
    assert (fault.code, fault.help) == ("PC5237", "did you mean `networking.istio.io/exportTo`?")
    assert told(deployment(annotations="unknown.istio.io/x: z")) == [
        f"PC5237 Deployment shop/cart {POD}.unknown.istio.io/x"
    ]


BAD_VALUES = {
    "readiness.status.sidecar.istio.io/initialDelaySeconds": ("bar", "10"),
    "sidecar.istio.io/interceptionMode": ("redirect", "TPROXY"),
    "sidecar.istio.io/proxyCPU": ("lots", "100m"),
    "sidecar.istio.io/proxyMemory": ("1 Gi", "1Gi"),
    "sidecar.istio.io/rewriteAppHTTPProbers": ("on", "true"),
    "status.sidecar.istio.io/port": ("65536", "15021"),
    "traffic.sidecar.istio.io/excludeInboundPorts": ("http", "8080, 9090"),
    "traffic.sidecar.istio.io/includeInboundPorts": ("8080;9090", "*"),
    "traffic.sidecar.istio.io/excludeOutboundIPRanges": ("10.0.0.1", "10.0.0.0/8"),
    "traffic.sidecar.istio.io/includeOutboundIPRanges": ("10.0.0.0/33", "*"),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_value_that_the_injector_refuses_is_told_and_another_is_not(name: str) -> None:
    bad, good = BAD_VALUES[name]
    told_of_bad = told(deployment(annotations=f"{name}: '{bad}'"))
    assert f"PC5238 Deployment shop/cart {POD}.{name}" in told_of_bad
    assert "PC5238" not in "".join(told(deployment(annotations=f"{name}: '{good}'")))


def test_every_type_of_value_is_judged() -> None:
    types = {known.value for known in ANNOTATIONS.values() if known.value}
    assert types == {ANNOTATIONS[name].value for name in BAD_VALUES}


@pytest.mark.parametrize(
    "annotation", ["sidecar.istio.io/statsInclusionPrefixes: x", "sidecar.istio.io/proxyCPU: 100m"]
)
def test_deprecated_and_alpha_annotations_are_noted(annotation: str) -> None:
    name = annotation.partition(":")[0]
    assert told(deployment(annotations=annotation)) == [f"PC5239 Deployment shop/cart {POD}.{name}"]


def test_annotation_for_injection_is_noted_unless_the_label_is_there_too() -> None:
    annotation = "sidecar.istio.io/inject: 'true'"
    assert told(deployment(annotations=annotation)) == [f"PC5239 Deployment shop/cart {POD}.sidecar.istio.io/inject"]
    assert told(deployment(annotations=annotation, labels=annotation)) == []


def test_no_name_is_both_a_label_and_an_annotation() -> None:
    assert not LABELS & set(ANNOTATIONS)


ROUTE = "{hosts: [h], http: [{name: a}, {%s, route: [{destination: {host: h}}]}]}"
RULE = "{host: h, trafficPolicy: {%s}}"


@pytest.mark.parametrize(
    ("kind", "spec", "field"),
    [
        ("VirtualService", ROUTE % "fault: {delay: {fixedDelay: 1s, percent: 5}}", "http[1].fault.delay.percent"),
        ("VirtualService", ROUTE % "mirrorPercent: 5", "http[1].mirrorPercent"),
        ("VirtualService", ROUTE % "corsPolicy: {allowOrigin: ['*']}", "http[1].corsPolicy.allowOrigin"),
        ("Sidecar", "{outboundTrafficPolicy: {egressProxy: {host: h}}}", "outboundTrafficPolicy.egressProxy"),
        (
            "DestinationRule",
            RULE % "outlierDetection: {consecutiveErrors: 5}",
            "trafficPolicy.outlierDetection.consecutiveErrors",
        ),
        (
            "DestinationRule",
            "{host: h, subsets: [{name: a, trafficPolicy: {loadBalancer: {warmupDurationSecs: 30s}}}]}",
            "subsets[0].trafficPolicy.loadBalancer.warmupDurationSecs",
        ),
    ],
)
def test_deprecated_field_is_told_at_its_place(kind: str, spec: str, field: str) -> None:
    assert told(policy(kind, spec)) == [f"PC5240 {kind} shop/p spec.{field}"]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("VirtualService", ROUTE % "fault: {delay: {fixedDelay: 1s, percentage: {value: 5}}}"),
        ("VirtualService", ROUTE % "fault: {delay: {fixedDelay: 1s, percent: 0}}"),
        ("Sidecar", "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}"),
        ("DestinationRule", RULE % "outlierDetection: {consecutive5xxErrors: 5}"),
    ],
)
def test_field_that_stays_is_fine(kind: str, spec: str) -> None:
    assert told(policy(kind, spec)) == []
