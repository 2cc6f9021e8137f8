"""Selectors: of one's own pods, of others', of nothing, of the same twice."""

import pytest

from tests.verify.kubernetes.checked import stream, thing, told, workload

WEB = workload("containers: [{name: a}]")
MATCH = "selector: {{matchLabels: {{{0}}}}}"


def deployment(selector: str, labels: str) -> str:
    spec = f"selector: {selector}, template: {{metadata: {{labels: {labels}}}, spec: {{}}}}"
    return thing("apps/v1 Deployment", f"spec: {{{spec}}}")


@pytest.mark.parametrize(
    ("selector", "labels", "expected"),
    [
        ("{matchLabels: {app: web}}", "{app: web, more: x}", []),
        (
            "{matchLabels: {app: web}}",
            "{app: wob}",
            [".matchLabels.app: its own pods do not meet app: web, which it selects"],
        ),
        ("{matchExpressions: [{key: app, operator: In, values: [web]}]}", "{app: web}", []),
        (
            "{matchExpressions: [{key: app, operator: In, values: [a, b]}]}",
            "{app: web}",
            [".matchExpressions[0]: its own pods do not meet app In (a, b), which it selects"],
        ),
        (
            "{matchExpressions: [{key: app, operator: NotIn, values: [a]}, {key: x, operator: DoesNotExist}]}",
            "{app: b}",
            [],
        ),
        (
            "{matchExpressions: [{key: app, operator: Exists}]}",
            "{}",
            [".matchExpressions[0]: its own pods do not meet app Exists, which it selects"],
        ),
        ("{}", "{app: web}", [": an empty selector would take every pod of the namespace"]),
    ],
)
def test_workload_selects_its_own_pods(selector: str, labels: str, expected: list[str]) -> None:
    assert told(deployment(selector, labels)) == [f"PC5113 spec.selector{line}" for line in expected]


def test_job_leaves_its_selector_to_the_server() -> None:
    job = "{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: b}, spec: {%s, %s}}"
    template = "template: {metadata: {labels: {a: b}}, spec: {}}"
    assert told(job % ("selector: {matchLabels: {a: b}}", template)) == [
        "PC5113 spec.selector: a Job gets its selector from the server"
    ]
    assert told(job % ("manualSelector: true, selector: {matchLabels: {a: b}}", template)) == []
    (found,) = told(job % ("manualSelector: true, selector: {matchLabels: {a: c}}", template))
    assert found.startswith("PC5113 spec.selector.matchLabels.a: ")


@pytest.mark.parametrize(
    ("expression", "never"),
    [
        ("{key: app, operator: In, values: [web, x]}", False),
        ("{key: app, operator: In, values: [x]}", True),
        ("{key: app, operator: NotIn, values: [web]}", True),
        ("{key: app, operator: DoesNotExist}", True),
        ("{key: other, operator: DoesNotExist}", False),
        ("{key: app, operator: Exists}", False),
    ],
)
def test_parts_of_a_selector_do_not_exclude_each_other(expression: str, *, never: bool) -> None:
    selector = f"{{matchLabels: {{app: web}}, matchExpressions: [{expression}]}}"
    term = f"{{podAffinityTerm: {{labelSelector: {selector}}}}}"
    places = (
        thing(
            "networking.k8s.io/v1 NetworkPolicy",
            f"spec: {{podSelector: {{}}, egress: [{{to: [{{namespaceSelector: {selector}}}]}}]}}",
        ),
        thing("policy/v1 PodDisruptionBudget", f"spec: {{selector: {selector}}}"),
        workload(f"topologySpreadConstraints: [{{topologyKey: a, labelSelector: {selector}}}]"),
        workload(f"affinity: {{podAntiAffinity: {{preferredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}"),
    )
    for place in places:
        found = [line for line in told(place, whole=False) if not line.startswith("PC5115 ")]
        assert bool(found) is never
        assert all(line.startswith("PC5114 ") and "nothing meets both" in line for line in found)


@pytest.mark.parametrize(
    ("values", "wrong"), [("['3']", False), ("['-3']", False), ("['3', '4']", True), ("[x]", True)]
)
def test_nodes_are_compared_with_one_number(values: str, *, wrong: bool) -> None:
    terms = f"nodeSelectorTerms: [{{matchExpressions: [{{key: cores, operator: Gt, values: {values}}}]}}]"
    pod = f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{{terms}}}}}}}"
    assert [line[:7] for line in told(workload(pod))] == (["PC5114 "] if wrong else [])


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        ("v1 Service|spec: {selector: {app: %s}}", "spec.selector"),
        (
            "policy/v1 PodDisruptionBudget|spec: {maxUnavailable: 1, selector: {matchLabels: {app: %s}}}",
            "spec.selector",
        ),
        ("monitoring.coreos.com/v1 PodMonitor|spec: {selector: {matchLabels: {app: %s}}}", "spec.selector"),
        ("networking.k8s.io/v1 NetworkPolicy|spec: {podSelector: {matchLabels: {app: %s}}}", "spec.podSelector"),
        (
            (
                "networking.k8s.io/v1 NetworkPolicy|"
                "spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: %s}}}]}]}"
            ),
            "spec.ingress[0].from[0].podSelector",
        ),
        (
            (
                "networking.k8s.io/v1 NetworkPolicy|spec: {podSelector: {}, egress: [{to: [{podSelector: {matchLabels: "
                "{app: %s}}, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]}"
            ),
            "spec.egress[0].to[0].podSelector",
        ),
    ],
)
def test_selector_matches_a_pod(inside: str, path: str) -> None:
    kind, _, spec = inside.partition("|")
    assert told(stream(WEB, thing(kind, spec % "web"))) == []
    wrong = stream(WEB, thing(kind, spec % "wob"))
    assert told(wrong) == [f"PC5115 {path}: it matches no pod of namespace shop"]
    assert told(wrong, whole=False) == []


