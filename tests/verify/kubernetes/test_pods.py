"""Pods: volumes, repetition, settings that exclude each other, the time to stop."""

import pytest

from tests.verify.kubernetes.checked import stream, thing, told, workload

AT = "spec.template.spec."


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ("containers: [{name: a, volumeMounts: [{name: v}]}], volumes: [{name: v}]", []),
        ("containers: [{name: a, volumeDevices: [{name: v}]}], volumes: [{name: v}]", []),
        ("initContainers: [{name: a, volumeMounts: [{name: v}]}], containers: [{name: b}], volumes: [{name: v}]", []),
        (
            "containers: [{name: a, volumeMounts: [{name: w}]}]",
            [f"PC5123 {AT}containers[0].volumeMounts[0].name: container a mounts w, which is no volume of the pod"],
        ),
        (
            "containers: [{name: a}], volumes: [{name: v}]",
            [f"PC5124 {AT}volumes[0].name: no container mounts volume v"],
        ),
        (
            "containers: [{name: a}], volumes: [{name: v, secret: {defaultMode: 0400}}]",
            [
                f"PC5124 {AT}volumes[0].name: no container mounts volume v",
            ],
        ),
    ],
)
def test_mounts_and_volumes_belong_together(pod: str, expected: list[str]) -> None:
    assert told(workload(pod), whole=False) == expected


def test_claims_of_a_stateful_set_are_volumes() -> None:
    pod = "containers: [{name: a, volumeMounts: [{name: data, mountPath: /data}]}]"
    claims = "volumeClaimTemplates: [{metadata: {name: data}}]"
    assert told(workload(pod, kind="StatefulSet", more=claims)) == []
    assert [line[:7] for line in told(workload(pod, kind="StatefulSet"))] == ["PC5123 "]


@pytest.mark.parametrize(
    ("mode", "warned"), [("420", False), ("0644", False), ("256", False), ("0400", False), ("400", True), ("440", True)]
)
def test_mode_of_a_file_is_octal(mode: str, *, warned: bool) -> None:
    mount = "containers: [{name: a, volumeMounts: [{name: v}]}]"
    volume = f"volumes: [{{name: v, configMap: {{items: [{{key: a, mode: {mode}}}]}}}}]"
    found = told(workload(f"{mount}, {volume}"))
    assert [line[:7] for line in found] == (["PC5111 "] if warned else [])


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ("initContainers: [{name: a}], containers: [{name: b}]", []),
        ("initContainers: [{name: a}], containers: [{name: a}]", ["PC5121 initContainers[0].name: container a again"]),
        (
            "containers: [{name: a, ports: [{name: p, containerPort: 1}, {name: p, containerPort: 2}]}]",
            ["PC5121 containers[0].ports[1].name: port p again"],
        ),
        (
            "containers: [{name: a, ports: [{name: p, containerPort: 1}]}, {name: b, ports: [{name: p}]}]",
            [],
        ),
        (
            "containers: [{name: a, ports: [{containerPort: 1, hostPort: 9}, {containerPort: 2, hostPort: 9}]}]",
            ["PC5121 containers[0].ports[1].hostPort: host port TCP/9 again"],
        ),
        (
            "containers: [{name: a, ports: [{containerPort: 1}]}, {name: b, ports: [{containerPort: 1}]}]",
            ["PC5122 containers[1].ports[0]: port 1/TCP again"],
        ),
        ("containers: [{name: a, ports: [{containerPort: 1}, {containerPort: 1, protocol: UDP}]}]", []),
        (
            "containers: [{name: a, env: [{name: A, value: x}, {name: A, value: z}]}]",
            ["PC5122 containers[0].env[1].name: variable A again"],
        ),
        ("containers: [{name: a, env: [{name: A}]}, {name: b, env: [{name: A}]}]", []),
        (
            "containers: [], topologySpreadConstraints: [{matchLabelKeys: [a, a]}]",
            ["PC5122 topologySpreadConstraints[0].matchLabelKeys[1]: label a again"],
        ),
        ("containers: [], tolerations: [{key: a}, {key: a, effect: NoSchedule}]", []),
        ("containers: [], tolerations: [{key: a}, {key: a}]", ["PC5122 tolerations[1]: toleration again"]),
        (
            "containers: [], imagePullSecrets: [{name: a}, {name: a}]",
            ["PC5122 imagePullSecrets[1]: pull secret a again"],
        ),
    ],
)
def test_nothing_is_told_twice_in_a_pod(pod: str, expected: list[str]) -> None:
    assert [line.replace(AT, "") for line in told(workload(pod), whole=False)] == expected


