"""Which policies and bindings are asked about an object, as the API server matches rules, selectors and versions."""

import pytest

from tests.policy.admission import NEVER, Body, binding, check, config_map, policy, rule, thing

SERVED = [{"name": "v1", "served": True}, {"name": "v2"}, {"name": "v3", "served": False}]


CRD = thing(
    "apiextensions.k8s.io/v1 CustomResourceDefinition",
    "oxen.example.com",
    {"group": "example.com", "names": {"kind": "Ox", "plural": "oxen"}, "scope": "Cluster", "versions": SERVED},
)


OX = thing("example.com/v1 Ox")


SCALER = thing("autoscaling/v2 HorizontalPodAutoscaler", spec={"maxReplicas": 1})


@pytest.mark.parametrize(
    ("given", "one", "expected"),
    [
        (rule("configmaps"), config_map(), "deny"),
        (rule("secrets"), config_map(), "skip"),
        (rule("*"), config_map(), "deny"),
        (rule("*/*"), config_map(), "deny"),
        (rule("configmaps/*"), config_map(), "deny"),
        (rule("configmaps/status"), config_map(), "skip"),
        (rule("*/status"), config_map(), "skip"),
        (rule(apiGroups=["*"], apiVersions=["*"]), config_map(), "deny"),
        (rule(operations=["CREATE"]), config_map(), "deny"),
        (rule(operations=["UPDATE", "DELETE", "CONNECT"]), config_map(), "skip"),
        (rule(scope="Namespaced"), config_map(), "deny"),
        (rule(scope="Cluster"), config_map(), "skip"),
        (rule("namespaces", scope="Cluster"), thing("Namespace"), "deny"),
        (rule("namespaces", scope="Namespaced"), thing("Namespace"), "skip"),
        (rule(resourceNames=["b"]), config_map(), "skip"),
        (rule(resourceNames=["a", "b"]), config_map(), "deny"),
        (rule(resourceNames=["a"]), {**config_map(), "metadata": {"generateName": "a"}}, "skip"),
        (rule("apps/v1 deployments/*"), thing("apps/v1 Deployment"), "deny"),
        (rule("apps/v1 deployments/scale"), thing("apps/v1 Deployment"), "skip"),
        (rule("endpoints"), thing("Endpoints"), "deny"),
        (rule("networking.k8s.io/v1 ingresses"), thing("networking.k8s.io/v1 Ingress"), "deny"),
        (rule("networking.k8s.io/v1 networkpolicies"), thing("networking.k8s.io/v1 NetworkPolicy"), "deny"),
        (rule("gateway.networking.k8s.io/v1 gateways"), thing("gateway.networking.k8s.io/v1 Gateway"), "deny"),
        (rule("networking.istio.io/v1 serviceentries"), thing("networking.istio.io/v1 ServiceEntry"), "deny"),
    ],
)
def test_rule_is_for_what_the_api_server_takes_it_to_be_for(given: Body, one: Body, expected: str) -> None:
    assert check([policy(NEVER, rules=[given])], [one]).results == [expected]


def test_excluded_rules_win() -> None:
    match = {"excludeResourceRules": [rule(resourceNames=["a"])]}
    answer = check([policy(NEVER, rules=[rule("*")], match=match)], [config_map(), config_map("b")])
    assert answer.results == ["skip", "deny"]


def test_custom_resource_is_called_as_its_definition_says() -> None:
    given = policy(NEVER, rules=[rule("example.com/v1 oxen", scope="Cluster")])
    assert check([given], [OX, CRD]).results == ["deny", "skip"]
    assert check([policy("!has(request.namespace)", rules=[rule("example.com/v1 oxen")])], [CRD, OX]).exit == 0


