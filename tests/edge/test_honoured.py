"""Each setting that gateway-api and envoy-gateway honour changes what is compiled; what they cannot do is refused."""

from pathlib import Path
from typing import Any

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.source.tree import Directory
from tests.edge.shops import app, compiled, findings, shop

WEB = {"gateway": "public"}


def web(**settings: Any) -> dict[str, Any]:
    return {"expose": {"web": {**WEB, **settings}}}


def canary(**settings: Any) -> dict[str, Any]:
    return {**web(), "versions": {"canary": {"image": "ghcr.io/acme/web:1.1.0", **settings}}}


SHARED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "expose.*.gateway": (web(), {"expose": {"web": {"gateway": "internal"}}}),
    "expose.*.host": (web(), web(host="other")),
    "expose.*.port": ({"ports": {"http": {"port": 80}, "two": {"port": 81}}, **web()}, web(port="two")),
    "expose.*.paths": (web(), web(paths=["/a/*"])),
    "expose.*.methods": (web(), web(methods=["GET"])),
    "expose.*.headers": (web(), web(headers={"x-api": "2"})),
    "expose.*.httpRedirect": (web(), web(httpRedirect=False)),
    "expose.*.rewrite": (web(paths=["/a/*"]), web(paths=["/a/*"], rewrite={"prefix": "/"})),
    "expose.*.redirect": (web(), web(redirect={"path": "/new"})),
    "expose.*.setHeaders": (web(), web(setHeaders={"request": {"set": {"x-edge": "1"}}})),
    "expose.*.opens": (web(paths=["/a/*"]), web(paths=["/a/*", "/metrics"], opens=["/metrics"])),
    "expose.*.cors": (web(), web(cors={"origins": ["https://a.example"]})),
    "expose.*.tls.secret": (web(), web(tls={"secret": "own"})),
    "expose.*.sourceRanges": (web(), web(sourceRanges=["192.0.2.0/24"])),
    "traffic.timeout": (web(), {"traffic": {"timeout": "3s"}}),
    "versions.*.weight": (canary(), canary(weight=10)),
    "versions.*.match": (canary(), canary(match={"headers": {"x-canary": "1"}})),
}
"""What an application says before and after, for the settings that all parts honour."""
ROUTES = {"traffic": {"routes": {"slow": {"paths": ["/slow/*"], "timeout": "9s"}}}}
GATEWAY_API = {
    **SHARED,
    "traffic.routes.*.paths": (
        {**web(), **ROUTES},
        {"traffic": {"routes": {"slow": {"paths": ["/z"], "timeout": "9s"}}}},
    ),
    "traffic.routes.*.methods": (
        {**web(), **ROUTES},
        {"traffic": {"routes": {"slow": {**ROUTES["traffic"]["routes"]["slow"], "methods": ["GET"]}}}},
    ),
    "traffic.routes.*.headers": (
        {**web(), **ROUTES},
        {"traffic": {"routes": {"slow": {**ROUTES["traffic"]["routes"]["slow"], "headers": {"a": "b"}}}}},
    ),
    "traffic.routes.*.timeout": (
        {**web(), **ROUTES},
        {"traffic": {"routes": {"slow": {"paths": ["/slow/*"], "timeout": "8s"}}}},
    ),
}
JWT = {"jwt": "acme-idp"}
ENVOY = {
    **SHARED,
    "expose.*.rateLimit.requests": (
        web(rateLimit={"requests": 5, "per": "1s"}),
        web(rateLimit={"requests": 6, "per": "1s"}),
    ),
    "expose.*.rateLimit.per": (
        web(rateLimit={"requests": 5, "per": "1s"}),
        web(rateLimit={"requests": 5, "per": "1m"}),
    ),
    "expose.*.rateLimit.by": (
        web(rateLimit={"requests": 5, "per": "1s"}),
        web(rateLimit={"requests": 5, "per": "1s", "by": "header:x-user"}),
    ),
    "expose.*.auth.jwt": (web(), web(auth=JWT)),
    "expose.*.auth.audiences": (web(auth=JWT), web(auth={**JWT, "audiences": ["web"]})),
    "expose.*.auth.claims": (web(auth=JWT), web(auth={**JWT, "claims": {"group": ["a"]}})),
    "expose.*.auth.publicPaths": (web(auth=JWT), web(auth={**JWT, "publicPaths": ["/healthz"]})),
    "expose.*.auth.tokenFrom": (web(auth=JWT), web(auth={**JWT, "tokenFrom": {"cookie": "session"}})),
    "traffic.retries": (web(), {"traffic": {"retries": {"attempts": 4}}}),
    "traffic.loadBalancer": (web(), {"traffic": {"loadBalancer": {"policy": "random"}}}),
    "traffic.fault": (web(), {"traffic": {"fault": {"abort": {"status": 503}}}}),
    "traffic.routes": (web(), ROUTES),
    "resilience.circuitBreaker": (web(), {"resilience": {"circuitBreaker": {"maxConnections": 9}}}),
    "resilience.outlierDetection": (web(), {"resilience": {"outlierDetection": {"consecutiveErrors": 9}}}),
}
TRAFFIC = ("traffic.timeout", "traffic.retries", "traffic.fault", "traffic.routes")
ISTIO = {path: case for path, case in ENVOY.items() if path in SHARED or path in TRAFFIC}
MUTUAL = {"mode": "mutual", "clientCA": "partners"}
ISTIO["expose.*.rateLimit"] = (web(), web(rateLimit={"requests": 5, "per": "1s"}))
ISTIO["expose.*.tls.clientCA"] = (web(tls=MUTUAL), web(tls={**MUTUAL, "clientCA": "others"}))
CASES = {"gateway-api": GATEWAY_API, "envoy-gateway": ENVOY, "istio-gateway": ISTIO}
ELSEWHERE = ("expose.*.delegate", "rollout.weightsBy", "expose.*.tls.mode")
"""What other tests prove; of the last two most parts honour only the value that holds anyway."""
CLOSED = {"closedPaths": ["/metrics"]}


