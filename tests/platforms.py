"""Small platform repositories that a test writes, and what the real pipeline makes of them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests import plain_yaml

Body = dict[str, Any]
AS_OF = date(2026, 6, 1)
GATEWAYS = {
    "public": {"namespace": "istio-ingress", "podLabels": {"istio": "ingress"}, "serviceAccount": "ingress"},
}


def cluster(part: str, **more: Any) -> Body:
    """Return the spec of a cluster of environment `prod` with a mesh part and Istio's gateway."""
    return {
        "environment": "prod",
        "region": "eu-west-1",
        "versions": {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": "1.4"},
        "parts": {"mesh": part, "ingress": "istio-gateway@1"},
        "gateways": GATEWAYS,
        **more,
    }


def app(**spec: Any) -> Body:
    """Return the spec of a web service with an HTTP port."""
    defaults = {
        "blueprint": "web-service@1",
        "image": "registry.example/program:1.0.0",
        "ports": {"http": {"port": 80, "targetPort": 8080}},
    }
    return {**defaults, **spec}


def write(
    root: Path,
    clusters: Mapping[str, Body],
    teams: Mapping[str, Mapping[str, Body]],
    platform: Body | None = None,
    team: Body | None = None,
) -> Path:
    """Write a repository: clusters by name, the manifests of teams by name; hosts make an ExternalService."""
    _put(root / "platform.yaml", "Platform", "acme", platform or {})
    _put(root / "environments" / "prod.yaml", "Environment", "prod", {})
    gateway = {
        "visibility": "public",
        "domains": {"prod": "acme.example"},
        "tls": {"issuer": "letsencrypt"},
        "teams": ["*"],
    }
    _put(root / "gateways" / "public.yaml", "Gateway", "public", gateway)
    for name, spec in clusters.items():
        _put(root / "clusters" / f"{name}.yaml", "Cluster", name, spec)
    for owner, manifests in teams.items():
        folder = root / "teams" / owner
        settings = {"owners": {"slack": f"#{owner}"}, "namespaces": {owner: {}}, **(team or {})}
        _put(folder / "team.yaml", "Team", owner, settings)
        for name, spec in manifests.items():
            kind = "ExternalService" if "hosts" in spec else "Application"
            _put(folder / f"{name}.yaml", kind, name, spec)
    return root


def compiled(root: Path) -> list[tuple[str, Body]]:
    """Return every resource with its cluster; a repository with an error fails the test."""
    bag = Bag()
    output = compile_tree(Directory(root), AS_OF, bag)
    assert output is not None, [f"{d.code} {d.span} {d.message}" for d in bag.sorted()]
    return [
        (path.split("/")[1], plain_yaml.read(text)) for path, text in output.files.items() if path.endswith(".yaml")
    ]


def findings(root: Path) -> list[str]:
    """Return the code and message of every finding."""
    bag = Bag()
    compile_tree(Directory(root), AS_OF, bag)
    return [f"{d.code} {d.message}" for d in bag.sorted()]


class Objects:
    """The resources of one cluster."""

    def __init__(self, root: Path, name: str = "prod") -> None:
        self.bodies = [body for where, body in compiled(root) if where == name]

    def one(self, kind: str, name: str) -> Body:
        """Return the one object of a kind and name, wherever it is."""
        [found] = [b for b in self.bodies if b["kind"] == kind and b["metadata"]["name"] == name]
        return found

    def names(self, kind: str) -> list[str]:
        """Return `namespace/name` of every object of a kind, sorted."""
        found = (b["metadata"] for b in self.bodies if b["kind"] == kind)
        return sorted(f"{meta.get('namespace', '')}/{meta['name']}" for meta in found)


def _put(path: Path, kind: str, name: str, spec: Body) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    path.write_text(yaml.safe_dump(json.loads(json.dumps(body))))  # what two places share would become an alias