@pytest.mark.parametrize(
    ("match", "objects", "expected"),
    [
        ({"objectSelector": {"matchLabels": {"app": "a"}}}, [config_map(labels={"app": "a"})], ["deny"]),
        ({"objectSelector": {"matchLabels": {"app": "a"}}}, [config_map()], ["skip"]),
        ({"namespaceSelector": {"matchLabels": {"tier": "a"}}}, [config_map(namespace="elsewhere")], ["skip"]),
        (
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}}},
            [config_map(), config_map(namespace="other")],
            ["deny", "skip"],
        ),
        (
            {"namespaceSelector": {"matchLabels": {"tier": "a"}}},
            [thing("Namespace", "shop", labels={"tier": "a"}), config_map(namespace="shop"), thing("Namespace", "b")],
            ["deny", "deny", "skip"],
        ),
        ({"namespaceSelector": {"matchLabels": {"tier": "a"}}}, [thing("PersistentVolume")], ["deny"]),
    ],
)
def test_selectors(match: Body, objects: list[Body], expected: list[str]) -> None:
    assert check([policy(NEVER, rules=[rule("*")], match=match)], objects).results == expected


def test_object_selector_is_met_by_what_an_object_was_before() -> None:
    given = policy(NEVER, match={"objectSelector": {"matchLabels": {"app": "a"}}})
    assert check([given], [config_map()], [config_map(labels={"app": "a"})]).results == ["deny"]
    namespaces = policy(NEVER, rules=[rule("namespaces")], match={"namespaceSelector": {"matchLabels": {"app": "a"}}})
    assert check([namespaces], [thing("Namespace")], [thing("Namespace", labels={"app": "a"})]).results == ["skip"]


def test_rule_for_another_version_is_an_error_where_only_a_server_could_convert() -> None:
    other = rule("autoscaling/v1 horizontalpodautoscalers")
    answer = check([policy(NEVER, rules=[other])], [SCALER])
    assert (answer.exit, answer.results) == (1, ["error"])
    assert "only an API server can convert" in answer.messages[0]
    assert check([policy(NEVER, rules=[other], match={"matchPolicy": "Exact"})], [SCALER]).results == ["skip"]


@pytest.mark.parametrize(
    ("given", "one", "expected"),
    [
        (rule("networking.istio.io/v1 gateways"), thing("networking.istio.io/v1beta1 Gateway"), "error"),
        (rule("networking.istio.io/v0 gateways"), thing("networking.istio.io/v1beta1 Gateway"), "skip"),
        (rule("*", apiGroups=["*"]), thing("networking.istio.io/v1beta1 Gateway"), "error"),
        (rule("example.com/v2 gadgets"), thing("example.com/v1 Gadget"), "error"),  # nobody knows the versions
        (rule("*", apiGroups=["*"], apiVersions=["v2"]), thing("example.com/v1 Gadget"), "skip"),
        (rule("example.com/v2 oxen"), OX, "error"),
        (rule("example.com/v3 oxen"), OX, "skip"),
        (rule("example.com/v4 oxen"), OX, "skip"),
    ],
)
def test_rule_for_another_version_counts_if_the_kind_is_served_in_it(given: Body, one: Body, expected: str) -> None:
    assert check([policy(NEVER, rules=[given])], [one, CRD]).results[0] == expected


def test_exclusion_and_binding_are_for_all_versions_of_a_kind() -> None:
    all_versions, other = (
        rule("autoscaling/* horizontalpodautoscalers"),
        rule("autoscaling/v1 horizontalpodautoscalers"),
    )
    excluded = policy(NEVER, rules=[all_versions], match={"excludeResourceRules": [other]})
    assert check([excluded], [SCALER]).results == ["skip"]
    bound = [policy(NEVER, rules=[all_versions]), binding(matchResources={"resourceRules": [other]})]
    assert check(bound, [SCALER]).results == ["deny"]


def test_policies_are_not_asked_about_policies() -> None:
    everything = rule("*", apiGroups=["*"], apiVersions=["*"])
    webhook = thing("admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration")
    answer = check([policy(NEVER, rules=[everything])], [policy("true"), binding(), webhook])
    assert answer.results == ["skip", "skip", "deny"]
