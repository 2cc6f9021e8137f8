"""Every field of `expose` is honoured or answered at the team's line, on each ingress part and each mesh."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from platform_compiler.context.shape import Record, Shape
from platform_compiler.context.shapes import shape_of
from platform_compiler.diagnostics import Bag
from platform_compiler.model.traffic import Expose
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests.edge.shops import AS_OF, Body, app, shop

WEB: Body = {"gateway": "public"}
JWT: Body = {"jwt": "acme-idp"}
CORS: Body = {"origins": ["https://a.example"]}
LIMIT: Body = {"requests": 5, "per": "1s"}
MUTUAL: Body = {"mode": "mutual", "clientCA": "partners"}
PORTS: Body = {"http": {"port": 80}, "two": {"port": 81}, "own-tls": {"port": 443, "protocol": "https"}}
PASSED: Body = {"port": "own-tls", "tls": {"mode": "passthrough"}, "opens": ["/metrics"]}


def auth(**settings: Any) -> tuple[Body, Body]:
    return {"auth": JWT}, {"auth": {**JWT, **settings}}


def cors(**settings: Any) -> tuple[Body, Body]:
    return {"cors": CORS}, {"cors": {**CORS, **settings}}


def limit(**settings: Any) -> tuple[Body, Body]:
    return {"rateLimit": LIMIT}, {"rateLimit": {**LIMIT, **settings}}


CASES: dict[str, tuple[Body, Body]] = {
    "gateway": ({}, {"gateway": "internal"}),
    "host": ({}, {"host": "elsewhere"}),
    "port": ({}, {"port": "two"}),
    "paths": ({}, {"paths": ["/a/*"]}),
    "methods": ({}, {"methods": ["GET"]}),
    "headers": ({}, {"headers": {"x-api": "2"}}),
    "auth.jwt": ({}, {"auth": JWT}),
    "auth.audiences": auth(audiences=["b"]),
    "auth.claims": auth(claims={"group": ["a"]}),
    "auth.publicPaths": auth(publicPaths=["/healthz"]),
    "auth.required": auth(required=False),
    "auth.external": auth(external="opa"),
    "auth.tokenFrom.header": auth(tokenFrom={"header": "x-token"}),
    "auth.tokenFrom.cookie": auth(tokenFrom={"cookie": "session"}),
    "auth.tokenFrom.query": auth(tokenFrom={"query": "token"}),
    "cors.origins": cors(origins=["https://b.example"]),
    "cors.methods": cors(methods=["GET"]),
    "cors.headers": cors(headers=["x-a"]),
    "cors.credentials": cors(credentials=True),
    "cors.maxAge": cors(maxAge="1h"),
    "rewrite.prefix": ({"paths": ["/a/*"]}, {"paths": ["/a/*"], "rewrite": {"prefix": "/b"}}),
    "redirect.host": ({"redirect": {"path": "/n"}}, {"redirect": {"path": "/n", "host": "o.example"}}),
    "redirect.path": ({"redirect": {"host": "o.example"}}, {"redirect": {"path": "/n", "host": "o.example"}}),
    "redirect.code": ({"redirect": {"path": "/n"}}, {"redirect": {"path": "/n", "code": 301}}),
    **{
        f"setHeaders.{way}.{word}": ({}, {"setHeaders": {way: {word: value}}})
        for way in ("request", "response")
        for word, value in (("add", {"x-a": "1"}), ("set", {"x-a": "1"}), ("remove", ["x-a"]))
    },
    "rateLimit.requests": limit(requests=6),
    "rateLimit.per": limit(per="1m"),
    "rateLimit.burst": limit(burst=9),
    "rateLimit.by": limit(by="client"),
    "sourceRanges": ({}, {"sourceRanges": ["192.0.2.0/24"]}),
    "tls.mode": ({}, PASSED),
    "tls.secret": ({}, {"tls": {"secret": "own"}}),
    "tls.clientCA": ({"tls": MUTUAL}, {"tls": {**MUTUAL, "clientCA": "others"}}),
    "httpRedirect": ({}, {"httpRedirect": False}),
    "opens": ({"paths": ["/a/*"]}, {"paths": ["/a/*", "/metrics"], "opens": ["/metrics"]}),
}
OPA: Body = {
    "authorizers": {"opa": {"namespace": "opa", "service": "opa", "podLabels": {"app": "opa"}, "targetPort": 9191}}
}
GIVEN_AWAY = {"delegate"}
"""A permission: it changes what others may write, and nothing by itself."""
CLUSTERS = [
    (ingress, mesh)
    for ingress in ("istio-gateway@1", "gateway-api@1", "envoy-gateway@1")
    for mesh in ("none", "istio-sidecar@1", "istio-ambient@1")
]
NAMES: dict[str, str] = {}
"""The application of each exposure; those that say the same share one."""


def leaves(shape: Shape, path: str = "") -> Iterator[str]:
    if not isinstance(shape, Record):
        yield path
        return
    for name, field in shape.fields.items():
        yield from leaves(field.shape, f"{path}.{name}" if path else name)


def name_of(exposure: Body, counter: Iterator[int] = count()) -> str:  # noqa: B008 -- one counter for all names
    return NAMES.setdefault(repr(exposure), f"q{next(counter):03d}")


PAIRS = {path: (name_of(before), name_of(after)) for path, (before, after) in CASES.items()}
APPS: dict[str, Body] = {
    name_of(settings): app(ports=PORTS, expose={"web": {**WEB, "port": "http", **settings}})
    for pair in CASES.values()
    for settings in pair
}


@cache
def results(ingress: str, mesh: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return what is said of each application, and all that is made of those of which nothing is said."""
    said: dict[str, list[str]] = {}
    for line in _compiled(ingress, mesh, APPS)[0]:
        said.setdefault(line.partition(" ")[0], []).append(line.partition(" ")[2])
    wanted = {name: spec for name, spec in APPS.items() if name not in said}
    if not wanted:
        return said, {}
    again, files = _compiled(ingress, mesh, wanted)
    assert not [line for line in again if line.startswith("q")]
    made: dict[str, list[str]] = {name: [] for name in wanted}
    for path, text in sorted(files.items()):
        for name in {*re.findall(r"q\d{3}", path), *re.findall(r"q\d{3}", text)} & wanted.keys():
            lines = text.splitlines() if name in path else [line for line in text.splitlines() if name in line]
            made[name].append("\n".join(lines).replace(name, "NAME"))
    return said, {name: sorted(texts) for name, texts in made.items()}


