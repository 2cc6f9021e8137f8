"""For each setting that a sidecar honours: what `shop/web` says besides the base, and what changes."""

from typing import Any

_CANARY: dict[str, Any] = {"image": "a.example/b:2", "weight": 10}
_AUTH: dict[str, Any] = {"jwt": "acme-idp", "audiences": ["a"]}
_EXPOSED: dict[str, Any] = {"gateway": "public", "paths": ["/a", "/b"]}
_RULE: dict[str, Any] = {"from": [{"principal": "cluster.local/ns/a/sa/b"}]}


def _version(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"versions": {"canary": _CANARY}}, {"versions": {"canary": {**_CANARY, **more}}}


def _auth(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = {**_EXPOSED, "auth": _AUTH}, {**_EXPOSED, "auth": {**_AUTH, **more}}
    return {"expose": {"web": before}}, {"expose": {"web": after}}


def _access(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    rule = {**_RULE, **_AUTH}
    return {"access": {"a": rule}}, {"access": {"a": {**rule, **more}}}


def _traffic(**words: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"versions": {"canary": _CANARY}}, {"traffic": words}


def _proxy(kind: str, resource: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {"mesh": {"proxyResources": {kind: {resource: "99Mi" if resource == "memory" else "99m"}}}}


SIDECAR_BEFORE_AFTER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "access.*.jwt": ({"access": {"a": _RULE}}, {"access": {"a": {**_RULE, **_AUTH}}}),
    "access.*.audiences": _access(audiences=["b"]),
    "access.*.claims": _access(claims={"scope": ["a"]}),
    "deny.*.from": ({"deny": {"a": {"paths": ["/a"]}}}, {"deny": {"a": {"paths": ["/a"], "from": ["cart"]}}}),
    "expose.*.auth.jwt": _auth(jwt="partners"),
    "expose.*.auth.audiences": _auth(audiences=["b"]),
    "expose.*.auth.claims": _auth(claims={"scope": ["a"]}),
    "expose.*.auth.publicPaths": _auth(publicPaths=["/b"]),
    "expose.*.auth.tokenFrom": _auth(tokenFrom={"cookie": "sid"}),
    "versions.*.image": _version(image="a.example/b:3"),
    "versions.*.weight": _version(weight=0),
    "versions.*.match": _version(match={"headers": {"x-canary": "1"}}),
    "versions.*.scale": _version(scale={"min": 7}),
    "versions.*.env": _version(env={"A": "b"}),
    "versions.*.resources": _version(resources={"requests": {"cpu": "7m"}}),
    "traffic.timeout": _traffic(timeout="3s"),
    "traffic.retries": _traffic(retries={"attempts": 0}),
    "traffic.loadBalancer": _traffic(loadBalancer={"policy": "random"}),
    "traffic.mirror": _traffic(mirror={"version": "canary"}),
    "traffic.fault": _traffic(fault={"abort": {"status": 503}}),
    "traffic.routes": _traffic(routes={"a": {"paths": ["/a"], "timeout": "9s"}}),
    "resilience.rateLimit": ({}, {"resilience": {"rateLimit": {"requests": 5, "per": "1s"}}}),
    "mesh.proxyResources.requests.cpu": _proxy("requests", "cpu"),
    "mesh.proxyResources.requests.memory": _proxy("requests", "memory"),
    "mesh.proxyResources.limits.cpu": _proxy("limits", "cpu"),
    "mesh.proxyResources.limits.memory": _proxy("limits", "memory"),
}
PROVEN_ELSEWHERE = {
    "expose.*.auth.required",  # tests/edge/test_tokens_and_rewrites.py
    "expose.*.rateLimit",  # tests/edge/test_limits.py
    "expose.*.tls.secret",  # tests/edge/test_tls.py, as the next two
    "expose.*.tls.mode",
    "expose.*.tls.clientCA",
    "expose.*.auth.external",  # tests/edge/test_authorizers.py: needs a fact of the cluster
    "rollout.weightsBy",  # so does its only value that is honoured
    "resilience.failover",  # needs a second region
}
