"""What a policy is asked about: one request for one object, as the API server would see it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from platform_compiler.objects import Body, Path, a_map, at, group_of, kind_of, template_of, text
from platform_compiler.policy.plurals import resource_of
from platform_compiler.verify.item import Item

Operation: TypeAlias = Literal["CREATE", "UPDATE", "DELETE"]
DEFAULT_USER = "system:serviceaccount:argocd:argocd-application-controller"
"""Who applies objects unless something else is known."""
_SUFFIX = "xxxxx"
"""What stands for the five letters that the server puts behind `generateName`."""
_LONGEST_START = 58
_POD_VERSIONS = frozenset({"v1"})
_CONTROLLERS = "system:serviceaccount:kube-system:"
_MAKERS = {
    "Deployment": "replicaset-controller",
    "StatefulSet": "statefulset-controller",
    "DaemonSet": "daemon-set-controller",
    "ReplicaSet": "replicaset-controller",
    "ReplicationController": "replication-controller",
    "Job": "job-controller",
    "CronJob": "job-controller",
}
"""Who makes the pods of workloads, by the kind of the workload: a service account of the controller manager."""
_FROM_TEMPLATE = frozenset({"labels", "annotations", "finalizers"})
"""What controllers take over from the metadata of a template."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A request. `body` is the object, None when it is deleted; `old` the object before, None when it is created.

    `within` is where `body` stands in `item`: a pod is judged in the template of what will make it. `namespaced`,
    `resource` and `versions` are facts of the object's kind; nobody may know the versions that it is served in.
    `namespace` is the Namespace object, None for what is in none.
    """

    item: Item
    operation: Operation
    body: Body | None
    old: Body | None
    resource: str
    namespaced: bool
    namespace: Body | None
    within: Path = ()
    user: str = DEFAULT_USER
    versions: frozenset[str] | None = None

    @property
    def some(self) -> Body:
        """The object, or the one before when there is no other."""
        found = self.body if self.body is not None else self.old
        assert found is not None
        return found

    @property
    def group(self) -> str:
        """The API group."""
        return group_of(self.some)

    @property
    def version(self) -> str:
        """The version in its group."""
        return text(self.some, "apiVersion").rpartition("/")[2]

    @property
    def kind(self) -> str:
        """The kind."""
        return kind_of(self.some)

    @property
    def name(self) -> str:
        """The object's name, empty where the server makes one."""
        return text(self.some, "metadata", "name")

    @property
    def namespace_name(self) -> str:
        """The namespace, empty for what is in none; a Namespace is counted as being in itself."""
        if self.namespaced:
            return text(self.some, "metadata", "namespace") or "default"
        return self.name if self.kind == "Namespace" and not self.group else ""

    def request(self) -> Body:
        """Return the variable `request`: AdmissionRequest of admission.k8s.io/v1, without the fields that are empty."""
        kind = {"group": self.group, "version": self.version, "kind": self.kind}
        resource = {"group": self.group, "version": self.version, "resource": self.resource}
        named = {"name": self.name, "namespace": self.namespace_name}
        options = {"apiVersion": "meta.k8s.io/v1", "kind": f"{self.operation.capitalize()}Options"}
        return {
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            **{field: value for field, value in named.items() if value},
            "operation": self.operation,
            "userInfo": {"username": self.user, "groups": _groups_of(self.user)},
            "dryRun": False,
            "options": options,
        }


def _groups_of(user: str) -> list[str]:
    """Return the groups that every API server puts a user into; nobody else can know those of people."""
    account = user.removeprefix("system:serviceaccount:")
    if account == user:
        return ["system:authenticated"]
    return ["system:serviceaccounts", f"system:serviceaccounts:{account.partition(':')[0]}", "system:authenticated"]


def admitted(body: Body, namespace: str) -> Body:
    """Return an object as validation sees it: with its namespace, and a name where the server makes one."""
    metadata = a_map(body, "metadata")
    made: Body = {}
    if namespace and kind_of(body) != "Namespace" and not metadata.get("namespace"):
        made["namespace"] = namespace
    start = text(metadata, "generateName")
    if start and not metadata.get("name"):
        made["name"] = f"{start[:_LONGEST_START]}{_SUFFIX}"
    return {**body, "metadata": {**metadata, **made}} if made else body


def pods_in(subject: Subject) -> Iterator[Subject]:
    """Yield the request for the pod that a workload will make, as its controller will send it; none for other kinds.

    A workload that changes makes new pods: they are created, whatever is done to the workload.
    """
    path, _ = template_of(subject.some)
    pod = _pod(subject.some, path) if path else None
    if pod is None:
        return
    deleted = subject.body is None
    yield replace(
        subject,
        operation="DELETE" if deleted else "CREATE",
        body=None if deleted else pod,
        old=pod if deleted else None,
        resource="pods",
        namespaced=True,
        within=path,
        user=f"{_CONTROLLERS}{'generic-garbage-collector' if deleted else _MAKERS.get(subject.kind, subject.kind)}",
        versions=_POD_VERSIONS,
    )


def _pod(workload: Body, path: Path) -> Body | None:
    """Return the pod of a workload's template; its name is made by the server, from what its owner is called."""
    template = a_map(at(workload, *path))
    if not template:
        return None
    given = {key: value for key, value in a_map(template, "metadata").items() if key in _FROM_TEMPLATE}
    metadata: Body = {**given, "generateName": f"{text(workload, 'metadata', 'name')}-"}
    namespace = text(workload, "metadata", "namespace")
    if namespace:
        metadata["namespace"] = namespace
    return {**template, "apiVersion": "v1", "kind": "Pod", "metadata": metadata}


def subject_of(  # noqa: PLR0913 -- the parts of a request
    item: Item,
    namespace: Body | None,
    *,
    namespaced: bool,
    resource: str = "",
    old: Body | None = None,
    deleted: bool = False,
    user: str = DEFAULT_USER,
    versions: frozenset[str] | None = None,
) -> Subject:
    """Return the request that makes an object what it is now: made anew, changed, or deleted."""
    operation: Operation = "DELETE" if deleted else "CREATE" if old is None else "UPDATE"
    return Subject(
        item=item,
        operation=operation,
        body=None if deleted else item.body,
        old=item.body if deleted else old,
        resource=resource or resource_of(item.kind),
        namespaced=namespaced,
        namespace=namespace,
        user=user,
        versions=versions,
    )
