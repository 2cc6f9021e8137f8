"""Small repositories: one team, one cluster, and the applications of a test."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests import plain_yaml

AS_OF = date(2026, 6, 1)
Spec = dict[str, Any]
Objects = dict[tuple[str, str], dict[str, Any]]
MESH: Spec = {"nativeSidecars": True, "cni": True}
RESOURCES: Spec = {"requests": {"cpu": "50m", "memory": "64Mi"}}


def document(kind: str, name: str, spec: Spec, **metadata: Any) -> str:
    head = {"apiVersion": "platformc.dev/v1", "kind": kind, "metadata": {"name": name, **metadata}}
    return yaml.dump({**head, "spec": spec}, Dumper=_WithoutAliases, sort_keys=False)


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- the signature is PyYAML's
        return True


def write(root: Path, applications: dict[str, Spec], mesh: str = "istio-sidecar@1", **others: Spec) -> Path:
    """Write a repository with applications of team `shop`; `others` are parts of cluster, environment and platform."""
    cluster = {
        "environment": "prod",
        "region": "eu-west-1",
        "versions": {"kubernetes": "1.33", "istio": "1.29"},
        "parts": {"mesh": mesh},
        "mesh": MESH,
        "network": {"apiServer": ["10.96.0.1/32"]},
        **others.get("cluster", {}),
    }
    files = {
        "platform.yaml": document(
            "Platform", "acme", {"defaults": {"resources": RESOURCES}, **others.get("platform", {})}
        ),
        "environments/prod.yaml": document("Environment", "prod", others.get("environment", {})),
        "clusters/prod.yaml": document("Cluster", "prod", cluster),
        "teams/shop/team.yaml": document("Team", "shop", {"owners": {"slack": "#shop"}, "namespaces": {"shop": {}}}),
        **{f"teams/shop/{name}.yaml": document("Application", name, spec) for name, spec in applications.items()},
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def compiled(root: Path) -> Objects:
    """Return every object of namespace `shop`, by kind and name; nothing may be wrong."""
    bag = Bag()
    output = compile_tree(Directory(root), AS_OF, bag)
    assert output is not None, [f"{d.code} {d.message}" for d in bag.sorted()]
    bodies = [plain_yaml.read(data) for path, data in output.files.items() if path.startswith("clusters/prod/shop/")]
    return {(body["kind"], body["metadata"]["name"]): body for body in bodies}


def findings(root: Path) -> list[Diagnostic]:
    """Return what is wrong with a repository."""
    bag = Bag()
    compile_tree(Directory(root), AS_OF, bag)
    return list(bag.sorted())


def of_kind(objects: Objects, kind: str) -> list[dict[str, Any]]:
    return [body for (found, _), body in sorted(objects.items()) if found == kind]


def pod(body: dict[str, Any]) -> dict[str, Any]:
    """Return the spec of the pods that a workload makes."""
    spec = body["spec"].get("jobTemplate", body)["spec"]
    found: dict[str, Any] = spec["template"]["spec"]
    return found
