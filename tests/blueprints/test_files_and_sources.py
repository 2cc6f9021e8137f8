"""Job 10, and every form of files, volumes, variables and health checks, in the output."""

from pathlib import Path
from typing import Any

import pytest

from tests.blueprints.small import Objects, Spec, compiled, document, findings, of_kind, pod, write

CART: Spec = {
    "blueprint": "web-service@1",
    "image": "ghcr.io/acme/cart:1.0.0",
    "ports": {"http": {"port": 80, "targetPort": 8080}},
    "health": {"readiness": {"path": "/ready"}, "liveness": {"path": "/live"}},
}
STORES: Spec = {"secretStores": {"vault": {"kind": "ClusterSecretStore"}}}
MESHES = ("istio-sidecar@1", "none")
LONG = "a-name-with-sixty-three-characters-which-is-all-that-a-label-may"[:63]


def made(root: Path, *specs: Spec, mesh: str = "none") -> Objects:
    spec = dict(CART)
    for one in specs:
        spec |= one
    return compiled(write(root, {"cart": spec}, mesh, platform=STORES))


def container(objects: Objects) -> dict[str, Any]:
    found: dict[str, Any] = pod(objects["Deployment", "cart"])["containers"][0]
    return found


def mounts(objects: Objects) -> dict[str, dict[str, Any]]:
    """Return the volume behind each mount path."""
    volumes = {volume["name"]: volume for volume in pod(objects["Deployment", "cart"])["volumes"]}
    return {mount["mountPath"]: volumes[mount["name"]] for mount in container(objects)["volumeMounts"]}


@pytest.mark.parametrize("mesh", MESHES)
def test_job_1_a_first_service(mesh: str, tmp_path: Path) -> None:
    objects = made(tmp_path, mesh=mesh)
    asked = container(objects)
    assert asked["readinessProbe"]["httpGet"] == {"path": "/ready", "port": 8080}
    assert asked["livenessProbe"]["httpGet"] == {"path": "/live", "port": 8080}
    (port,) = objects["Service", "cart"]["spec"]["ports"]
    assert (port["port"], port["targetPort"], port["appProtocol"]) == (80, 8080, "http")
    kinds = {kind for kind, name in objects if name == "cart"}
    assert kinds == {"Deployment", "Service", "ServiceAccount", "NetworkPolicy"} | (
        {"Sidecar"} if mesh != "none" else set()
    )


def test_job_1_in_a_mesh_sees_the_mesh_and_is_read_by_prometheus(tmp_path: Path) -> None:
    prometheus = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}, "serviceAccount": "prometheus"}
    objects = compiled(write(tmp_path, {"cart": CART}, cluster={"prometheus": prometheus}))
    assert objects["Sidecar", "cart"]["spec"]["egress"] == [{"hosts": ["istio-system/*"]}]
    (rule,) = objects["NetworkPolicy", "cart"]["spec"]["ingress"]
    assert [port["port"] for port in rule["ports"]] == [15020]


JOB_10: Spec = {
    "configMaps": {"features": {"flags.yaml": "beta: true"}},
    "secrets": {"tls": {"store": "vault", "path": "shop/cart-tls", "keys": {"tls.crt": "cert", "tls.key": "key"}}},
    "files": {
        "/etc/cart": {"configMap": "features"},
        "/etc/tls": {"secret": "tls", "mode": "0440"},
        "/var/cache": {"empty": "1Gi"},
    },
}


@pytest.mark.parametrize("mesh", MESHES)
def test_job_10_files_and_secrets(mesh: str, tmp_path: Path) -> None:
    objects = made(tmp_path, JOB_10, mesh=mesh)
    assert objects["ConfigMap", "cart-features"]["data"] == {"flags.yaml": "beta: true"}
    assert objects["ExternalSecret", "cart-tls"]["spec"]["target"]["name"] == "cart-tls"
    found = mounts(objects)
    assert found["/etc/cart"]["configMap"] == {"name": "cart-features"}
    assert found["/etc/tls"]["secret"] == {"secretName": "cart-tls", "defaultMode": 0o440}
    assert found["/var/cache"]["emptyDir"] == {"sizeLimit": "1Gi"}
    assert found["/tmp"]["emptyDir"] == {}
    template = objects["Deployment", "cart"]["spec"]["template"]["metadata"]["annotations"]
    assert set(template) == {"platformc.dev/config-digest", "platformc.dev/secrets-digest"}


