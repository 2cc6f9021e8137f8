"""Two clusters of one mesh in two networks: `prod` in Europe and `prod-us` in America."""

from pathlib import Path
from typing import Any

from tests import plain_yaml
from tests.small_repository import Body, SmallRepository

ADDRESSES = {"prod": "203.0.113.9", "prod-us": "203.0.113.10"}
REGIONS = {"prod": "eu-west-1", "prod-us": "us-east-1"}


class TwoClusters(SmallRepository):
    """The small repository on two clusters; `prod.acme` and `prod-us.acme` trust each other."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        for name in ADDRESSES:
            self.cluster(name)

    def cluster(self, name: str, mesh: Body | None = None, **spec: Any) -> None:
        """Write a cluster; `mesh` and other words replace what it says."""
        (other,) = ADDRESSES.keys() - {name}
        facts = {
            "id": "acme",
            "network": name,
            "trustDomain": f"{name}.acme",
            "trustDomainAliases": [f"{other}.acme"],
            "eastWest": {"address": ADDRESSES[name]},
        }
        said = {
            "environment": "prod",
            "region": REGIONS[name],
            "versions": {"kubernetes": "1.33", "istio": "1.29"},
            "parts": {"mesh": "istio-sidecar@1", "ingress": "istio-gateway@1"},
            "mesh": {key: value for key, value in {**facts, **(mesh or {})}.items() if value is not None},
            "gateways": {
                "public": {"namespace": "istio-ingress", "podLabels": {"istio": "ingress"}, "serviceAccount": "ingress"}
            },
        }
        self.write(f"clusters/{name}.yaml", "Cluster", **{**said, **spec})

    def of(self, cluster: str) -> dict[str, Body]:
        """Compile to the objects of one cluster by `Kind namespace/name`."""
        found = {}
        for path, content in self.files().items():
            if path.startswith(f"clusters/{cluster}/") and path.endswith(".yaml"):
                body = plain_yaml.read(content)
                metadata = body.get("metadata", {})
                found[f"{body['kind']} {metadata.get('namespace', '')}/{metadata.get('name', '')}"] = body
        return found
