"""What blueprints see of themselves: slots, delivery, and what all contexts share."""

from typing import Annotated, Any, NotRequired, TypedDict

from platform_compiler.context.types.cluster import ClusterRecord
from platform_compiler.context.types.places import EnvironmentRecord, PlatformRecord
from platform_compiler.context.types.pods import Labels


class Slots(TypedDict):
    """What parts contribute to each other's resources."""

    pod: Annotated["MarkSlots", "marks of pods"]
    namespace: Annotated["LabelSlots", "marks of namespaces"]
    service: Annotated["ServiceSlots", "labels and ports of Services"]
    network: Annotated["NetworkSlots", "rules of network policies"]
    dashboard: Annotated["DashboardSlots", "content of the dashboard"]
    guarded: Annotated["GuardedSlots", "marks of objects whose deletion loses what no commit brings back"]


class MarkSlots(TypedDict):
    """Marks of pods."""

    labels: Annotated[Labels, "labels"]
    annotations: Annotated[Labels, "annotations"]


class LabelSlots(TypedDict):
    """Marks of namespaces."""

    labels: Annotated[Labels, "labels"]


class ServiceSlots(TypedDict):
    """Labels and ports of Services."""

    labels: Annotated[Labels, "labels"]
    ports: Annotated[list[Any], "ports"]


class NetworkSlots(TypedDict):
    """Rules of network policies."""

    ingress: Annotated[list[Any], "rules for what comes in"]
    egress: Annotated[list[Any], "rules for what goes out"]


class DashboardSlots(TypedDict):
    """Content of the dashboard."""

    panels: Annotated[list[Any], "panels in Grafana's shape"]


class GuardedSlots(TypedDict):
    """Marks of objects whose deletion loses what no commit brings back."""

    annotations: Annotated[Labels, "annotations"]


class Blueprint(TypedDict):
    """The blueprint that a template belongs to."""

    name: Annotated[str, "its name"]
    version: Annotated[str, "its version"]


class ProjectRecord(TypedDict):
    """What one team may deliver on a cluster."""

    name: Annotated[str, "its name, unique over all clusters"]
    team: Annotated[str, "the team"]
    namespaces: Annotated[list[str], "the team's namespaces here"]


class RootRecord(TypedDict):
    """What applies the delivery objects of a cluster."""

    name: Annotated[str, "its name"]
    path: Annotated[str, "their folder in the repository"]


class DeliveryRecord(TypedDict):
    """How a unit gets to its cluster."""

    name: Annotated[str, "the name of what applies it, at most 63 characters, unique over all clusters"]
    path: Annotated[str, "its folder in the repository"]
    repository: Annotated[str, "the repository's URL"]
    branch: Annotated[str, "the branch"]
    namespace: NotRequired[Annotated[str, "where delivery objects live; absent: the tool's usual one"]]
    cluster: Annotated[str, "what the delivery tool calls the cluster"]
    project: Annotated[str, "whose it is: a team's project, or the platform's"]
    target: Annotated[str, "the namespace of the unit's resources"]
    after: NotRequired[Annotated[str, "the name of what has to be applied before it"]]
    secret: NotRequired[Annotated[str, "the Secret with access to the repository"]]
    root: NotRequired[Annotated[RootRecord, "what applies all of them; scope `cluster` only"]]
    projects: NotRequired[Annotated[list[ProjectRecord], "what teams may deliver; scope `cluster` only"]]
    namespaces: NotRequired[Annotated[list[str], "every namespace in use; scope `cluster` only"]]
    policies: NotRequired[Annotated[bool, "whether policies are shipped to the cluster; scope `cluster` only"]]


class CommonContext(TypedDict):
    """What every template sees."""

    cluster: Annotated[ClusterRecord, "the cluster"]
    delivery: NotRequired[Annotated[DeliveryRecord, "how it gets there, where a part delivers"]]
    env: Annotated[EnvironmentRecord, "its environment"]
    platform: Annotated[PlatformRecord, "the organisation"]
    labels: Annotated[Labels, "labels of every resource"]
    annotations: Annotated[Labels, "annotations of every resource"]
    kinds: Annotated[list[str], "kinds that its parts may make"]
    slots: Annotated[Slots, "what parts contribute"]
