"""Our reading of the Pod Security Standards of Kubernetes 1.37: control, field, and the values allowed and refused.

It knows nothing of the policies or of their own tests. A value is judged in a pod that keeps every control otherwise:
so a field that a container inherits from its pod may be unset in a container, and not in the pod.
"""

from typing import Any, NamedTuple

UNSET = object()
"""The value of a field that is not there."""


class Row(NamedTuple):
    """What a control says of one field: `pod` or `container`, its path, and which values are allowed and refused."""

    control: str
    place: str
    path: str
    allowed: tuple[Any, ...]
    refused: tuple[Any, ...]


def _of(control: str, places: str, path: str, allowed: tuple[Any, ...], refused: tuple[Any, ...]) -> list[Row]:
    return [Row(control, place, path, allowed, refused) for place in places.split()]


def _each(names: str) -> tuple[list[str], ...]:
    return tuple([name] for name in names.split())


def _sysctls(names: str) -> tuple[list[dict[str, str]], ...]:
    return tuple([{"name": name, "value": "1"}] for name in names.split())


def _volumes(names: str) -> tuple[list[dict[str, Any]], ...]:
    return tuple([{"name": "data", name: {}}] for name in names.split())


HANDLERS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")
PROFILES = ({"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "shop"})
UNCONFINED = {"type": "Unconfined"}
DEFAULT_CAPABILITIES = _each(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD SETFCAP SETGID SETPCAP SETUID SYS_CHROOT"
)
OTHER_CAPABILITIES = (*_each("NET_RAW NET_ADMIN SYS_ADMIN SYS_PTRACE BPF ALL"), ["NET_BIND_SERVICE", "SYS_TIME"])
SAFE_SYSCTLS = _sysctls(
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies "
    "net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout "
    "net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem "
    "net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat"
)
SAFE_VOLUMES = _volumes("configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret")
OTHER_VOLUMES = _volumes(
    "gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc "
    "azureFile vsphereVolume quobyte azureDisk portworxVolume photonPersistentDisk scaleIO storageos"
)
HOST_PATH = [{"name": "data", "hostPath": {"path": "/run"}}]
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"

TABLE = [
    *_of(
        "baseline-host-process",
        "pod container",
        "securityContext.windowsOptions.hostProcess",
        (UNSET, False),
        (True,),
    ),
    *(
        row
        for field in ("hostNetwork", "hostPID", "hostIPC")
        for row in _of("baseline-host-namespaces", "pod", field, (UNSET, False), (True,))
    ),
    *_of("baseline-privileged", "container", "securityContext.privileged", (UNSET, False), (True,)),
    *_of(
        "baseline-capabilities",
        "container",
        "securityContext.capabilities.add",
        (UNSET, [], ["NET_BIND_SERVICE"], *DEFAULT_CAPABILITIES),
        OTHER_CAPABILITIES,
    ),
    *_of("baseline-host-path-volumes", "pod", "volumes", (UNSET, [], *SAFE_VOLUMES, *OTHER_VOLUMES), (HOST_PATH,)),
    *_of(
        "baseline-host-ports",
        "container",
        "ports",
        (UNSET, [], [{"containerPort": 80}], [{"containerPort": 80, "hostPort": 0}]),
        ([{"containerPort": 80, "hostPort": 80}], [{"containerPort": 80}, {"containerPort": 81, "hostPort": 81}]),
    ),
    *(
        row
        for handler in HANDLERS
        for action in ("httpGet", "tcpSocket")
        for row in _of(
            "baseline-host-probes",
            "container",
            f"{handler}.{action}.host",
            (UNSET, ""),
            ("127.0.0.1", "::1", "node.example"),
        )
    ),
    *_of("baseline-apparmor", "pod container", "securityContext.appArmorProfile", (UNSET, *PROFILES), (UNCONFINED, {})),
    *_of(
        "baseline-apparmor",
        "metadata",
        "annotations",
        (UNSET, *({APPARMOR + "app": value} for value in ("", "runtime/default", "localhost/shop"))),
        ({APPARMOR + "app": "unconfined"}, {APPARMOR + "setup": "default"}),
    ),
    *_of(
        "baseline-selinux",
        "pod container",
        "securityContext.seLinuxOptions.type",
        (UNSET, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"),
        ("spc_t", "unconfined_t"),
    ),
    *_of("baseline-selinux", "pod container", "securityContext.seLinuxOptions.user", (UNSET, ""), ("system_u",)),
    *_of("baseline-selinux", "pod container", "securityContext.seLinuxOptions.role", (UNSET, ""), ("system_r",)),
    *_of("baseline-selinux", "pod container", "securityContext.seLinuxOptions.level", (UNSET, "s0:c1,c2"), ()),
    *_of("baseline-proc-mount", "container", "securityContext.procMount", (UNSET, "Default"), ("Unmasked",)),
    *_of("baseline-seccomp", "pod container", "securityContext.seccompProfile", (UNSET, *PROFILES), (UNCONFINED, {})),
    *_of(
        "baseline-sysctls",
        "pod",
        "securityContext.sysctls",
        (UNSET, [], *SAFE_SYSCTLS),
        _sysctls("kernel.msgmax kernel.shmmax net.core.somaxconn net.ipv4.ip_forward"),
    ),
    *_of("restricted-volume-types", "pod", "volumes", (UNSET, [], *SAFE_VOLUMES), (HOST_PATH, *OTHER_VOLUMES)),
    *_of(
        "restricted-privilege-escalation",
        "container",
        "securityContext.allowPrivilegeEscalation",
        (False,),
        (UNSET, True),
    ),
    *_of("restricted-run-as-non-root", "pod", "securityContext.runAsNonRoot", (True,), (UNSET, False)),
    *_of("restricted-run-as-non-root", "container", "securityContext.runAsNonRoot", (UNSET, True), (False,)),
    *_of("restricted-run-as-user", "pod container", "securityContext.runAsUser", (UNSET, 1, 65534), (0,)),
    *_of("restricted-seccomp", "pod", "securityContext.seccompProfile", PROFILES, (UNSET, UNCONFINED, {})),
    *_of("restricted-seccomp", "container", "securityContext.seccompProfile", (UNSET, *PROFILES), (UNCONFINED, {})),
    *_of(
        "restricted-capabilities",
        "container",
        "securityContext.capabilities.drop",
        (["ALL"], ["NET_RAW", "ALL"]),
        (UNSET, [], ["NET_RAW"]),
    ),
    *_of(
        "restricted-capabilities",
        "container",
        "securityContext.capabilities.add",
        (UNSET, [], ["NET_BIND_SERVICE"]),
        (*DEFAULT_CAPABILITIES, *OTHER_CAPABILITIES),
    ),
    *_of("restricted-proc-mount", "container", "securityContext.procMount", (UNSET, "Default"), ("Unmasked",)),
]
