"""Decisions of MODEL section 4 that concern every part, each by its number."""

from pathlib import Path
from typing import Any

import pytest

from tests.platforms import Body, Objects, app, cluster, findings, write

PARTS = ("istio-sidecar@1", "istio-ambient@1", "none")
EVERYBODY = {"all": {"from": ["*/*", "web/web"]}}


def shop(root: Path, part: str, cart: Body | None = None, web: Body | None = None, **more: Body) -> Path:
    """Write `web/web`, which calls `shop/cart` where nothing else is said."""
    teams = {
        "shop": {"cart": cart or app(access={"web": {"from": ["web/web"]}}), **more},
        "web": {"web": app(calls={"shop/cart": {}}) if web is None else web},
    }
    return write(root, {"prod": cluster(part)}, teams)


def openings(objects: Objects, name: str) -> list[Any]:
    """Return who may reach an application's pods, by its own network policy, without probes and gateways."""
    rules = objects.one("NetworkPolicy", name)["spec"].get("ingress", [])
    return [peer for rule in rules for peer in rule["from"] if "podSelector" in peer]


@pytest.mark.parametrize("part", PARTS)
def test_decision_1_a_grant_that_nobody_uses_opens_nothing(part: str, tmp_path: Path) -> None:
    unused = Objects(shop(tmp_path / "a", part, cart=app(access=EVERYBODY), web=app()))
    assert openings(unused, "cart") == []
    assert [body for body in unused.bodies if body["kind"] == "AuthorizationPolicy" and "rules" in body["spec"]] == []
    used = Objects(shop(tmp_path / "b", part, cart=app(access=EVERYBODY)))
    assert len(openings(used, "cart")) == 1


@pytest.mark.parametrize("part", PARTS)
def test_decision_1_a_call_that_nobody_grants_is_an_error(part: str, tmp_path: Path) -> None:
    found = findings(shop(tmp_path, part, cart=app()))
    assert [line[:6] for line in found if not line.startswith(("PC2106", "PC2107"))] == ["PC2104"]


@pytest.mark.parametrize("part", PARTS[:2])
def test_decision_2_one_team_needs_no_grants_until_a_rule_names_the_caller(part: str, tmp_path: Path) -> None:
    calls: Body = {"calls": {"cart": {}}}
    both = {"one": app(**calls), "two": app(**calls)}
    cart = app(access={"one": {"from": ["one"], "paths": ["/read/*"]}})
    objects = Objects(shop(tmp_path, part, cart=cart, web=app(), **both))
    (policy,) = [
        body
        for body in objects.bodies
        if body["kind"] == "AuthorizationPolicy" and "/read/*" in str(body["spec"].get("rules"))
    ]
    paths = {
        rule["from"][0]["source"]["principals"][0].rpartition("/")[2]: rule["to"][0]["operation"].get("paths")
        for rule in policy["spec"]["rules"]
    }
    assert paths == {"one": ["/read", "/read/*"], "two": None}


@pytest.mark.parametrize("part", PARTS)
def test_decision_7_a_new_image_changes_labels_of_the_pod_template_alone(part: str, tmp_path: Path) -> None:
    old = Objects(shop(tmp_path / "a", part))
    new = Objects(shop(tmp_path / "b", part, web=app(image="registry.example/program:2.0.0", calls={"shop/cart": {}})))
    changed = [body["kind"] for before, body in zip(old.bodies, new.bodies, strict=True) if before != body]
    assert changed == ["Deployment"]
    deployment = new.one("Deployment", "web")
    assert deployment["metadata"]["labels"] == old.one("Deployment", "web")["metadata"]["labels"]
    assert deployment["spec"]["selector"] == {
        "matchLabels": {"app.kubernetes.io/name": "web", "platformc.dev/version": "stable"}
    }
    assert deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/version"] == "2.0.0"


@pytest.mark.parametrize("part", PARTS)
def test_decision_7_everything_but_the_deployment_selects_by_name_alone(part: str, tmp_path: Path) -> None:
    objects = Objects(shop(tmp_path, part))
    assert objects.one("Service", "cart")["spec"]["selector"] == {"app.kubernetes.io/name": "cart"}
    policy = objects.one("NetworkPolicy", "cart")["spec"]["podSelector"]
    assert policy == {"matchLabels": {"app.kubernetes.io/name": "cart"}}
    if part == "istio-sidecar@1":
        for kind in ("AuthorizationPolicy", "Sidecar"):
            spec = objects.one(kind, "cart")["spec"]
            selector = spec.get("selector") or spec["workloadSelector"]
            assert next(iter(selector.values())) == {"app.kubernetes.io/name": "cart"}


@pytest.mark.parametrize("part", PARTS)
def test_decision_8_another_application_leaves_what_is_of_the_namespace_as_it_was(part: str, tmp_path: Path) -> None:
    def of_namespace(objects: Objects) -> list[Body]:
        return [body for body in objects.bodies if body["metadata"]["name"] not in {"cart", "web", "other"}]

    alone = of_namespace(Objects(shop(tmp_path / "a", part)))
    assert {"Namespace", "NetworkPolicy", "LimitRange"} <= {body["kind"] for body in alone}
    assert of_namespace(Objects(shop(tmp_path / "b", part, other=app()))) == alone