def _compiled(ingress: str, mesh: str, apps: dict[str, Body]) -> tuple[list[str], dict[str, str]]:
    bag, closed = Bag(), {"closedPaths": ["/metrics"]}
    with TemporaryDirectory() as root:
        specs = {f"shop/{name}": spec for name, spec in apps.items()}
        tree = shop(Path(root), ingress=ingress, mesh=mesh, apps=specs, platform=closed, cluster=OPA)
        output = compile_tree(Directory(tree), AS_OF, bag)
    found = [f"{Path(d.span.path).stem} {d.code} {d.message}" for d in bag.sorted()]
    return found, {path: data.decode() for path, data in output.files.items()} if output else {}


def test_every_field_of_the_vocabulary_has_a_case() -> None:
    assert {path for path in leaves(shape_of(Expose)) if path not in GIVEN_AWAY} == CASES.keys()


@pytest.mark.parametrize(("ingress", "mesh"), CLUSTERS)
def test_every_field_is_honoured_or_answered(ingress: str, mesh: str) -> None:
    said, made = results(ingress, mesh)
    silent = []
    for path, (before, after) in PAIRS.items():
        answered = set(said.get(after, [])) - set(said.get(before, [])) or said.get(before)
        changed = after in made and before in made and made[before] != made[after]
        if not (answered or changed):
            silent.append(path)
    assert silent == []
