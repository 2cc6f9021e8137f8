"""Delivery as templates see it: under which name, and from which folder of which repository, a unit is applied."""

import hashlib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from platform_compiler.context.unit import OWNED, Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.layers.placement import strings
from platform_compiler.link.destinations import Destination, destination_of
from platform_compiler.link.model import Target
from platform_compiler.load import Loaded, Manifest
from platform_compiler.source.node import at, plain

Record = dict[str, Any]
PLATFORM = "platform"
_LONGEST = 63
"""Argo CD and Flux label what they apply with the name, and a label's value ends there."""
_HASH = 8
_SCP = re.compile(r"^([\w.-]+@[\w.-]+):(?!//)(.+)$")
"""`user@host:path`, which Flux does not take; the same as a URL, which everybody does."""


class Delivery:
    """What one cluster's delivery part needs to know."""

    def __init__(self, cluster: Manifest, destination: Destination, *, policies: bool = False) -> None:
        declared = at(cluster.spec, "delivery")
        self._settings: Record = plain(declared) if declared else {}
        self._cluster = cluster.name
        self._to = destination
        self._policies = policies

    def record(self, unit: Unit, context: Record) -> Record:
        """Return what the templates of one unit see."""
        project = self._project(context["team"]["name"]) if unit.scope in OWNED else self._name(self._cluster, PLATFORM)
        record: Record = {
            "name": self._name(*self._words(unit)),
            "path": f"{self._to.prefix}{unit.folder}",
            "repository": _SCP.sub(r"ssh://\1/\2", self._to.url),
            "branch": self._to.branch,
            "namespace": self._settings.get("namespace"),
            "cluster": self._settings.get("cluster", "in-cluster"),
            "project": project,
            "target": self._target(unit, context),
        }
        if unit.scope in OWNED:
            record["after"] = self._name(self._cluster, context["namespace"]["name"])
        if "secret" in self._settings:
            record["secret"] = self._settings["secret"]
        return {key: value for key, value in record.items() if value is not None}

    def root(self, targets: Iterable[Target], context: Record) -> Record:
        """Return what the cluster's own templates see besides: the root object, and the projects of teams."""
        cluster = context["cluster"]
        namespaces: dict[str, set[str]] = {}
        for target in targets:
            namespaces.setdefault(target.interface.team, set()).add(target.interface.namespace)
        mesh = cluster["mesh"]
        system = {gateway["namespace"] for gateway in cluster["gateways"].values()} | {mesh["rootNamespace"]}
        system |= {mesh[word]["namespace"] for word in ("eastWest", "egress") if word in mesh}
        everywhere = system.union(*namespaces.values())
        teams = [
            {"name": self._project(team), "team": team, "namespaces": sorted(found)}
            for team, found in sorted(namespaces.items())
        ]
        return {
            "root": {
                "name": self._name(self._cluster, "root"),
                "path": f"{self._to.prefix}clusters/{self._cluster}/_delivery",
            },
            "projects": teams,
            "namespaces": sorted(everywhere),
            "policies": self._policies,
        }

    def _project(self, team: str) -> str:
        """Return a team's project; the platform's own may do more, also than the team that is called the same."""
        return self._name(self._cluster, team, *(["team"] if team == PLATFORM else []))

    @staticmethod
    def _words(unit: Unit) -> list[str]:
        """Return cluster, namespace and name of a unit, as its folder says them."""
        return [word for word in unit.folder.split("/")[1:] if not word.startswith("_")]

    @staticmethod
    def _name(*words: str) -> str:
        """Join words to a name; one that is too long keeps its start and ends with a digest of the whole."""
        name = ".".join(words)
        if len(name) <= _LONGEST:
            return name
        tail = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
        return f"{name[: _LONGEST - _HASH - 1].rstrip('.-')}-{tail}"

    @staticmethod
    def _target(unit: Unit, context: Record) -> str:
        if unit.scope == "host":
            return str(context["gateway"]["namespace"])
        if unit.scope == "cluster":
            return str(context["cluster"]["mesh"]["rootNamespace"])
        return str(context["namespace"]["name"])


def delivery_of(cluster: Manifest, environment: str, loaded: Loaded, bag: Bag) -> Delivery | None:
    """Return a cluster's delivery; None where nobody delivers, or after saying why it cannot."""
    part = at(cluster.spec, "parts", "delivery")
    if part is None or plain(part) == "none":
        return None
    destination = destination_of(loaded.environments[environment], loaded, bag)
    return None if destination is None else Delivery(cluster, destination, policies=_gets_policies(cluster, loaded))


def _gets_policies(cluster: Manifest, loaded: Loaded) -> bool:
    """Whether a PolicySet ships policies to a cluster."""
    globs = [glob for one in loaded.policy_sets.values() for glob in strings(at(one.spec, "ship", "clusters"))]
    return any(fnmatchcase(cluster.name, glob) for glob in globs)