def test_job_10_changed_content_rolls_the_pods_and_makes_no_mesh_object(tmp_path: Path) -> None:
    first = made(tmp_path, JOB_10, mesh=MESHES[0])
    then = made(tmp_path, JOB_10, {"configMaps": {"features": {"flags.yaml": "beta: false"}}}, mesh=MESHES[0])
    assert {key for key in first if first[key] != then[key]} == {("ConfigMap", "cart-features"), ("Deployment", "cart")}
    plain = made(tmp_path, mesh=MESHES[0])
    assert {kind for kind, _ in set(first) - set(plain)} == {"ConfigMap", "ExternalSecret"}


@pytest.mark.parametrize("mesh", MESHES)
def test_job_12_more_replicas_in_prod_change_exactly_two_numbers(mesh: str, tmp_path: Path) -> None:
    scaled = {"scale": {"min": 2, "max": 10}}
    first = made(tmp_path, scaled, mesh=mesh)
    then = made(tmp_path, scaled, {"environments": {"prod": {"scale": {"min": 12, "max": 30}}}}, mesh=mesh)
    assert [key for key in first if first[key] != then[key]] == [("HorizontalPodAutoscaler", "cart")]
    old, new = (one["HorizontalPodAutoscaler", "cart"]["spec"] for one in (first, then))
    assert {key: (old[key], new[key]) for key in old if old[key] != new[key]} == {
        "minReplicas": (2, 12),
        "maxReplicas": (10, 30),
    }


@pytest.mark.parametrize("mesh", MESHES)
def test_job_12_least_above_most_and_most_above_a_mandate_are_errors(mesh: str, tmp_path: Path) -> None:
    prod = {"environments": {"prod": {"scale": {"min": 12, "max": 30}}}}
    wrong = {"environments": {"prod": {"scale": {"min": 12, "max": 3}}}}
    assert [d.code for d in findings(write(tmp_path, {"cart": CART | wrong}, mesh))] == ["PC1301"]
    bound = {"mandates": {"maxReplicas": 20}}
    assert [d.code for d in findings(write(tmp_path, {"cart": CART | prod}, mesh, environment=bound))] == ["PC3101"]


@pytest.mark.parametrize("mesh", MESHES)
def test_job_12_more_than_the_quota_of_the_namespace_is_an_error(mesh: str, tmp_path: Path) -> None:
    root = write(tmp_path, {"cart": CART | {"scale": {"min": 2, "max": 30}}}, mesh)
    quota = {"requests.cpu": "1", "pods": 30, "requests.memory": "64Gi"}
    team = {"owners": {"slack": "#shop"}, "namespaces": {"shop": {}}, "environments": {"prod": {"quota": quota}}}
    (root / "teams/shop/team.yaml").write_text(document("Team", "shop", team))
    (found,) = findings(root)
    assert (found.code, found.span.path) == ("PC2414", "teams/shop/cart.yaml")
    assert "`requests.cpu`" in found.message


def test_every_form_of_a_file(tmp_path: Path) -> None:
    objects = made(
        tmp_path,
        {
            "configMaps": {"features": {"flags.yaml": "beta: true"}, "theirs": {"existing": True}},
            "secrets": {"legacy": {"existing": True}},
            "volumes": {"data": {"claim": "old-data"}},
            "files": {
                "/a/motd": {"content": "hello", "mode": "0444"},
                "/a/flags": {"configMap": "features", "key": "flags.yaml"},
                "/b": {"configMap": "theirs"},
                "/c/ca.pem": {"secret": "legacy", "key": "ca.pem", "mode": "0440"},
                "/d": {"empty": "1Gi", "medium": "memory"},
                "/e": {"volume": "data", "subPath": "orders", "readOnly": True},
                "/f": {"token": {"audience": "vault", "expires": "2h"}},
            },
        },
    )
    found = mounts(objects)
    assert objects["ConfigMap", "cart-files"]["data"] == {"a.motd": "hello"}
    assert found["/a/motd"]["configMap"] == {"name": "cart-files", "defaultMode": 0o444}
    assert found["/a/flags"]["configMap"] == {"name": "cart-features"}
    assert found["/b"]["configMap"] == {"name": "theirs"}
    assert found["/c/ca.pem"]["secret"] == {"secretName": "legacy", "defaultMode": 0o440}
    assert found["/d"]["emptyDir"] == {"sizeLimit": "1Gi", "medium": "Memory"}
    assert found["/e"]["persistentVolumeClaim"] == {"claimName": "old-data"}
    assert found["/f"]["projected"]["sources"] == [
        {"serviceAccountToken": {"audience": "vault", "expirationSeconds": 7200, "path": "token"}}
    ]
    by_path = {mount["mountPath"]: mount for mount in container(objects)["volumeMounts"]}
    assert (by_path["/e"]["subPath"], by_path["/e"]["readOnly"]) == ("orders", True)
    assert by_path["/a/flags"]["subPath"] == "flags.yaml"
    assert ("ConfigMap", "cart-theirs") not in objects