@pytest.mark.parametrize(
    "maker",
    [
        thing("argoproj.io/v1alpha1 Rollout", "spec: {}"),
        thing("monitoring.coreos.com/v1 Prometheus", "spec: {}"),
        thing("gateway.networking.k8s.io/v1 Gateway", "spec: {}"),
    ],
)
def test_pods_may_be_made_by_kinds_that_are_not_known(maker: str) -> None:
    service = thing("v1 Service", "spec: {selector: {app: wob}}")
    assert told(stream(WEB, service, maker)) == []
    assert told(stream(WEB, service), promised=frozenset({("Kafka", "shop", "k")})) == []
    assert told(stream(WEB, service), promised=frozenset({("Secret", "shop", "k")})) != []


def test_pods_of_namespaces_that_are_not_judged_are_not_missed() -> None:
    peer = "{podSelector: {matchLabels: {app: prometheus}}, namespaceSelector: %s}"
    for place in ("{matchLabels: {kubernetes.io/metadata.name: monitoring}}", "{matchLabels: {team: a}}", "{}"):
        policy = thing("networking.k8s.io/v1 NetworkPolicy", f"spec: {{ingress: [{{from: [{peer % place}]}}]}}")
        assert told(stream(WEB, policy)) == []


def test_labels_that_controllers_set_are_not_missed() -> None:
    service = "spec: {selector: {app: web, statefulset.kubernetes.io/pod-name: web-0}}"
    assert told(stream(WEB, thing("v1 Service", service))) == []


def test_service_without_selector_or_with_an_external_name_leads_elsewhere() -> None:
    assert told(thing("v1 Service", "spec: {ports: []}")) == []
    assert told(thing("v1 Service", "spec: {type: ExternalName, externalName: a.b, selector: {app: x}}")) == []


@pytest.mark.parametrize(
    ("label", "told_so"), [("app: web", False), ("app: wob", True), ("pod-template-hash: x", False)]
)
def test_pods_are_spread_over_their_own_kind(label: str, *, told_so: bool) -> None:
    pod = f"topologySpreadConstraints: [{{topologyKey: zone, labelSelector: {{matchLabels: {{{label}}}}}}}]"
    place = "spec.template.spec.topologySpreadConstraints[0].labelSelector"
    expected = [f"PC5115 {place}: it does not match the pods that it spreads"] if told_so else []
    assert told(workload(pod), whole=False) == expected


@pytest.mark.parametrize(
    ("term", "told_so"),
    [
        ("labelSelector: {matchLabels: {app: web}}", False),
        ("labelSelector: {matchLabels: {app: wob}}", True),
        ("labelSelector: {matchLabels: {app: wob}}, namespaceSelector: {}", False),
        ("labelSelector: {matchLabels: {app: wob}}, namespaces: [other]", False),
    ],
)
def test_pods_keep_near_to_pods_that_exist(term: str, *, told_so: bool) -> None:
    terms = f"requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: zone, {term}}}]"
    pod = workload(f"affinity: {{podAffinity: {{{terms}}}}}")
    assert [line[:7] for line in told(pod)] == (["PC5115 "] if told_so else [])
    assert told(pod, whole=False) == []


def test_service_monitor_finds_a_service() -> None:
    service = "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop, labels: {app: web}}, spec: {}}"
    monitor = "monitoring.coreos.com/v1 ServiceMonitor"
    assert told(stream(service, thing(monitor, "spec: {selector: {matchLabels: {app: web}}}"))) == []
    wrong = "selector: {matchLabels: {app: wob}}"
    assert told(stream(service, thing(monitor, f"spec: {{{wrong}}}"))) == [
        "PC5115 spec.selector: it matches no Service"
    ]
    other = f"spec: {{{wrong}, namespaceSelector: {{matchNames: [elsewhere]}}}}"
    assert told(stream(service, thing(monitor, other))) == []


def test_two_workloads_do_not_select_the_same_pods() -> None:
    blue = workload("containers: []", name="blue", labels="app: web, colour: blue")
    assert told(stream(blue, workload("containers: []", name="green", labels="app: web, colour: green"))) == []
    assert told(stream(blue, workload("containers: []", name="plain"))) == [
        "PC5116 spec.selector: its selector also matches the pods of Deployment shop/blue"
    ]


def test_pods_have_one_budget_and_one_autoscaler() -> None:
    budget = "policy/v1 PodDisruptionBudget"
    spec = "spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}"
    assert told(stream(WEB, thing(budget, spec, name="a"), thing(budget, spec, name="b"))) == [
        "PC5117 spec.selector: the pods have a budget already, PodDisruptionBudget shop/a"
    ]
    scaler = "autoscaling/v2 HorizontalPodAutoscaler"
    aim = "spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}"
    keda = thing("keda.sh/v1alpha1 ScaledObject", "spec: {maxReplicaCount: 3, scaleTargetRef: {name: web}}", name="k")
    assert told(stream(WEB, thing(scaler, aim, name="a"), keda)) == [
        "PC5117 spec.scaleTargetRef: Deployment web is scaled already, by HorizontalPodAutoscaler shop/a"
    ]
    assert told(stream(WEB, thing(scaler, aim, name="keda-hpa-k"), keda)) == []


def test_budget_without_selector_is_for_no_pod() -> None:
    assert told(thing("policy/v1 PodDisruptionBudget", "spec: {maxUnavailable: 1}")) == [
        "PC5115 spec: without a selector it is for no pod"
    ]
    assert told(thing("policy/v1 PodDisruptionBudget", "spec: {maxUnavailable: 1, selector: {}}")) == []
