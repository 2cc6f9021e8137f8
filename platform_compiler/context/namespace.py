"""Namespaces as templates see them: one owner each, its labels, Pod Security level and quota."""

from typing import Any

from platform_compiler.link.quota import quota_of
from platform_compiler.load import Loaded
from platform_compiler.source.node import at, plain

_POD_SECURITY = "restricted"


def namespace_record(name: str, team: str, environment: str, loaded: Loaded) -> dict[str, Any]:
    """Return a namespace; `name` carries the environment's suffix, the team declares it without."""
    manifest = loaded.teams[team]
    suffix_node = at(loaded.environments[environment].spec, "namespaceSuffix")
    suffix = plain(suffix_node) if suffix_node else ""
    declared_node = at(manifest.spec, "namespaces", name.removesuffix(suffix))
    declared: dict[str, Any] = plain(declared_node) if declared_node else {}
    quota = {key: plain(node) for key, node in quota_of(loaded, team, name.removesuffix(suffix), environment).items()}
    record = {
        "name": name,
        "team": team,
        "labels": {key: str(value) for key, value in declared.get("labels", {}).items()},
        "podSecurity": _POD_SECURITY,
    }
    return {**record, "quota": {key: str(value) for key, value in quota.items()}} if quota else record