def test_a_file_inside_a_directory_of_files_shares_its_volume(tmp_path: Path) -> None:
    objects = made(
        tmp_path,
        {
            "configMaps": {"features": {"flags.yaml": "beta: true"}},
            "secrets": {"legacy": {"existing": True}},
            "files": {
                "/etc/app": {"configMap": "features"},
                "/etc/app/motd": {"content": "hello", "mode": "0400"},
                "/etc/app/tls/ca.pem": {"secret": "legacy", "key": "ca.pem"},
                "/etc/application": {"content": "elsewhere"},
            },
        },
    )
    found = mounts(objects)
    assert set(found) == {"/tmp", "/etc/app", "/etc/application"}
    assert found["/etc/app"]["projected"]["sources"] == [
        {"configMap": {"name": "cart-features"}},
        {"configMap": {"name": "cart-files", "items": [{"key": "etc.app.motd", "path": "motd", "mode": 0o400}]}},
        {"secret": {"name": "legacy", "items": [{"key": "ca.pem", "path": "tls/ca.pem"}]}},
    ]


def test_names_that_would_be_alike_or_too_long_stay_apart(tmp_path: Path) -> None:
    deep = "/" + "/".join(["a-rather-long-name"] * 6)
    objects = made(
        tmp_path,
        {
            "configMaps": {LONG: {"a": "b"}},
            "files": {
                "/var/cache": {"empty": "1Gi"},
                "/var-cache": {"empty": "1Gi"},
                deep: {"empty": "1Gi"},
                f"{deep}-too": {"empty": "1Gi"},
                "/x": {"configMap": LONG, "mode": "0444"},
                "/a/b": {"content": "one"},
                "/a.b": {"content": "two"},
            },
        },
    )
    volumes = [volume["name"] for volume in pod(objects["Deployment", "cart"])["volumes"]]
    assert len(volumes) == len(set(volumes))
    assert max(map(len, volumes)) <= len(LONG)
    places = {mount["mountPath"]: mount["name"] for mount in container(objects)["volumeMounts"]}
    assert len({places[path] for path in ("/var/cache", "/var-cache", deep, f"{deep}-too")}) == 4
    assert sorted(objects["ConfigMap", "cart-files"]["data"].values()) == ["one", "two"]


def test_every_form_of_a_variable(tmp_path: Path) -> None:
    spec = {
        "configMaps": {"features": {"mode": "b"}},
        "secrets": {"db": {"store": "vault", "path": "a", "keys": {"password": "pw"}}},
        "env": {
            "TEXT": "a",
            "NUMBER": 0,
            "SECRET": {"secret": "db", "key": "password", "optional": True},
            "CONFIG": {"configMap": "features", "key": "mode"},
            "FIELD": {"field": "status.podIP"},
            "RESOURCE": {"resource": "limits.memory"},
            "SELF": {"self": "http"},
            "CALL": {"call": "web", "format": "hostport"},
            "A_URL": "http://$(TEXT)/",
        },
        "envFrom": [{"secret": "db", "prefix": "DB_"}, {"configMap": "features"}],
        "calls": {"web": {}},
        "resources": {"limits": {"memory": "1Gi"}},
    }
    web = {"blueprint": "web-service@1", "image": "a.example/w:1", "ports": {"http": {"port": 8081}}}
    found = container(compiled(write(tmp_path, {"cart": CART | spec, "web": web}, "none", platform=STORES)))
    variables = {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in found["env"]}
    assert variables == {
        "TEXT": "a",
        "NUMBER": "0",
        "SECRET": {"secretKeyRef": {"name": "cart-db", "key": "password", "optional": True}},
        "CONFIG": {"configMapKeyRef": {"name": "cart-features", "key": "mode"}},
        "FIELD": {"fieldRef": {"fieldPath": "status.podIP"}},
        "RESOURCE": {"resourceFieldRef": {"resource": "limits.memory"}},
        "SELF": "http://cart.shop.svc.cluster.local",
        "CALL": "web.shop.svc.cluster.local:8081",
        "A_URL": "http://$(TEXT)/",
    }
    order = [entry["name"] for entry in found["env"]]
    assert order.index("TEXT") < order.index("A_URL")
    assert found["envFrom"] == [
        {"prefix": "DB_", "secretRef": {"name": "cart-db"}},
        {"configMapRef": {"name": "cart-features"}},
    ]


