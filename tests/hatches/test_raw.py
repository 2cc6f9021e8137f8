"""Raw resources: emitted as written, in the team's namespace, checked like all others, and nothing that opens."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.hatches.shops import Shop, body, config_map

MANIFEST = "teams/shop/extra.yaml"
GREETING = "clusters/prod/shop/extra/configmap-greeting.yaml"


def of(api_version: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **more}


def test_raw_resources_get_a_folder_a_namespace_our_labels_and_their_source(shop: Shop) -> None:
    shop.raw(config_map(metadata={"name": "greeting", "labels": {"role": "x"}, "annotations": {"why": "test"}}))
    metadata = body(shop.output(), GREETING)["metadata"]
    assert metadata == {
        "name": "greeting",
        "namespace": "shop",
        "labels": {
            "role": "x",
            "app.kubernetes.io/managed-by": "platformc",
            "app.kubernetes.io/name": "extra",
            "platformc.dev/team": "shop",
        },
        "annotations": {"why": "test", "platformc.dev/source": MANIFEST},
    }


def test_raw_resources_change_no_file_of_anybody_else(shop: Shop) -> None:
    before = shop.output()
    shop.raw(config_map())
    after = shop.output()
    assert {path for path in after.files if path not in before.files} == {GREETING}
    assert all(after.files[path] == data for path, data in before.files.items())


def test_raw_resources_take_the_suffix_of_an_environments_namespaces(shop: Shop) -> None:
    shop.spec("environments/prod.yaml", {"namespaceSuffix": "-live"})
    shop.raw(config_map(metadata={"name": "greeting", "namespace": "shop"}))
    path = GREETING.replace("/shop/", "/shop-live/")
    assert body(shop.output(), path)["metadata"]["namespace"] == "shop-live"


def test_a_team_with_nothing_but_raw_resources_gets_its_namespace(shop: Shop) -> None:
    shop.spec("teams/shop/team.yaml", {"namespaces": {"shop": {}, "spare": {}}, "defaultNamespace": "shop"})
    shop.raw(config_map(), namespace="spare")
    files = shop.output().files
    assert "clusters/prod/spare/extra/configmap-greeting.yaml" in files
    assert "clusters/prod/spare/_namespace/namespace-spare.yaml" in files


def test_raw_resources_go_only_where_they_are_placed(shop: Shop) -> None:
    shop.raw(config_map(), placement={"environments": ["dev"]})
    assert GREETING not in shop.output().files


@pytest.mark.parametrize("key", ["namespace", "defaultNamespace"])
def test_raw_resources_outside_of_the_teams_namespaces_are_an_error(key: str, shop: Shop) -> None:
    if key == "namespace":
        shop.raw(config_map(), namespace="pay")
    else:
        shop.raw(config_map(metadata={"name": "greeting", "namespace": "pay"}))
    assert shop.codes() == (["PC2401"] if key == "namespace" else ["PC4081"])


REFUSED = [
    of("v1", "Pod"),
    of("v1", "Secret"),
    of("v1", "Namespace"),
    of("v1", "ResourceQuota"),
    of("v1", "Endpoints"),
    of("v1", "Service", spec={"type": "NodePort", "ports": [{"port": 80}]}),
    of("apps/v1", "Deployment"),
    of("apps/v1", "DaemonSet"),
    of("autoscaling/v2", "HorizontalPodAutoscaler"),
    of("batch/v1", "CronJob"),
    of("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    of("rbac.authorization.k8s.io/v1", "RoleBinding"),
    of("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    of("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    of("security.istio.io/v1", "AuthorizationPolicy"),
    of("security.istio.io/v1", "PeerAuthentication"),
    of("networking.istio.io/v1", "VirtualService"),
    of("networking.istio.io/v1alpha3", "EnvoyFilter"),
    of("networking.k8s.io/v1", "NetworkPolicy"),
    of("networking.k8s.io/v1", "Ingress"),
    of("gateway.networking.k8s.io/v1", "HTTPRoute"),
    of("cert-manager.io/v1", "Certificate"),
    of("argoproj.io/v1alpha1", "Application"),
    of("cilium.io/v2", "CiliumNetworkPolicy"),
]


@pytest.mark.parametrize("resource", REFUSED, ids=lambda one: f"{one['apiVersion']} {one['kind']}")
def test_what_a_part_owns_or_grants_power_is_refused(resource: dict[str, Any], shop: Shop) -> None:
    shop.raw(resource)
    assert shop.codes() == ["PC4080"]


def test_a_kind_that_a_part_of_the_repository_owns_is_refused(shop: Shop) -> None:
    folder = shop.root / "blueprints/own-space/1.0.0"
    (folder / "namespace").mkdir(parents=True)
    spec = {"part": "namespace", "version": "1.0.0", "context": 1, "emits": ["PodDisruptionBudget"]}
    head = {"apiVersion": "platformc.dev/v1", "kind": "Blueprint", "metadata": {"name": "own-space"}}
    (folder / "blueprint.yaml").write_text(yaml.safe_dump({**head, "spec": spec}))
    parts = {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1", "namespace": "own-space@1"}
    shop.spec("clusters/prod.yaml", {"parts": parts})
    budget = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "a"}}}
    shop.raw(of("policy/v1", "PodDisruptionBudget", spec=budget))
    assert "PC4080" in shop.codes()


def test_the_platform_allows_a_kind_by_name(shop: Shop) -> None:
    role = of(
        "rbac.authorization.k8s.io/v1", "Role", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    )
    shop.raw(role)
    assert shop.codes() == ["PC4080"]
    shop.spec("platform.yaml", {"rawResources": {"allow": ["rbac.authorization.k8s.io/Role"]}})
    assert "clusters/prod/shop/extra/role-a.yaml" in shop.output().files


def test_the_platform_cannot_allow_what_is_in_no_namespace(shop: Shop) -> None:
    shop.spec("platform.yaml", {"rawResources": {"allow": ["rbac.authorization.k8s.io/ClusterRole"]}})
    shop.raw(of("rbac.authorization.k8s.io/v1", "ClusterRole"))
    assert shop.codes() == ["PC4080"]
    shop.raw(of("scheduling.k8s.io/v1", "PriorityClass", value=1))
    assert "PC4081" in shop.codes()


def test_pods_that_the_platform_allows_cannot_pass_for_an_application(shop: Shop) -> None:
    shop.spec("platform.yaml", {"rawResources": {"allow": ["apps/DaemonSet"]}})
    labels = {"app.kubernetes.io/name": "web"}
    pods = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": dict(labels)}, "spec": {}}}
    shop.raw(of("apps/v1", "DaemonSet", spec=pods))
    assert set(shop.codes()) == {"PC4083"}


def test_a_raw_policy_that_opens_to_everyone_is_an_error_even_where_its_kind_is_allowed(shop: Shop) -> None:
    shop.spec("platform.yaml", {"rawResources": {"allow": ["networking.k8s.io/NetworkPolicy"]}})
    parts = {"mesh": "none", "ingress": "none"}
    shop.spec("clusters/prod.yaml", {"parts": parts, "gateways": {}})
    shop.spec("teams/shop/web.yaml", {"expose": {}})
    shop.raw(of("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{}]}))
    assert "PC4302" in shop.codes()


def test_a_collision_with_a_generated_object_is_an_error_at_the_raw_resource(shop: Shop) -> None:
    shop.raw(of("v1", "ServiceAccount") | {"metadata": {"name": "web"}})
    assert shop.found() == [("PC5005", MANIFEST, shop.line(MANIFEST, "name: web"))]


def test_a_raw_resource_is_verified_and_a_fault_is_told_at_its_line(shop: Shop) -> None:
    shop.raw(config_map(dta={"a": "b"}))
    assert shop.found() == [("PC5002", MANIFEST, shop.line(MANIFEST, "dta:"))]


def test_a_kind_that_no_schema_knows_is_an_error(shop: Shop) -> None:
    shop.raw(of("example.com/v1", "Widget", spec={}))
    assert shop.codes() == ["PC5001"]


def test_a_raw_resource_is_judged_by_policies_and_told_at_its_line(shop: Shop) -> None:
    shop.spec("platform.yaml", {"rawResources": {"allow": ["Pod"]}})
    (shop.root / "policies").mkdir()
    (shop.root / "policies/all.yaml").write_text(
        "apiVersion: platformc.dev/v1\nkind: PolicySet\nmetadata: {name: all}\n"
        "spec: {policies: {pod-security-baseline-host-namespaces: {}}, "
        "enforce: [{environments: [prod], actions: [Deny]}]}\n"
    )
    pod = {"hostNetwork": True, "containers": [{"name": "a", "image": "a.example/b:1"}]}
    shop.raw(of("v1", "Pod", spec=pod))
    found = [one for one in shop.found() if one[0].startswith(("PC70", "PC71"))]
    assert {one[1:] for one in found} == {(MANIFEST, shop.line(MANIFEST, "hostNetwork"))}


def test_nobody_can_call_raw_resources(shop: Shop) -> None:
    shop.raw(config_map())
    shop.spec("teams/shop/cart.yaml", {"calls": {"extra": {}}})
    assert shop.codes() == ["PC2001"]


@pytest.mark.parametrize("part", ["argocd@1", "flux@1"])
def test_a_unit_of_raw_resources_is_delivered_after_its_namespace(part: str, shop: Shop) -> None:
    shop.spec("platform.yaml", {"delivery": {"repositories": {"env": "https://git.acme.example/env.git"}}})
    shop.spec("environments/prod.yaml", {"destination": {"repository": "env"}})
    parts = {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1", "delivery": part}
    shop.spec("clusters/prod.yaml", {"parts": parts})
    shop.raw(config_map())
    files = shop.output().files
    kind = "application" if part == "argocd@1" else "kustomization"
    spec = yaml.safe_load(files[f"clusters/prod/_delivery/{kind}-prod.shop.extra.yaml"])["spec"]
    if part == "argocd@1":
        assert spec["project"] == "prod.shop"
        assert spec["source"]["path"] == str(Path(GREETING).parent)
    else:
        assert spec["dependsOn"] == [{"name": "prod.shop"}]
        index = yaml.safe_load(files["clusters/prod/shop/extra/kustomization.yaml"])
        assert index["resources"] == ["configmap-greeting.yaml"]
