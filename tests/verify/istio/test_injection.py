"""Who is in the mesh: namespaces and pods outside it, labels that contradict, pods in the way of their proxy."""

import pytest

from tests.verify.istio.worlds import deployment, namespace, policy, told

SELECTS_CART = "{selector: {matchLabels: {app: cart}}, action: ALLOW, rules: [{from: [{source: {principals: ['*']}}]}]}"
GUARD = policy("AuthorizationPolicy", SELECTS_CART)
NOT_INJECTED = "sidecar.istio.io/inject: 'false'"
UNSAID = namespace("team: a")
OTHER_IN_MESH = namespace(name="other")


@pytest.mark.parametrize(
    "text",
    [
        UNSAID + OTHER_IN_MESH + deployment(),
        UNSAID + deployment() + policy("Sidecar", "{egress: [{hosts: [./*]}]}", space="other"),
    ],
)
def test_namespace_with_pods_that_says_nothing_of_a_mesh_that_is_there_is_noted(text: str) -> None:
    assert told(text) == ["PC5231 Namespace shop metadata.name"]


@pytest.mark.parametrize(
    "text",
    [
        UNSAID + deployment(),
        UNSAID + OTHER_IN_MESH,
        namespace("istio-injection: disabled") + OTHER_IN_MESH + deployment(),
        namespace("istio.io/rev: stable") + deployment(),
        namespace("istio.io/dataplane-mode: ambient") + deployment(),
        namespace("istio.io/dataplane-mode: none") + OTHER_IN_MESH + deployment(),
        UNSAID + OTHER_IN_MESH + deployment(labels="sidecar.istio.io/inject: 'true'"),
        UNSAID + OTHER_IN_MESH + deployment(labels=NOT_INJECTED),
        namespace("a: b", "kube-system") + OTHER_IN_MESH + deployment("kube-system/cart"),
    ],
)
def test_namespace_that_says_where_its_pods_belong_or_that_has_none_is_not_noted(text: str) -> None:
    assert told(text) == []


def test_namespace_is_not_noted_where_not_all_of_the_cluster_is_there() -> None:
    assert told(UNSAID + OTHER_IN_MESH + deployment(), whole=False) == []


@pytest.mark.parametrize(
    ("space", "pods", "field"),
    [
        (namespace(), deployment(labels=NOT_INJECTED), "spec.template.metadata.labels.sidecar.istio.io/inject"),
        (
            namespace("istio.io/rev: stable"),
            deployment(labels=NOT_INJECTED, annotations="sidecar.istio.io/inject: 'true'"),
            "spec.template.metadata.labels.sidecar.istio.io/inject",
        ),
        (namespace(), deployment(spec="hostNetwork: true"), "spec.template.spec.hostNetwork"),
        (
            namespace("istio.io/dataplane-mode: ambient"),
            deployment(labels="istio.io/dataplane-mode: none"),
            "spec.template.metadata.labels.istio.io/dataplane-mode",
        ),
        (namespace("istio-injection: disabled"), deployment(), "metadata.name"),
    ],
)
def test_pods_outside_the_mesh_that_a_policy_selects_are_told(space: str, pods: str, field: str) -> None:
    assert f"PC5232 Deployment shop/cart {field}" in told(space + pods + GUARD)


@pytest.mark.parametrize(
    "text",
    [
        namespace() + deployment() + GUARD,
        namespace() + deployment("job", labels=NOT_INJECTED) + GUARD,
        namespace() + deployment(labels=NOT_INJECTED),
        namespace() + deployment(labels=NOT_INJECTED) + policy("AuthorizationPolicy", "{}"),
        namespace()
        + deployment(labels=NOT_INJECTED)
        + policy("PeerAuthentication", "{selector: {matchLabels: {app: cart}}, mtls: {mode: DISABLE}}"),
        deployment(labels=NOT_INJECTED) + GUARD,
    ],
)
def test_pods_outside_the_mesh_that_no_policy_guards_are_nobodys_mistake(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("labels", "field"),
    [
        ("istio-injection: enabled, istio.io/rev: stable", "istio.io/rev"),
        ("istio-injection: disabled, istio.io/rev: stable", "istio.io/rev"),
        ("istio-injection: enabled, istio.io/dataplane-mode: ambient", "istio.io/dataplane-mode"),
    ],
)
def test_namespace_with_several_labels_of_injection_is_told(labels: str, field: str) -> None:
    assert told(namespace(labels)) == [f"PC5233 Namespace shop metadata.labels.{field}"]


@pytest.mark.parametrize(
    "labels",
    [
        "istio.io/rev: stable",
        "istio-injection: disabled, istio.io/dataplane-mode: ambient",
        "istio.io/rev: stable, istio.io/dataplane-mode: ambient",
        "istio-injection: enabled, istio.io/dataplane-mode: none",
    ],
)
def test_labels_of_a_namespace_that_agree_are_fine(labels: str) -> None:
    assert told(namespace(labels)) == []


@pytest.mark.parametrize(
    ("pods", "field"),
    [
        (deployment(spec="securityContext: {runAsUser: 1337}"), "securityContext.runAsUser"),
        (
            deployment(container="securityContext: {runAsUser: 1337}"),
            "containers[0].securityContext.runAsUser",
        ),
    ],
)
def test_container_that_runs_as_the_proxy_is_told_in_the_mesh_alone(pods: str, field: str) -> None:
    assert told(namespace() + pods) == [f"PC5234 Deployment shop/cart spec.template.spec.{field}"]
    assert told(pods) == []
    assert told(namespace("istio.io/dataplane-mode: ambient") + pods) == []
    assert told(namespace() + pods.replace("1337", "1338")) == []


PROXY = """---
apiVersion: v1
kind: Pod
metadata: {name: edge, namespace: shop, labels: {%s}}
spec: {containers: [{name: istio-proxy, image: auto%s}]}
"""


def test_placeholder_image_is_told_where_nothing_injects() -> None:
    expected = ["PC5235 Pod shop/edge spec.containers[0].image"]
    assert told(UNSAID + PROXY % ("", "")) == expected
    assert told(namespace() + PROXY % (NOT_INJECTED, "")) == expected
    assert told(namespace("istio-injection: disabled") + PROXY % ("", "")) == expected


def test_placeholder_image_is_fine_where_something_injects_or_where_nobody_knows() -> None:
    assert told(namespace() + PROXY % ("", "")) == []
    assert told(UNSAID + PROXY % ("sidecar.istio.io/inject: 'true'", "")) == []
    assert told(PROXY % ("", "")) == []
    assert told(UNSAID + PROXY % ("", "-v1")) == []


def test_proxy_itself_may_run_as_its_own_user() -> None:
    text = PROXY % ("", ", securityContext: {runAsUser: 1337}")
    assert told(namespace() + text) == []
