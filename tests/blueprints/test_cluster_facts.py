"""Facts of a cluster that promises rest on, and strangers whose pods nobody declares."""

from pathlib import Path
from typing import Any

import pytest

from platform_compiler.load.requires import fits
from tests.blueprints.small import MESH, Objects, Spec, compiled, findings, write

STRANGER = {"principal": "cluster.local/ns/legacy/sa/erp"}
FOREIGN = {"principal": "corp.example/ns/erp/sa/erp"}
WEB: Spec = {
    "blueprint": "web-service@1",
    "image": "a.example/web:1",
    "ports": {"http": {"port": 80, "targetPort": 8080}, "dns": {"port": 53, "protocol": "udp"}},
}
ALONE: Spec = {"network": {"policies": "none"}}


def codes(root: Path) -> list[str]:
    return [found.code for found in findings(root)]


def let_in(source: Spec, **more: Any) -> Spec:
    return {**WEB, "access": {"erp": {"from": [source], **more}}}


def opened(objects: Objects) -> list[Any]:
    """Return what the network policy of `web` lets in."""
    found: list[Any] = objects["NetworkPolicy", "web"]["spec"]["ingress"]
    return found


def identities(objects: Objects) -> list[Any]:
    rules = objects["AuthorizationPolicy", "web"]["spec"]["rules"]
    return [one["source"] for rule in rules for one in rule["from"]]