@pytest.mark.parametrize("part", PARTS[:2])
def test_decision_9_each_team_namespace_denies_by_default_and_the_root_one_does_not(part: str, tmp_path: Path) -> None:
    objects = Objects(shop(tmp_path, part))
    closed = [
        body["metadata"]["namespace"]
        for body in objects.bodies
        if body["kind"] == "AuthorizationPolicy" and body["metadata"]["name"] == "allow-nothing"
    ]
    assert closed == ["shop", "web"]
    in_root = [
        body
        for body in objects.bodies
        if body["kind"] == "AuthorizationPolicy" and body["metadata"]["namespace"] == "istio-system"
    ]
    assert all(body["spec"].get("targetRefs") for body in in_root), "a root policy without a target hits gateways"


def test_decision_11_requests_are_judged_at_the_waypoint_and_pods_admit_it_alone(tmp_path: Path) -> None:
    cart = app(access={"web": {"from": ["web/web"], "paths": ["/cart/*"], "methods": ["GET"]}})
    objects = Objects(shop(tmp_path, "istio-ambient@1", cart=cart))
    policies = [
        body["spec"]
        for body in objects.bodies
        if body["kind"] == "AuthorizationPolicy" and body["metadata"]["namespace"] == "shop" and body["spec"]
    ]
    by_target = [
        spec for spec in policies if spec.get("targetRefs") == [{"group": "", "kind": "Service", "name": "cart"}]
    ]
    by_selector = [spec for spec in policies if "selector" in spec]
    assert [spec["rules"][0]["to"][0]["operation"]["ports"] for spec in by_target] == [["80"]]
    (pods,) = by_selector
    (rule,) = pods["rules"]
    assert rule["from"][0]["source"]["principals"] == ["cluster.local/ns/shop/sa/waypoint"]
    assert rule["to"] == [{"operation": {"ports": ["8080"]}}]


@pytest.mark.parametrize(
    ("cart", "setting"),
    [
        pytest.param(
            {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}}, "access.web.paths", id="job 3: paths"
        ),
        pytest.param(
            {"access": {"web": {"from": ["web/web"], "methods": ["GET"]}}}, "access.web.methods", id="job 3: methods"
        ),
        pytest.param(
            {"versions": {"canary": {"image": "registry.example/program:2.0.0", "weight": 10}}},
            "versions.canary.weight",
            id="job 7: weights",
        ),
        pytest.param(
            {
                "ports": {"grpc": {"port": 7000, "protocol": "grpc"}},
                "access": {"web": {"from": ["web/web"], "paths": ["/shop.Currency/*"]}},
            },
            "access.web.paths",
            id="job 8: paths of gRPC",
        ),
        pytest.param(
            {
                "ports": {"grpc": {"port": 9000, "protocol": "grpc"}, "smtp": {"port": 25, "protocol": "tcp"}},
                "access": {
                    "web": {"from": ["web/web"], "ports": ["grpc"], "paths": ["/api/*"]},
                    "mail": {"from": ["web/web"], "ports": ["smtp"]},
                },
            },
            "access.web.paths",
            id="job 11: paths beside a connection",
        ),
    ],
)
def test_without_a_mesh_what_only_a_proxy_can_do_is_an_error(cart: Body, setting: str, tmp_path: Path) -> None:
    spec = app(**{"access": {"web": {"from": ["web/web"]}}, **cart})
    found = findings(shop(tmp_path, "none", cart=spec))
    assert any(line.startswith("PC4301") and setting in line for line in found), found


def test_job_9_without_a_mesh_a_token_is_refused_at_a_gateway_that_cannot_check_it(tmp_path: Path) -> None:
    provider = {"acme-idp": {"issuer": "https://idp.example/", "jwksUri": "https://idp.example/keys"}}
    exposed = {"api": {"gateway": "public", "host": "api", "auth": {"jwt": "acme-idp", "audiences": ["cart"]}}}
    bare = cluster("none")
    root = write(tmp_path, {"prod": bare}, {"shop": {"cart": app(expose=exposed)}}, {"identityProviders": provider})
    assert "PC4301 `expose.api.auth.jwt` has no effect on cluster `prod`" in findings(root)


@pytest.mark.parametrize("part", PARTS)
def test_job_11_every_rule_opens_its_own_ports_alone(part: str, tmp_path: Path) -> None:
    cart = app(
        ports={
            "grpc": {"port": 9000, "protocol": "grpc"},
            "smtp": {"port": 25, "targetPort": 2525, "protocol": "tcp"},
            "admin": {"port": 9901, "internal": True},
        },
        access={"rpc": {"from": ["web/web"], "ports": ["grpc"]}, "mail": {"from": ["shop/mailer"], "ports": ["smtp"]}},
    )
    mailer = app(calls={"cart": {"ports": ["smtp"]}})
    caller = app(calls={"shop/cart": {"ports": ["grpc"]}})
    objects = Objects(shop(tmp_path, part, cart=cart, web=caller, mailer=mailer))
    assert [port["name"] for port in objects.one("Service", "cart")["spec"]["ports"]] == ["grpc", "smtp"]
    rules = objects.one("NetworkPolicy", "cart")["spec"]["ingress"]
    opened = {
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]: {port["port"] for port in rule["ports"]} - {15008}
        for rule in rules
        for peer in rule["from"]
        if "app.kubernetes.io/name" in peer.get("podSelector", {}).get("matchLabels", {})
    }
    assert opened == {"web": {9000}, "mailer": {2525}}
    if part != "none":
        assert not any("9901" in str(b["spec"]) for b in objects.bodies if b["kind"] == "AuthorizationPolicy")