@pytest.mark.parametrize("part", CASES)
def test_every_honoured_setting_of_a_part_has_a_proof(part: str, tmp_path: Path) -> None:
    root, bag = shop(tmp_path, ingress=f"{part}@1", apps={"shop/web": app()}), Bag()
    catalog = load_catalog(Directory(root), load(Directory(root), bag), bag)
    (blueprint,) = catalog.blueprints[part]
    honoured = {".".join(honour.path) for honour in blueprint.contract.honours}
    assert honoured == {*CASES[part], *ELSEWHERE}


@pytest.mark.parametrize(("part", "path"), [(part, path) for part, cases in CASES.items() for path in cases])
def test_honoured_setting_changes_the_output(part: str, path: str, tmp_path: Path) -> None:
    before, after = CASES[part][path]
    outputs = []
    for name, spec in (("before", before), ("after", {**before, **after})):
        root = shop(
            tmp_path / name,
            ingress=f"{part}@1",
            apps={"shop/web": app(**spec)},
            platform=CLOSED if "opens" in path else None,
        )
        outputs.append(compiled(root))
    assert outputs[0] != outputs[1]


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("gateway-api@1", "none", web(auth=JWT), "PC4301 `expose.web.auth.jwt`"),
    (
        "gateway-api@1",
        "none",
        web(rateLimit={"requests": 5, "per": "1s"}),
        "PC4050 `gateway-api` cannot do `expose.web.rateLimit`",
    ),
    (
        "gateway-api@1",
        "istio-sidecar@1",
        {**web(), "traffic": {"retries": {"attempts": 3}}},
        "PC4050 `gateway-api` cannot do `traffic.retries`",
    ),
    (
        "gateway-api@1",
        "istio-sidecar@1",
        {**web(), "traffic": {"fault": {"abort": {"status": 503}}}},
        "PC4050 `gateway-api` cannot do `traffic.fault`",
    ),
    ("envoy-gateway@1", "none", web(auth={**JWT, "required": False}), "PC4301 `expose.web.auth.required`"),
    (
        "envoy-gateway@1",
        "none",
        web(rateLimit={"requests": 5, "per": "1s", "burst": 9}),
        "PC4050 `envoy-gateway` cannot do `expose.web.rateLimit.burst`",
    ),
    (
        "istio-gateway@1",
        "istio-sidecar@1",
        web(rateLimit={"requests": 5, "per": "1s", "by": "client"}),
        "PC4050 `istio-gateway` cannot do `expose.web.rateLimit.by`",
    ),
]


@pytest.mark.parametrize(("ingress", "mesh", "spec", "words"), REFUSED)
def test_what_a_part_cannot_express_is_refused(
    ingress: str, mesh: str, spec: dict[str, Any], words: str, tmp_path: Path
) -> None:
    found = findings(shop(tmp_path, ingress=ingress, mesh=mesh, apps={"shop/web": app(**spec)}))
    assert any(line.startswith(words) for line in found), found


def test_old_gateway_api_has_no_cors_and_no_timeouts(tmp_path: Path) -> None:
    spec = {**web(cors={"origins": ["https://a.example"]}), "traffic": {"timeout": "3s"}}
    found = findings(shop(tmp_path, ingress="gateway-api@1", api="1.1", apps={"shop/web": app(**spec)}))
    assert [line.partition(" has ")[0] for line in found if line.startswith("PC4301")] == [
        "PC4301 `expose.web.cors.origins`",
    ]
    assert [line.partition(" on ")[0] for line in found if line.startswith("PC4050")] == [
        "PC4050 `gateway-api` cannot do `traffic.timeout`",
    ]


def test_a_platform_may_let_traffic_pass_that_a_gateway_cannot_do(tmp_path: Path) -> None:
    spec = {**web(), "traffic": {"retries": {"attempts": 3}}}
    root = shop(
        tmp_path,
        ingress="gateway-api@1",
        mesh="istio-sidecar@1",
        apps={"shop/web": app(**spec)},
        platform={"unsupported": {"traffic": "warn"}},
    )
    assert [line[:6] for line in findings(root)] == ["PC4050"]
    assert compiled(root)


def test_behind_a_waypoint_the_gateway_needs_to_do_nothing(tmp_path: Path) -> None:
    """A gateway before a waypoint neither splits nor tries again (MODEL decisions 26 and 29)."""
    spec = {**web(), "traffic": {"mirror": {"version": "canary"}}, "versions": {"canary": {"image": "a.example/b:2"}}}
    root = shop(tmp_path, ingress="gateway-api@1", mesh="istio-ambient@1", apps={"shop/web": app(**spec)})
    (route,) = [b for b in compiled(root).values() if b["metadata"]["name"] == "web.web" and b["kind"] == "HTTPRoute"]
    assert route["spec"]["rules"][0]["backendRefs"] == [{"name": "web", "port": 80}]


def test_envoy_gateway_before_an_ambient_mesh_is_refused(tmp_path: Path) -> None:
    root = shop(tmp_path, ingress="envoy-gateway@1", mesh="istio-ambient@1", apps={"shop/web": app(**web())})
    assert [line for line in findings(root) if line.startswith("PC4050 `envoy-gateway` cannot do `expose.web`")]
