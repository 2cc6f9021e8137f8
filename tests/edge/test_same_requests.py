"""The same manifests let the same requests in on every kind of cluster, computed from the compiled resources."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.edge.requests import Request, outcome
from tests.edge.shops import Body, app, compiled, shop

HOST = "shop.acme.example"
FRONT = app(
    expose={
        "web": {
            "gateway": "public",
            "host": HOST,
            "paths": ["/*"],
            "delegate": {"search/ui": ["/search/*", "/find"]},
        },
        "ask": {"gateway": "public", "host": HOST, "paths": ["/ask/*", "/ask/deep/*"], "methods": ["POST"]},
        "old": {"gateway": "public", "host": "old", "redirect": {"host": HOST}},
    },
    traffic={"routes": {"slow": {"paths": ["/slow/*"], "timeout": "60s"}}},
)
UI = app(
    expose={
        "web": {"gateway": "public", "host": HOST, "paths": ["/search/*", "/find"], "rewrite": {"prefix": "/v1"}},
        "inside": {"gateway": "internal", "host": "ui", "opens": ["/debug/vars/*"]},
    }
)
API = app(expose={"web": {"gateway": "public", "host": HOST, "paths": ["/ask/a/*", "/z/*"]}})
APPS: dict[str, Body] = {"shop/front": FRONT, "search/ui": UI, "shop/api": API}
CLOSED = {"closedPaths": ["/metrics", "/debug/*", "/v1/secret/*"]}
CLUSTERS = [
    ("istio-gateway@1", "none", "1.4"),
    ("istio-gateway@1", "istio-sidecar@1", "1.4"),
    ("gateway-api@1", "istio-sidecar@1", "1.4"),
    ("gateway-api@1", "istio-sidecar@1", "1.5"),
    ("envoy-gateway@1", "none", "1.4"),
    ("envoy-gateway@1", "none", "1.5"),
    ("envoy-gateway@1", "istio-sidecar@1", "1.5"),
]
WANTED = {
    Request(HOST, "/"): "front /",
    Request(HOST, "/cart"): "front /cart",
    Request(HOST, "/slow/a"): "front /slow/a",
    Request(HOST, "/metrics"): "refused",
    Request(HOST, "/metrics/x"): "front /metrics/x",
    Request(HOST, "/debug"): "refused",
    Request(HOST, "/debug/pprof"): "refused",
    Request(HOST, "/debugger"): "front /debugger",
    Request(HOST, "/ask", "POST"): "front /ask",
    Request(HOST, "/ask/deep/a", "POST"): "front /ask/deep/a",
    Request(HOST, "/ask", "GET"): "front /ask",
    Request(HOST, "/ask/a/b", "POST"): "api /ask/a/b",
    Request(HOST, "/ask/ab", "POST"): "front /ask/ab",
    Request(HOST, "/z"): "api /z",
    Request(HOST, "/search"): "ui /v1",
    Request(HOST, "/search/"): "ui /v1/",
    Request(HOST, "/search/a/b"): "ui /v1/a/b",
    Request(HOST, "/searching"): "front /searching",
    Request(HOST, "/find"): "ui /v1",
    Request(HOST, "/find/x"): "front /find/x",
    Request(HOST, "/search/secret/key"): "refused",
    Request(HOST, "//metrics"): "front //metrics",
    Request("ui.internal.example", "/"): "ui /",
    Request("ui.internal.example", "/metrics"): "refused",
    Request("ui.internal.example", "/debug/pprof"): "refused",
    Request("ui.internal.example", "/debug/vars/x"): "ui /debug/vars/x",
    Request("old.public.example", "/anything"): "redirected",
    Request("other.public.example", "/"): "refused",
}
"""Each request and what becomes of it; a slash at the end of a rewritten prefix is left to the gateway."""


@cache
def cluster(ingress: str, mesh: str, api: str) -> dict[str, Body]:
    with TemporaryDirectory() as root:
        return compiled(shop(Path(root), ingress=ingress, mesh=mesh, api=api, apps=APPS, platform=CLOSED))


@pytest.mark.parametrize(("ingress", "mesh", "api"), CLUSTERS)
@pytest.mark.parametrize("request_", WANTED, ids=lambda r: f"{r.method} {r.host}{r.path}")
def test_a_request_ends_where_the_manifests_say(request_: Request, ingress: str, mesh: str, api: str) -> None:
    got = outcome(cluster(ingress, mesh, api), request_)
    assert got.rstrip("/") == WANTED[request_].rstrip("/")
