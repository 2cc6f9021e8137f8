"""Settings of pods and containers that exclude each other: the API server or the kubelet refuses the pod."""

from collections.abc import Iterator, Sequence

from platform_compiler.objects import Body, a_list, a_map, number, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.workloads import Workload
from platform_compiler.verify.world import World

_CODE = "PC5130"
_SEVERAL = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def pods(world: World) -> Iterator[Fault]:
    """Yield settings of whole pods that exclude each other."""
    for workload in world.workloads:
        pod, path = workload.pod, workload.spec_path
        if pod.get("shareProcessNamespace") is True and pod.get("hostPID") is True:
            message = "`shareProcessNamespace` and `hostPID` exclude each other"
            yield Fault(_CODE, workload.item, (*path, "shareProcessNamespace"), message, "remove one", on_key=True)
        if text(pod, "dnsPolicy") == "None" and not a_list(pod, "dnsConfig", "nameservers"):
            message = "`dnsPolicy: None` without a name server in `dnsConfig`"
            yield Fault(_CODE, workload.item, (*path, "dnsPolicy"), message, "name one, or use `ClusterFirst`")
        if workload.item.kind in _SEVERAL and "activeDeadlineSeconds" in pod:
            message = f"pods of a {workload.item.kind} have no `activeDeadlineSeconds`"
            where = (*path, "activeDeadlineSeconds")
            yield Fault(_CODE, workload.item, where, message, "remove it; Jobs have one", on_key=True)


def containers(world: World) -> Iterator[Fault]:
    """Yield settings of containers that exclude each other."""
    for workload in world.workloads:
        for path, container, ports, _ in workload.containers:
            for words, *below in (
                *(_host_ports(ports) if workload.pod.get("hostNetwork") is True else ()),
                *_security(workload, container),
            ):
                message, cure = words
                yield Fault(_CODE, workload.item, (*path, *below), message, cure)


def _host_ports(ports: Sequence[tuple[int, Body]]) -> Iterator[tuple[tuple[str, str], *tuple[str | int, ...]]]:
    for i, port in ports:
        inside, outside = number(port, "containerPort"), number(port, "hostPort")
        if outside and inside and inside != outside:
            message = f"with `hostNetwork`, port {inside} cannot be {outside} outside"
            yield (message, "give both the same number, or remove `hostPort`"), "ports", i, "hostPort"


def _security(workload: Workload, container: Body) -> Iterator[tuple[tuple[str, str], *tuple[str | int, ...]]]:
    own, shared = a_map(container, "securityContext"), a_map(workload.pod, "securityContext")
    if own.get("allowPrivilegeEscalation") is False:
        cure = "remove one of the two"
        if own.get("privileged") is True:
            message = "`privileged` and `allowPrivilegeEscalation: false` exclude each other"
            yield (message, cure), "securityContext", "allowPrivilegeEscalation"
        if "SYS_ADMIN" in {str(c).removeprefix("CAP_") for c in a_list(own, "capabilities", "add")}:
            message = "`SYS_ADMIN` and `allowPrivilegeEscalation: false` exclude each other"
            yield (message, cure), "securityContext", "allowPrivilegeEscalation"
    user = own.get("runAsUser", shared.get("runAsUser"))
    if own.get("runAsNonRoot", shared.get("runAsNonRoot")) is True and user == 0 and user is not False:
        message = f"container `{text(container, 'name')}` must not run as root, but `runAsUser` is 0"
        yield (message, "name another user"), "securityContext"
