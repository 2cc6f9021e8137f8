"""A small organisation that is observed: clusters with and without a mesh, repositories written by a test."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests import plain_yaml

BASE = Path(__file__).parents[2] / "fixtures" / "base"
PROMETHEUS: dict[str, Any] = {"namespace": "monitoring", "podLabels": {"app": "prometheus"}}
TRACING: dict[str, Any] = {"provider": "otel", "namespace": "tracing", "podLabels": {"app": "collector"}}
LOGS: dict[str, Any] = {"loki": {}, "archive": {"podAnnotations": {"logs.acme.example/to": "archive"}}}
PORTS: dict[str, Any] = {"http": {"port": 80, "targetPort": 8080}, "admin": {"port": 9901, "internal": True}}


def cluster(played_by: str, part: str = "prometheus-operator@1", **facts: Any) -> dict[str, Any]:
    """Return a cluster's spec; a fact that is None is left out."""
    spec = {
        "environment": "prod",
        "region": "eu-west-1",
        "versions": {"kubernetes": "1.33", "istio": "1.29"},
        "parts": {"mesh": played_by, "observability": part},
        "prometheus": PROMETHEUS,
        "tracing": TRACING,
        **facts,
    }
    return {key: value for key, value in spec.items() if value is not None}


def application(**spec: Any) -> dict[str, Any]:
    """Return an application's spec; `observe` and whatever else a test is about."""
    return {"blueprint": "web-service@1", "image": "ghcr.io/acme/a:1.0.0", "ports": PORTS, **spec}


class Outcome:
    """What compiling gave: the output by path, and the findings."""

    def __init__(self, root: Path) -> None:
        bag = Bag()
        output = compile_tree(Directory(root), date(2026, 6, 1), bag)
        self.findings: tuple[Diagnostic, ...] = bag.sorted()
        self.files: dict[str, bytes] = dict(output.files) if output else {}

    def codes(self) -> list[str]:
        """Return the codes of what was found."""
        return [finding.code for finding in self.findings]

    def get(self, path: str) -> Any:
        """Return a resource below `clusters/`, without `.yaml`; None where there is none."""
        found = self.files.get(f"clusters/{path}.yaml")
        return plain_yaml.read(found) if found else None

    def pods(self, path: str) -> dict[str, Any]:
        """Return the metadata of a Deployment's pods."""
        found: dict[str, Any] = self.get(path)["spec"]["template"]["metadata"]
        return found


def compiled(
    root: Path, apps: dict[str, Any], clusters: dict[str, Any], platform: dict[str, Any] | None = None
) -> Outcome:
    """Write an organisation whose team `shop` has these applications, and compile it."""
    shutil.copytree(BASE, root)
    for path in [*(root / "clusters").iterdir(), *(root / "teams").rglob("*.yaml")]:
        if path.name != "team.yaml":
            path.unlink()
    owners = {"github": ["acme/shop"], "slack": "#shop", "oncall": "pd-shop"}
    _write(root / "teams/shop/team.yaml", "Team", "shop", {"owners": owners, "namespaces": {"shop": {}}})
    _write(root / "platform.yaml", "Platform", "acme", {"logs": LOGS, **(platform or {})})
    for name, spec in clusters.items():
        _write(root / f"clusters/{name}.yaml", "Cluster", name, spec)
    for name, spec in apps.items():
        _write(root / f"teams/shop/{name}.yaml", "Application", name, spec)
    return Outcome(root)


def _write(path: Path, kind: str, name: str, spec: dict[str, Any]) -> None:
    document = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    path.write_text(yaml.safe_dump(document))


def openings(policy: Any, direction: str) -> list[tuple[str, str, int]]:
    """Return what a NetworkPolicy opens: namespace, pod label and port of each peer."""
    found = []
    for rule in policy["spec"][direction]:
        for peer in rule.get("from", rule.get("to", [])):
            namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            label = "".join(peer["podSelector"]["matchLabels"].values())
            found += [(namespace, label, port["port"]) for port in rule["ports"]]
    return found
