"""Whence clients may come, at gateways that Istio runs; who gets in is computed in tests/reachability."""

from pathlib import Path
from typing import Any

import pytest

from tests.edge.shops import Body, app, compiled, findings, of, shop

RANGES = ["192.0.2.0/24", "2001:db8::/32"]
WEB: Body = {"gateway": "public", "sourceRanges": RANGES}
REFUSES = {
    "from": [{"source": {"notRemoteIpBlocks": RANGES}}],
    "to": [{"operation": {"hosts": ["web.public.example", "web.public.example:*"]}}],
}


def exposed(root: Path, ingress: str, mesh: str = "istio-sidecar@1", **exposures: Any) -> Path:
    return shop(root, ingress=ingress, mesh=mesh, apps={"shop/web": app(expose=exposures)})


@pytest.mark.parametrize("mesh", ["none", "istio-sidecar@1", "istio-ambient@1"])
@pytest.mark.parametrize(
    ("ingress", "where"),
    [
        ("istio-gateway@1", {"selector": {"matchLabels": {"edge": "public"}}}),
        (
            "gateway-api@1",
            {"targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public"}]},
        ),
    ],
)
def test_the_gateway_refuses_whoever_comes_from_elsewhere(ingress: str, where: Body, mesh: str, tmp_path: Path) -> None:
    found = compiled(exposed(tmp_path, ingress, mesh, web=WEB))
    (policy,) = of(found, "AuthorizationPolicy", "web-public-example")
    assert policy["metadata"]["namespace"] == "edge-public"
    assert policy["spec"] == {**where, "action": "DENY", "rules": [REFUSES]}


def test_without_ranges_nobody_is_refused(tmp_path: Path) -> None:
    found = compiled(exposed(tmp_path, "istio-gateway@1", web={"gateway": "public"}))
    assert not of(found, "AuthorizationPolicy", "web-public-example")


def test_exposures_with_the_same_ranges_need_no_exceptions(tmp_path: Path) -> None:
    found = compiled(
        exposed(tmp_path, "istio-gateway@1", web=WEB, part={**WEB, "paths": ["/part/*"], "sourceRanges": [*RANGES]})
    )
    (policy,) = of(found, "AuthorizationPolicy", "web-public-example")
    assert all("notPaths" not in rule["to"][0]["operation"] for rule in policy["spec"]["rules"])


@pytest.mark.parametrize("other", [{"methods": ["GET"]}, {"headers": {"x-api": "2"}, "methods": ["GET", "POST"]}])
@pytest.mark.parametrize("ingress", ["istio-gateway@1", "gateway-api@1"])
def test_what_methods_or_headers_alone_tell_apart_is_refused(ingress: str, other: Body, tmp_path: Path) -> None:
    root = exposed(tmp_path, ingress, web={**WEB, "methods": ["POST"]}, other={"gateway": "public", **other})
    (found,) = [line for line in findings(root) if line.startswith("PC4050")]
    assert "`expose.web.sourceRanges`" in found


def test_a_gateway_of_another_class_reads_no_policy_of_istios(tmp_path: Path) -> None:
    root = exposed(tmp_path, "gateway-api@1", "none", web=WEB)
    cluster = root / "clusters" / "prod.yaml"
    cluster.write_text(cluster.read_text().replace("class: istio", "class: cilium"))
    (found,) = findings(root)
    assert found.startswith("PC4050 `gateway-api` cannot do `expose.web.sourceRanges`")
