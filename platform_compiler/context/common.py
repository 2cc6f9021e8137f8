"""What every template sees, whatever its scope: the platform, the environment, labels and provenance."""

from collections.abc import Mapping
from typing import Any

from platform_compiler.context.paths import authz_paths, path_records
from platform_compiler.link.interface import listed_paths
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode, at, plain

_MANAGER = {"app.kubernetes.io/managed-by": "platformc"}
_PREFIX = "platformc.dev"


def platform_record(loaded: Loaded) -> dict[str, Any]:
    """Return the organisation; its label prefix is ours where it names none."""
    spec = loaded.platform.spec if loaded.platform else None
    closed = listed_paths(at(spec, "closedPaths"))
    prefix = at(spec, "labelPrefix")
    return {
        "name": loaded.platform.name if loaded.platform else "",
        "labelPrefix": plain(prefix) if prefix else _PREFIX,
        "closedPaths": path_records(closed),
        "closedAuthzPaths": authz_paths(closed),
    }


def identity_providers(loaded: Loaded, environment: str) -> dict[str, dict[str, Any]]:
    """Return who signs tokens in an environment, by the name that manifests use; the environment's own win."""
    platform = at(loaded.platform.spec, "identityProviders") if loaded.platform else None
    own = at(loaded.environments[environment].spec, "identityProviders")
    found: dict[str, dict[str, Any]] = (plain(platform) if platform else {}) | (plain(own) if own else {})
    return found


def secret_stores(loaded: Loaded) -> dict[str, dict[str, str]]:
    """Return kind and name of the secret stores' objects, by the name that manifests use."""
    declared = platform_section(loaded, "secretStores")
    return {name: {"name": name, **store} for name, store in declared.items()}


def platform_section(loaded: Loaded, key: str) -> dict[str, Any]:
    """Return a mapping of platform.yaml, empty where it is not there."""
    node = at(loaded.platform.spec, key) if loaded.platform else None
    return plain(node) if node else {}


def common(
    platform: Mapping[str, Any], environment: str, cluster: Mapping[str, Any], labels: Mapping[str, str], source: str
) -> dict[str, Any]:
    """Return the part of a context that all scopes share; `source` is the manifest behind the resources."""
    return {
        "cluster": cluster,
        "env": {"name": environment},
        "platform": platform,
        **marks(labels, source),
    }


def marks(labels: Mapping[str, str], source: str) -> dict[str, Any]:
    """Return labels and annotations of every resource of a manifest."""
    return {"labels": {**_MANAGER, **labels}, "annotations": {f"{_PREFIX}/source": source}}


def team_label(platform: Mapping[str, Any], team: str) -> dict[str, str]:
    """Return the label that names the team."""
    return {f"{platform['labelPrefix']}/team": team}


def team_record(name: str, loaded: Loaded) -> dict[str, Any]:
    """Return a team."""
    owners = at(loaded.teams[name].spec, "owners")
    return {"name": name, "owners": plain(owners) if owners else {}}


def own_labels(document: MapNode) -> dict[str, str]:
    """Return the labels that a manifest gives all its resources."""
    labels = at(document, "metadata", "labels")
    return {key: str(value) for key, value in plain(labels).items()} if labels else {}
