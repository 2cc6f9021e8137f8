"""Namespaces, teams, the platform and its environments."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.access import PathRecord
from platform_compiler.context.types.mesh import NamespaceWaypoint
from platform_compiler.context.types.pods import Labels


class NamespaceRecord(TypedDict):
    """A namespace of a team on a cluster."""

    name: Annotated[str, "its name"]
    team: Annotated[str, "its team"]
    labels: Annotated[Labels, "labels from team.yaml"]
    podSecurity: Annotated[str, "the Pod Security level that is enforced"]
    quota: NotRequired[Annotated[Any, "its ResourceQuota"]]
    waypoint: NotRequired[Annotated[NamespaceWaypoint, "its waypoint, where one is needed; scope `namespace` only"]]


class TeamRecord(TypedDict):
    """The team."""

    name: Annotated[str, "its name"]
    owners: Annotated[Any, "whom to ask"]


class PlatformRecord(TypedDict):
    """The organisation."""

    name: Annotated[str, "its name"]
    labelPrefix: Annotated[str, "the prefix of its labels"]
    closedPaths: Annotated[list[PathRecord], "paths that no gateway lets in"]
    closedAuthzPaths: Annotated[list[str], "the same for an AuthorizationPolicy"]


class EnvironmentRecord(TypedDict):
    """The environment."""

    name: Annotated[str, "its name"]
