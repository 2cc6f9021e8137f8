"""The mesh part `istio-ambient` at its edges: pods outside the mesh, what no waypoint can do, the last need gone."""

from pathlib import Path
from typing import Any

import pytest

from tests.blueprints.ambient import peers, shop
from tests.platforms import Objects, findings


def test_more_routes_than_one_object_takes_go_into_several(tmp_path: Path) -> None:
    routes = {f"r{number}": {"paths": [f"/r{number}"], "timeout": "1s"} for number in range(20)}
    here = Objects(shop(tmp_path, {"traffic": {"routes": routes}}))
    assert here.names("HTTPRoute") == ["shop/cart.http", "shop/cart.http.2"]
    rules = [here.one("HTTPRoute", name)["spec"]["rules"] for name in ("cart.http", "cart.http.2")]
    assert [len(found) for found in rules] == [16, 5]


def test_pods_outside_the_mesh_leave_it_and_open_no_tunnel(tmp_path: Path) -> None:
    here = Objects(shop(tmp_path, {"mesh": {"member": False}}))
    labels = here.one("Deployment", "cart")["spec"]["template"]["metadata"]["labels"]
    assert labels["istio.io/dataplane-mode"] == "none"
    assert here.names("AuthorizationPolicy") == [
        "istio-system/waypoints-allow-nothing",
        "shop/allow-nothing",
        "web/allow-nothing",
    ]
    assert peers(here.one("NetworkPolicy", "web"), "egress") == [("shop", {"app.kubernetes.io/name": "cart"}, [8080])]


@pytest.mark.parametrize(
    ("word", "spec"),
    [
        ("access.web.paths", {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}}),
        ("deny.a.paths", {"deny": {"a": {"paths": ["/a"]}}}),
        ("traffic.timeout", {"traffic": {"timeout": "1s"}}),
        ("mesh.mtls", {"mesh": {"mtls": "permissive", "member": False}}),
    ],
)
def test_pods_outside_the_mesh_cannot_have_what_only_the_mesh_gives(
    word: str, spec: dict[str, Any], tmp_path: Path
) -> None:
    found = findings(shop(tmp_path, {"mesh": {"member": False}, **spec}))
    assert f"PC4301 `{word}` has no effect on cluster `prod`" in found


@pytest.mark.parametrize(
    ("word", "spec"),
    [
        ("traffic.fault.abort.status", {"traffic": {"fault": {"abort": {"status": 503}}}}),
        ("resilience.rateLimit", {"resilience": {"rateLimit": {"requests": 5, "per": "1s"}}}),
        ("mesh.proxyResources", {"mesh": {"proxyResources": {"requests": {"cpu": "1"}}}}),
    ],
)
def test_what_no_waypoint_can_do_is_an_error(word: str, spec: dict[str, Any], tmp_path: Path) -> None:
    told = {
        f"PC4301 `{word}` has no effect on cluster `prod`",
        f"PC4050 `istio-ambient` cannot do `{word}` on cluster `prod`",
    }
    assert told & set(findings(shop(tmp_path, spec)))


def test_removing_the_last_need_removes_the_waypoint_and_all_that_leads_to_it(tmp_path: Path) -> None:
    spec = {"access": {"web": {"from": ["web/web"], "paths": ["/a/*"]}}}
    after = Objects(shop(tmp_path, {}))
    before = Objects(shop(tmp_path, spec))
    gone = {(b["kind"], b["metadata"]["name"]) for b in before.bodies} - {
        (b["kind"], b["metadata"]["name"]) for b in after.bodies
    }
    assert gone == {
        ("Gateway", "waypoint"),
        ("ConfigMap", "waypoint"),
        ("NetworkPolicy", "waypoint"),
        ("HTTPRoute", "cart.http"),
        ("DestinationRule", "cart"),
        ("AuthorizationPolicy", "cart.waypoint"),
    }
    assert "waypoint" not in repr([b for b in after.bodies if b["metadata"]["name"] != "waypoints-allow-nothing"])
