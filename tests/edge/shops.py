"""Small repositories with a gateway: one cluster, two teams, and what a test writes into them."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory
from tests import plain_yaml

AS_OF = date(2026, 6, 1)
API = "platformc.dev/v1"
Body = dict[str, Any]
CLASSES = {"gateway-api@1": "istio", "envoy-gateway@1": "eg", "istio-gateway@1": "istio"}


def write(root: Path, kind: str, path: str, spec: Body) -> None:
    """Write one manifest."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    name = place.parent.name if kind == "Team" else "acme" if kind == "Platform" else place.stem
    place.write_text(yaml.safe_dump({"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": spec}))


def app(**spec: Any) -> Body:
    """Return an application's spec."""
    base: Body = {
        "blueprint": "web-service@1",
        "image": "ghcr.io/acme/web:1.0.0",
        "ports": {"http": {"port": 80, "targetPort": 8080}},
    }
    return {**base, **spec}


def shop(  # noqa: PLR0913 -- what tests differ in, all named
    root: Path,
    *,
    ingress: str,
    mesh: str = "none",
    api: str = "1.5",
    apps: dict[str, Body],
    gateway: Body | None = None,
    platform: Body | None = None,
    cluster: Body | None = None,
) -> Path:
    """Write a repository; `apps` are specs by `team/name`."""
    providers = {
        "acme-idp": {"issuer": "https://idp.example/", "jwksUri": "https://idp.example/keys", "audiences": ["shop"]}
    }
    resources = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
    write(
        root,
        "Platform",
        "platform.yaml",
        {"identityProviders": providers, "defaults": {"resources": resources}, **(platform or {})},
    )
    write(root, "Environment", "environments/prod.yaml", {"defaults": {"scale": {"min": 2}}})
    planes = {
        name: {
            "namespace": f"edge-{name}",
            "podLabels": {"edge": name},
            "serviceAccount": f"edge-{name}",
            "class": CLASSES[ingress],
        }
        for name in ("public", "internal")
    }
    versions = {"kubernetes": "1.33", "istio": "1.29", "gatewayApi": api}
    facts = {
        "environment": "prod",
        "region": "eu-west-1",
        "versions": versions,
        "parts": {"mesh": mesh, "ingress": ingress},
        "gateways": planes,
    }
    write(root, "Cluster", "clusters/prod.yaml", {**facts, **(cluster or {})})
    for name in planes:
        settings = {
            "visibility": name,
            "domains": {"prod": f"{name}.example"},
            "tls": {"issuer": "letsencrypt"},
            "teams": ["*"],
        }
        write(root, "Gateway", f"gateways/{name}.yaml", {**settings, **(gateway or {})})
    for team in {ref.partition("/")[0] for ref in apps}:
        owned = {
            "owners": {"slack": f"#{team}"},
            "namespaces": {team: {}},
            "domains": ["acme.example", "*.acme.example"],
        }
        write(root, "Team", f"teams/{team}/team.yaml", owned)
    for ref, spec in apps.items():
        write(root, "Application", f"teams/{ref}.yaml", spec)
    return root


def findings(root: Path) -> list[str]:
    """Return code and message of what compiling says."""
    bag = Bag()
    compile_tree(Directory(root), AS_OF, bag)
    return [f"{d.code} {d.message}" for d in bag.sorted()]


def compiled(root: Path) -> dict[str, Body]:
    """Return the resources by path, after making sure that there were no findings but notes."""
    bag = Bag()
    output = compile_tree(Directory(root), AS_OF, bag)
    assert output is not None, [f"{d.code} {d.message} {d.span}" for d in bag.sorted()]
    return {path: plain_yaml.read(data) for path, data in output.files.items()}


def of(bodies: dict[str, Body], kind: str, name: str | None = None) -> list[Body]:
    """Return the resources of a kind, and of a name where one is given."""
    return [
        body for body in bodies.values() if body["kind"] == kind and (name is None or body["metadata"]["name"] == name)
    ]