def test_every_kind_of_health_check(tmp_path: Path) -> None:
    spec = {
        "ports": {
            "http": {"port": 80, "targetPort": 8080},
            "rpc": {"port": 9000, "protocol": "grpc", "internal": True},
            "front": {"port": 443, "targetPort": 8443, "protocol": "https", "container": "proxy"},
        },
        "health": {
            "startup": {"type": "tcp", "port": "rpc", "period": "5s", "failureThreshold": 30},
            "readiness": {"port": "rpc", "service": "shop.Cart", "initialDelay": "0s", "successThreshold": 2},
            "liveness": {"command": ["/app", "ping"], "timeout": "500ms"},
        },
        "sidecars": {"proxy": {"image": "a.example/p:1", "health": {"readiness": {"headers": {"Cookie": "probe"}}}}},
    }
    objects = made(tmp_path, spec)
    found = container(objects)
    assert found["startupProbe"]["tcpSocket"] == {"port": 9000}
    assert (found["startupProbe"]["periodSeconds"], found["startupProbe"]["failureThreshold"]) == (5, 30)
    assert found["readinessProbe"]["grpc"] == {"port": 9000, "service": "shop.Cart"}
    assert found["readinessProbe"]["successThreshold"] == 2
    assert found["livenessProbe"]["exec"] == {"command": ["/app", "ping"]}
    (sidecar,) = pod(objects["Deployment", "cart"])["initContainers"]
    assert sidecar["readinessProbe"]["httpGet"] == {
        "path": "/",
        "port": 8443,
        "scheme": "HTTPS",
        "httpHeaders": [{"name": "Cookie", "value": "probe"}],
    }


def test_a_blueprint_takes_the_parameters_that_its_schema_declares(tmp_path: Path) -> None:
    root = write(tmp_path, {"cart": {"blueprint": "queue@1", "image": "a.example/q:1", "params": {"queue": "orders"}}})
    contract = {
        "part": "workload",
        "version": "1.0.0",
        "context": 1,
        "emits": ["ConfigMap"],
        "honours": ["image"],
        "params": {"properties": {"queue": {"type": "string", "enum": ["orders"]}}, "required": ["queue"]},
    }
    folder = root / "blueprints/queue/1.0.0"
    (folder / "app").mkdir(parents=True)
    (folder / "blueprint.yaml").write_text(document("Blueprint", "queue", contract))
    (folder / "app/config.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cart, namespace: shop}\n"
        "data:\n  queue: ${{ params.queue }}\n"
    )
    (body,) = of_kind(compiled(root), "ConfigMap")
    assert body["data"] == {"queue": "orders"}
    wrong = {"queue": "other", "size": 1}
    manifest = document("Application", "cart", {"blueprint": "queue@1", "image": "a.example/q:1", "params": wrong})
    (root / "teams/shop/cart.yaml").write_text(manifest)
    assert {d.code for d in findings(root)} == {"PC1101", "PC1105"}


def test_a_blueprint_of_ones_own_may_bring_defaults_which_are_a_part_of_a_spec(tmp_path: Path) -> None:
    root = write(tmp_path, {"cart": {"blueprint": "queue@1", "image": "a.example/q:1"}})
    contract = {
        "part": "workload",
        "version": "1.0.0",
        "context": 1,
        "emits": ["ConfigMap"],
        "honours": ["image", "scale.min"],
        "defaults": {"scale": {"min": 3}, "health": None},
    }
    folder = root / "blueprints/queue/1.0.0"
    (folder / "app").mkdir(parents=True)
    (folder / "blueprint.yaml").write_text(document("Blueprint", "queue", contract))
    (folder / "app/config.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cart, namespace: shop}\n"
        "data:\n  least: at least ${{ app.scale.min }}\n"
    )
    (body,) = of_kind(compiled(root), "ConfigMap")
    assert body["data"] == {"least": "at least 3"}
    wrong = {**contract, "defaults": {"scale": {"min": "two"}, "colour": "red"}}
    (folder / "blueprint.yaml").write_text(document("Blueprint", "queue", wrong))
    assert {d.code for d in findings(root)} == {"PC1101", "PC1107"}