def test_nothing_is_told_twice_in_other_lists() -> None:
    group = "rbac.authorization.k8s.io/v1"
    one = "{kind: Group, name: a}"
    assert told(thing(f"{group} RoleBinding", f"subjects: [{one}, {one}]")) == ["PC5122 subjects[1]: subject a again"]
    assert told(thing(f"{group} RoleBinding", f"subjects: [{one}, {{kind: User, name: a}}]")) == []
    hosts = "hosts: [a.example, b.example, a.example]"
    assert told(thing("networking.istio.io/v1 VirtualService", f"spec: {{{hosts}}}")) == [
        "PC5122 spec.hosts[2]: host a.example again"
    ]
    operation = "{operation: {paths: [/a, /a], methods: [GET]}}"
    assert told(thing("security.istio.io/v1 AuthorizationPolicy", f"spec: {{rules: [{{to: [{operation}]}}]}}")) == [
        "PC5122 spec.rules[0].to[0].operation.paths[1]: paths entry /a again"
    ]
    egress = "egress: [{hosts: ['./*', './*']}]"
    assert told(thing("networking.istio.io/v1 Sidecar", f"spec: {{{egress}}}")) == [
        "PC5122 spec.egress[0].hosts[1]: host ./* again"
    ]
    peer = "{ipBlock: {cidr: 10.0.0.0/8}}"
    policy = thing("networking.k8s.io/v1 NetworkPolicy", f"spec: {{egress: [{{to: [{peer}, {peer}]}}]}}")
    assert told(policy) == ["PC5122 spec.egress[0].to[1]: peer again"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("{to: [PEER]}, {to: [TURNED]}", ["PC5122 spec.egress[1]: rule again"]),
        ("{to: [PEER]}, {to: [PEER], ports: [{port: 1}]}", []),
        ("{ports: [{port: 1}]}, {to: [PEER]}, {ports: [{port: 1}]}", ["PC5122 spec.egress[2]: rule again"]),
        ("{to: [RANGE]}, {to: [PEER]}, {to: [RANGE]}", ["PC5122 spec.egress[2]: rule again"]),
        ("{to: [PEER]}, {to: [RANGE]}, {}, {}", []),
    ],
)
def test_rules_of_a_network_policy_that_say_the_same_are_told(rules: str, expected: list[str]) -> None:
    words = {
        "PEER": "{podSelector: {matchLabels: {a: x, b: y}}}",
        "TURNED": "{podSelector: {matchLabels: {b: y, a: x}}}",
        "RANGE": "{ipBlock: {cidr: 10.0.0.0/8}}",
    }
    for word, peer in words.items():
        rules = rules.replace(word, peer)
    assert told(thing("networking.k8s.io/v1 NetworkPolicy", f"spec: {{egress: [{rules}]}}"), whole=False) == expected


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        ("hostNetwork: true, containers: [{name: a, ports: [{containerPort: 1, hostPort: 1}]}]", []),
        ("containers: [{name: a, ports: [{containerPort: 1, hostPort: 2}]}]", []),
        (
            "hostNetwork: true, containers: [{name: a, ports: [{containerPort: 1, hostPort: 2}]}]",
            ["containers[0].ports[0].hostPort: with hostNetwork, port 1 cannot be 2 outside"],
        ),
        (
            "containers: [{name: a, securityContext: {privileged: true, allowPrivilegeEscalation: false}}]",
            [
                (
                    "containers[0].securityContext.allowPrivilegeEscalation: "
                    "privileged and allowPrivilegeEscalation: false exclude each other"
                )
            ],
        ),
        ("containers: [{name: a, securityContext: {privileged: true}}]", []),
        (
            (
                "containers: [{name: a, securityContext: "
                "{capabilities: {add: [SYS_ADMIN]}, allowPrivilegeEscalation: false}}]"
            ),
            [
                (
                    "containers[0].securityContext.allowPrivilegeEscalation: "
                    "SYS_ADMIN and allowPrivilegeEscalation: false exclude each other"
                )
            ],
        ),
        (
            "securityContext: {runAsNonRoot: true, runAsUser: 0}, containers: [{name: a}]",
            ["containers[0].securityContext: container a must not run as root, but runAsUser is 0"],
        ),
        ("securityContext: {runAsNonRoot: true}, containers: [{name: a, securityContext: {runAsUser: 1}}]", []),
        ("containers: [], dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1]}", []),
        ("containers: [], dnsPolicy: None", ["dnsPolicy: dnsPolicy: None without a name server in dnsConfig"]),
        (
            "containers: [], shareProcessNamespace: true, hostPID: true",
            ["shareProcessNamespace: shareProcessNamespace and hostPID exclude each other"],
        ),
        (
            "containers: [], activeDeadlineSeconds: 60",
            ["activeDeadlineSeconds: pods of a Deployment have no activeDeadlineSeconds"],
        ),
    ],
)
def test_settings_of_a_pod_go_together(pod: str, expected: list[str]) -> None:
    assert told(workload(pod), whole=False) == [f"PC5130 {AT}{line}" for line in expected]


