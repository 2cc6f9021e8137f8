"""Stateful services: names and volumes for each pod, and pods that reach each other on internal ports alone."""

from pathlib import Path

import pytest

from tests.blueprints.small import Spec, compiled, findings, of_kind, pod, write

STORE: Spec = {
    "blueprint": "stateful-service@1",
    "image": "ghcr.io/acme/store:1.0.0",
    "ports": {
        "sql": {"port": 5432, "protocol": "tcp"},
        "gossip": {"port": 7000, "targetPort": 7001, "protocol": "tcp", "internal": True},
    },
    "volumes": {"data": {"size": "10Gi"}},
    "files": {"/data": {"volume": "data"}},
    "scale": {"min": 3},
}
WEB: Spec = {"blueprint": "web-service@1", "image": "ghcr.io/acme/web:1", "calls": {"store": {}}}
OWN = "cluster.local/ns/shop/sa/store"


def test_each_pod_has_a_name_and_a_volume_of_its_own(tmp_path: Path) -> None:
    objects = compiled(write(tmp_path, {"store": STORE}, "none"))
    spec = objects["StatefulSet", "store"]["spec"]
    assert spec["serviceName"] == "store-peers"
    assert spec["podManagementPolicy"] == "OrderedReady"
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["resources"] == {"requests": {"storage": "10Gi"}}
    assert "labels" not in claim["metadata"]
    mounts = {
        mount["mountPath"]: mount["name"]
        for mount in pod(objects["StatefulSet", "store"])["containers"][0]["volumeMounts"]
    }
    assert mounts["/data"] == claim["metadata"]["name"]
    assert claim["metadata"]["name"] not in {v["name"] for v in pod(objects["StatefulSet", "store"])["volumes"]}
    assert not of_kind(objects, "PersistentVolumeClaim")
    peers = objects["Service", "store-peers"]["spec"]
    assert peers["clusterIP"] == "None"
    assert peers["publishNotReadyAddresses"] is True
    assert [port["name"] for port in peers["ports"]] == ["gossip"]
    assert [port["name"] for port in objects["Service", "store"]["spec"]["ports"]] == ["sql"]


def test_an_existing_claim_is_shared_by_all_pods(tmp_path: Path) -> None:
    shared = {**STORE, "volumes": {"data": {"claim": "old"}}}
    body = compiled(write(tmp_path, {"store": shared}, "none"))["StatefulSet", "store"]
    assert not body["spec"]["volumeClaimTemplates"]
    assert {"claimName": "old"} in [v.get("persistentVolumeClaim") for v in pod(body)["volumes"]]


def test_volumes_go_with_the_service_only_where_the_team_says_so(tmp_path: Path) -> None:
    lost = {**STORE, "stateful": {"retainVolumes": False, "podManagement": "Parallel"}}
    spec = compiled(write(tmp_path, {"store": lost}, "none"))["StatefulSet", "store"]["spec"]
    assert spec["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete"
    assert spec["podManagementPolicy"] == "Parallel"


@pytest.mark.parametrize("mesh", ["none", "istio-sidecar@1"])
def test_pods_of_one_stateful_application_reach_each_other_on_internal_ports_alone(mesh: str, tmp_path: Path) -> None:
    objects = compiled(write(tmp_path, {"store": STORE, "web": WEB}, mesh))
    policy = objects["NetworkPolicy", "store"]["spec"]
    mine = {"matchLabels": {"app.kubernetes.io/name": "store"}}
    tunnel = {15008} if mesh != "none" else set()
    (into,) = [rule for rule in policy["ingress"] if rule["from"][0]["podSelector"] == mine]
    (out,) = [rule for rule in policy["egress"] if rule["to"][0]["podSelector"] == mine]
    assert {port["port"] for port in into["ports"]} == {port["port"] for port in out["ports"]} == {7001} | tunnel
    (web,) = [rule for rule in policy["ingress"] if rule["from"][0]["podSelector"] != mine]
    assert {port["port"] for port in web["ports"]} == {5432} | tunnel


def test_the_mesh_lets_peers_in_by_their_own_identity(tmp_path: Path) -> None:
    objects = compiled(write(tmp_path, {"store": STORE, "web": WEB}))
    rules = {
        rule["from"][0]["source"]["principals"][0]: rule["to"][0]["operation"]
        for rule in objects["AuthorizationPolicy", "store"]["spec"]["rules"]
    }
    assert rules == {OWN: {"ports": ["7001"]}, "cluster.local/ns/shop/sa/web": {"ports": ["5432"]}}
    hosts = objects["Sidecar", "store"]["spec"]["egress"][0]["hosts"]
    assert hosts == ["istio-system/*", "shop/store-peers.shop.svc.cluster.local"]


@pytest.mark.parametrize("mesh", ["none", "istio-sidecar@1"])
def test_without_internal_ports_peers_do_not_reach_each_other(mesh: str, tmp_path: Path) -> None:
    alone = {**STORE, "ports": {"sql": {"port": 5432, "protocol": "tcp"}}}
    objects = compiled(write(tmp_path, {"store": alone, "web": WEB}, mesh))
    policy = objects["NetworkPolicy", "store"]["spec"]
    assert len(policy["ingress"]) == 1
    assert not policy.get("egress")
    assert "ports" not in objects["Service", "store-peers"]["spec"]


def test_internal_ports_of_other_workloads_stay_shut(tmp_path: Path) -> None:
    served = {**STORE, "blueprint": "web-service@1", "strategy": {"type": "Recreate"}, "scale": {"min": 1}}
    objects = compiled(write(tmp_path, {"store": served, "web": WEB}))
    policy = objects["NetworkPolicy", "store"]["spec"]
    assert [{port["port"] for port in rule["ports"]} for rule in policy["ingress"]] == [{5432, 15008}]


def test_versions_of_a_stateful_service_are_refused(tmp_path: Path) -> None:
    two = {**STORE, "versions": {"canary": {"image": "ghcr.io/acme/store:2", "weight": 10}}}
    told = findings(write(tmp_path, {"store": two}, "none"))
    assert [(found.code, found.span.path) for found in told] == [("PC1310", "teams/shop/store.yaml")]