def test_the_namespace_of_an_identity_of_this_mesh_is_let_in_by_the_network(tmp_path: Path) -> None:
    """The rule of the mesh still asks for the one identity; udp ports, where nobody asks, stay shut."""
    objects = compiled(write(tmp_path, {"web": let_in(STRANGER)}))
    (rule,) = opened(objects)
    (peer,) = rule["from"]
    assert peer["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "legacy"}}
    assert {(port["protocol"], port["port"]) for port in rule["ports"]} == {("TCP", 8080), ("TCP", 15008)}
    assert identities(objects) == [{"principals": [STRANGER["principal"]]}]


def test_an_identity_of_another_mesh_comes_from_addresses_and_is_asked_who_it_is(tmp_path: Path) -> None:
    objects = compiled(write(tmp_path, {"web": let_in({**FOREIGN, "cidr": "10.8.0.0/16"})}))
    (rule,) = opened(objects)
    assert rule["from"] == [{"ipBlock": {"cidr": "10.8.0.0/16"}}]
    assert {port["protocol"] for port in rule["ports"]} == {"TCP"}
    assert identities(objects) == [{"principals": [FOREIGN["principal"]]}]


def test_a_namespace_is_known_under_every_trust_domain_of_the_cluster(tmp_path: Path) -> None:
    mesh = {**MESH, "trustDomain": "acme.prod", "trustDomainAliases": ["corp.example"]}
    assert codes(write(tmp_path / "alias", {"web": let_in(FOREIGN)}, cluster={"mesh": mesh})) == []
    assert codes(write(tmp_path / "stranger", {"web": let_in(FOREIGN)})) == ["PC2498"]


def test_nobody_is_let_in_by_identity_on_a_udp_port(tmp_path: Path) -> None:
    assert codes(write(tmp_path, {"web": let_in(STRANGER, ports=["dns"])})) == ["PC2498"]


def test_a_waypoint_lets_strangers_in_by_their_namespace(tmp_path: Path) -> None:
    ambient = {"cluster": {"versions": {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": "1.5"}}}
    limited = {"paths": ["/a/*"], "ports": ["http"]}
    root = write(tmp_path / "here", {"web": let_in(STRANGER, **limited)}, "istio-ambient@1", **ambient)
    (peer,) = compiled(root)["NetworkPolicy", "waypoint"]["spec"]["ingress"][0]["from"]
    assert peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] == "legacy"
    beside = let_in({**FOREIGN, "cidr": "10.8.0.0/16"}, **limited)
    assert codes(write(tmp_path / "foreign", {"web": beside}, "istio-ambient@1", **ambient)) == ["PC2498"]


@pytest.mark.parametrize("mesh", ["istio-sidecar@1", "istio-ambient@1"])
def test_a_mesh_without_the_cni_plugin_is_refused(mesh: str, tmp_path: Path) -> None:
    """Namespaces enforce Pod Security `restricted`."""
    assert codes(write(tmp_path, {}, mesh, cluster={"mesh": {**MESH, "cni": False}})) == ["PC2494"]


def test_what_only_the_network_guards_is_refused_where_it_guards_nothing(tmp_path: Path) -> None:
    plain = {**WEB, "ports": {"http": {"port": 80}}}
    assert codes(write(tmp_path / "proxies", {"web": plain}, cluster=ALONE)) == ["PC2497"]
    assert codes(write(tmp_path / "udp", {"web": WEB}, cluster=ALONE)) == ["PC2497", "PC2496"]
    outside = {**plain, "mesh": {"member": False}}
    assert codes(write(tmp_path / "outside", {"web": outside}, cluster=ALONE)) == ["PC2497", "PC2496"]
    assert codes(write(tmp_path / "none", {"web": plain}, "none", cluster=ALONE)) == ["PC2497", "PC2496"]


def test_spreading_over_one_zone_is_noted_where_somebody_asks_for_it(tmp_path: Path) -> None:
    one, spread = {"zones": ["eu-1a"]}, {**WEB, "scheduling": {"spread": ["zone"]}}
    assert codes(write(tmp_path / "asked", {"web": spread}, cluster=one)) == ["PC2499"]
    assert codes(write(tmp_path / "default", {"web": WEB}, cluster=one)) == []
    assert codes(write(tmp_path / "two", {"web": spread}, cluster={"zones": ["eu-1a", "eu-1b"]})) == []


def test_an_application_that_names_audiences_takes_no_others(tmp_path: Path) -> None:
    provider = {"issuer": "https://idp.example", "jwksUri": "https://idp.example/keys", "audiences": ["everybody"]}
    platform = {"identityProviders": {"acme-idp": provider}}
    own = let_in(STRANGER, ports=["http"], jwt="acme-idp", audiences=["web"])
    objects = compiled(write(tmp_path, {"web": own}, platform=platform))
    (rule,) = objects["AuthorizationPolicy", "web"]["spec"]["rules"]
    assert {"key": "request.auth.audiences", "values": ["web"]} in rule["when"]
    (read,) = objects["RequestAuthentication", "web"]["spec"]["jwtRules"]
    assert read["audiences"] == ["web"]


@pytest.mark.parametrize(
    ("version", "wanted", "does"),
    [
        ("1.4.2", "~= 1.4", True),
        ("2.0.0", "~= 1.4", False),
        ("1.3.9", "~= 1.4", False),
        ("1.5.0", "~= 1.4.2", False),
        ("1.4", "== 1.4.0", True),
        ("1.10.0", ">= 1.9, < 2", True),
        ("2.0.0", ">= 1.9, < 2", False),
        ("1.4.2", "!=1.4.2", False),
        ("1.4.2", "> 1.4", True),
        ("1.4.2", "<= 1.4", False),
        ("1.5.0rc1", ">= 1.5", True),
    ],
)
def test_the_compiler_fits_what_the_repository_requires(version: str, wanted: str, *, does: bool) -> None:
    assert fits(version, wanted) is does


@pytest.mark.parametrize("wanted", ["1.4", "~= 1", "latest", ">= 1.4,"])
def test_versions_are_wanted_by_clauses(wanted: str, tmp_path: Path) -> None:
    assert "PC1105" in codes(write(tmp_path, {}, platform={"requires": wanted}))


@pytest.mark.parametrize("word", ["port", "provider"])
def test_a_reader_of_metrics_takes_no_words_of_collectors(word: str, tmp_path: Path) -> None:
    reader = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, word: 9090 if word == "port" else "otel"}
    assert "PC1101" in codes(write(tmp_path, {}, cluster={"prometheus": reader}))