@pytest.mark.parametrize(
    ("job", "pod", "path"),
    [
        ("completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1", "restartPolicy: Never", None),
        ("completionMode: Indexed", "restartPolicy: Never", "spec.completionMode"),
        ("backoffLimitPerIndex: 1", "restartPolicy: Never", "spec.backoffLimitPerIndex"),
        ("podFailurePolicy: {rules: []}", "restartPolicy: Never", None),
        ("podFailurePolicy: {rules: []}", "restartPolicy: OnFailure", "spec.podFailurePolicy"),
    ],
)
def test_settings_of_a_job_go_together(job: str, pod: str, path: str | None) -> None:
    found = told(workload(pod, kind="Job", more=job))
    assert [line.partition(": ")[0] for line in found] == ([f"PC5130 {path}"] if path else [])


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("Deployment", "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}", []),
        ("Deployment", "strategy: {rollingUpdate: {maxSurge: 0}}", []),
        (
            "Deployment",
            "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}",
            ["strategy.rollingUpdate: neither more pods nor fewer while it rolls: it can never begin"],
        ),
        (
            "Deployment",
            "strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}",
            ["strategy.rollingUpdate: rollingUpdate has no place beside type: Recreate"],
        ),
        ("DaemonSet", "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", []),
        (
            "DaemonSet",
            "updateStrategy: {rollingUpdate: {maxSurge: 1}}",
            [
                (
                    "updateStrategy.rollingUpdate.maxSurge: "
                    "a DaemonSet has either more pods or fewer while it rolls, not both"
                )
            ],
        ),
        ("StatefulSet", "updateStrategy: {type: OnDelete}", []),
        (
            "StatefulSet",
            "updateStrategy: {type: OnDelete, rollingUpdate: {partition: 1}}",
            ["updateStrategy.rollingUpdate: rollingUpdate has no place beside type: OnDelete"],
        ),
        ("Deployment", "minReadySeconds: 10", []),
        (
            "Deployment",
            "minReadySeconds: 600",
            ["minReadySeconds: minReadySeconds (600) is not below progressDeadlineSeconds (600)"],
        ),
    ],
)
def test_workload_can_roll(kind: str, more: str, expected: list[str]) -> None:
    assert told(workload("containers: []", kind=kind, more=more)) == [f"PC5130 spec.{line}" for line in expected]


@pytest.mark.parametrize(
    ("pod", "taken", "grace"),
    [
        ("containers: [{name: a, lifecycle: {preStop: {sleep: {seconds: 29}}}}]", None, None),
        ("containers: [{name: a, lifecycle: {preStop: {sleep: {seconds: 30}}}}]", 30, 30),
        (
            "terminationGracePeriodSeconds: 5, containers: [{name: a, lifecycle: {preStop: {sleep: {seconds: 10}}}}]",
            10,
            5,
        ),
        ("containers: [{name: a, lifecycle: {preStop: {exec: {command: [sleep, '45']}}}}]", 45, 30),
        ("containers: [{name: a, lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 20; sleep 20']}}}}]", 40, 30),
        ("containers: [{name: a, lifecycle: {preStop: {exec: {command: [sh, -c, 'sleep 0.5 && x']}}}}]", None, None),
        ("containers: [{name: a, lifecycle: {preStop: {exec: {command: [sh, -c, 'nosleep 90']}}}}]", None, None),
    ],
)
def test_pod_has_time_to_stop(pod: str, taken: int | None, grace: int | None) -> None:
    found = [line.partition(": ")[2] for line in told(workload(pod))]
    assert found == ([f"it sleeps for {taken} s before it stops, but is killed after {grace} s"] if taken else [])


def test_pods_of_a_stateful_set_get_names_from_a_headless_service() -> None:
    stateful = workload("containers: []", kind="StatefulSet", more="serviceName: db")
    spec = "spec: {selector: {app: web}%s}"
    headless = thing("v1 Service", spec % ", clusterIP: None", name="db")
    assert told(stream(stateful, headless)) == []
    assert told(stream(stateful, thing("v1 Service", spec % "", name="db"))) == [
        "PC5131 spec.serviceName: its pods get no names: Service db is not headless"
    ]
    assert told(stateful) == ["PC5131 spec.serviceName: there is no Service db to name its pods"]
    assert told(stateful, whole=False) == []
