"""Names, sizes, quantities, schedules, durations and keys: what the API server refuses, and what nobody can mean."""

import pytest

from platform_compiler.verify.versions import Versions
from tests.verify.kubernetes.checked import stream, thing, told, workload

CRON = "spec: {{schedule: '{0}', jobTemplate: {{spec: {{template: {{spec: {{}}}}}}}}}}"


@pytest.mark.parametrize(
    ("kind", "name", "namespace", "refused"),
    [
        ("v1 Service", "web", "shop", False),
        ("v1 Service", "1web", "shop", True),
        ("v1 Service", "web.shop", "shop", True),
        ("v1 Namespace", "shop.eu", "", True),
        ("v1 ConfigMap", "web.conf", "shop", False),
        ("v1 ConfigMap", "Web", "shop", True),
        ("v1 ConfigMap", "web_conf", "shop", True),
        ("v1 ConfigMap", "web", "Shop", True),
        ("v1 ConfigMap", "a" * 254, "shop", True),
        ("batch/v1 CronJob", "a" * 52, "shop", False),
        ("batch/v1 CronJob", "a" * 53, "shop", True),
        ("apps/v1 StatefulSet", "a" * 53, "shop", True),
        ("rbac.authorization.k8s.io/v1 Role", '"team:Read_all"', "shop", False),
        ("rbac.authorization.k8s.io/v1 ClusterRole", "a/b", "", True),
        ("kustomize.config.k8s.io/v1beta1 Kustomization", "Any_Name", "", False),
    ],
)
def test_name_is_judged_by_the_rule_of_its_kind(kind: str, name: str, namespace: str, *, refused: bool) -> None:
    found = [line for line in told(thing(kind, "", name=name, namespace=namespace)) if line.startswith("PC5101")]
    assert bool(found) is refused


def test_one_object_without_a_namespace_is_noted_among_others_that_have_one() -> None:
    settled = [thing("v1 ConfigMap", "", name=name) for name in ("a", "b")]
    lost = thing("v1 ConfigMap", "", name="c", namespace="")
    assert told(stream(*settled, lost)) == ["PC5103 metadata: it names no namespace, unlike most others here"]
    assert told(stream(settled[0], lost)) == []
    assert told(stream(*settled, lost), whole=False) == []


def test_annotations_and_data_have_a_greatest_size() -> None:
    note = "a: '" + "x" * (256 * 1024) + "'"
    large = f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a, namespace: b, annotations: {{{note}}}}}}}"
    assert [line[:29] for line in told(large)] == ["PC5104 metadata.annotations: "]
    megabyte = "x" * (1024 * 1024 - 1)
    assert told(thing("v1 ConfigMap", f"data: {{a: '{megabyte}'}}")) == []
    assert [line[:13] for line in told(thing("v1 ConfigMap", f"data: {{aa: '{megabyte}'}}"))] == ["PC5104 data: "]
    assert told(thing("v1 Secret", f"data: {{aa: '{megabyte}'}}")) == []


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ("requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: '1', memory: 1Gi}", []),
        ("requests: {cpu: 1.5}, limits: {cpu: 1500m}", []),
        ("requests: {cpu: 2}, limits: {cpu: 1500m}", ["requests.cpu: requests of cpu (2) is above limits (1500m)"]),
        (
            "requests: {memory: 1Gi}, limits: {memory: 1G}",
            ["requests.memory: requests of memory (1Gi) is above limits (1G)"],
        ),
        ("requests: {memroy: 1Gi}", ["requests.memroy: there is no resource memroy"]),
        ("limits: {cpu: -1}", ["limits.cpu: cpu is below zero"]),
        ("limits: {example.com/gpu: 1}", []),
        ("limits: {example.com/gpu: 500m}", ["limits.example.com/gpu: example.com/gpu is no whole number"]),
        (
            "requests: {nvidia.com/gpu: 1}",
            ["requests.nvidia.com/gpu: nvidia.com/gpu must be requested as it is limited"],
        ),
        ("requests: {hugepages-2Mi: 4Mi}, limits: {hugepages-2Mi: 4Mi}", []),
    ],
)
def test_requests_and_limits(resources: str, expected: list[str]) -> None:
    found = told(workload(f"containers: [{{name: a, resources: {{{resources}}}}}]"))
    at = "PC5105 spec.template.spec.containers[0].resources."
    assert found == [f"{at}{line}" for line in expected]


def test_every_container_is_told_that_asks_for_what_is_refused_and_no_other() -> None:
    sizes = ("limits: {cpu: 1}", "requests: {cpu: 2}, limits: {cpu: 1}", "limits: {cpu: 1}", "requests: {cpu: 2}")
    wrong = sizes[1]
    asking = ", ".join(f"{{name: c{i}, resources: {{{size}}}}}" for i, size in enumerate((*sizes, wrong)))
    found = [line.partition(": ")[0] for line in told(workload(f"containers: [{asking}]"))]
    assert found == [f"PC5105 spec.template.spec.containers[{i}].resources.requests.cpu" for i in (1, 4)]


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ("cpu: 500", None),
        ("cpu: 1000", "1000 of cpu is 1,000 cores"),
        ("cpu: 100Mi", "100Mi of cpu is 104,857,600 cores"),
        ("cpu: 0.5m", "0.5m of cpu is below the least step of 1m"),
        ("memory: 1Mi", None),
        ("memory: 0", None),
        ("memory: 128m", "128m of memory is less than a byte"),
        ("memory: 512", "512 of memory is 512 bytes"),
        ("ephemeral-storage: 100k", "100k of ephemeral-storage is 100,000 bytes"),
    ],
)
def test_quantities_that_nobody_can_mean_are_told(resources: str, words: str | None) -> None:
    found = told(workload(f"containers: [{{name: a, resources: {{limits: {{{resources}}}}}}}]"))
    assert [line.partition(": ")[2] for line in found] == ([words] if words else [])
    assert all(line.startswith("PC5106 ") for line in found)


def test_bounds_of_a_limit_range_are_in_order() -> None:
    limits = "type: Container, defaultRequest: {cpu: 2}, default: {cpu: 1}, max: {cpu: 4}"
    assert told(thing("v1 LimitRange", f"spec: {{limits: [{{{limits}}}]}}")) == [
        "PC5105 spec.limits[0].defaultRequest.cpu: defaultRequest of cpu (2) is above default (1)"
    ]
    assert told(thing("v1 LimitRange", "spec: {limits: [{type: Pod, min: {cpu: 1}, max: {cpu: 1}}]}")) == []


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/5 0-6 1,15 JAN-mar MON-FRI",
        "0 0 ? * 0",
        "5/10 * * * *",
        "@daily",
        "@every 1h30m",
        "0 0 31 * *",
        "0 0 29 2 *",
        "0 0 31 2 1",
    ],
)
def test_schedule_is_taken(schedule: str) -> None:
    assert told(thing("batch/v1 CronJob", CRON.format(schedule))) == []


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("* * * *", "it has 4 fields, not 5"),
        ("0 0 * * * *", "it has 6 fields, not 5"),
        ("60 * * * *", "60 is no minute (0 to 59)"),
        ("0 24 * * *", "24 is no hour (0 to 23)"),
        ("0 0 0 * *", "0 is no day of the month (1 to 31)"),
        ("0 0 * 13 *", "13 is no month (1 to 12)"),
        ("0 0 * * 7", "7 is no day of the week (0 to 6)"),
        ("0 0 * * fry", "fry is no day of the week (0 to 6)"),
        ("30-10 * * * *", "30-10 ends before it begins (minute)"),
        ("*/0 * * * *", "*/0 has no step (minute)"),
        ("*/x * * * *", "*/x has no step (minute)"),
        (", * * * *", " is no minute (0 to 59)"),
        ("0 0 31 4,6 *", "no month that it names has such a day"),
        ("0 0 30 feb *", "no month that it names has such a day"),
    ],
)
def test_schedule_that_cannot_be_kept_is_refused(schedule: str, words: str) -> None:
    found = told(thing("batch/v1 CronJob", CRON.format(schedule)))
    assert found == [f"PC5107 spec.schedule: the schedule {schedule} cannot be kept: {words}"]


def test_unknown_word_for_a_schedule_is_refused() -> None:
    (found,) = told(thing("batch/v1 CronJob", CRON.format("@dayly")))
    assert found.startswith("PC5107 spec.schedule: the schedule @dayly cannot be kept: @dayly is none of @annually,")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Etc/UTC", "UTC"])
def test_time_zone_is_known(zone: str) -> None:
    assert told(thing("batch/v1 CronJob", f"spec: {{schedule: '@daily', timeZone: {zone}}}")) == []


@pytest.mark.parametrize("zone", ["Europe/Berlinn", "Local", "../etc/passwd", "/etc/localtime", "CEST"])
def test_unknown_time_zone_is_refused(zone: str) -> None:
    found = told(thing("batch/v1 CronJob", f"spec: {{schedule: '@daily', timeZone: {zone}}}"))
    assert found == [f"PC5107 spec.timeZone: there is no time zone {zone}"]


@pytest.mark.parametrize("schedule", ["TZ=Europe/Berlin 0 0 * * *", "CRON_TZ=UTC 0 0 * * *"])
def test_time_zone_inside_the_schedule_is_refused(schedule: str) -> None:
    found = told(thing("batch/v1 CronJob", CRON.format(schedule)))
    assert found == ["PC5107 spec.schedule: a schedule holds no time zone"]


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("monitoring.coreos.com/v1 ServiceMonitor", "endpoints: [{interval: 30s, scrapeTimeout: 30s}]", []),
        (
            "monitoring.coreos.com/v1 ServiceMonitor",
            "endpoints: [{interval: 30s, scrapeTimeout: 1m}]",
            ["spec.endpoints[0].scrapeTimeout: a scrape may take 1m, but the next begins after 30s"],
        ),
        (
            "monitoring.coreos.com/v1 PodMonitor",
            "podMetricsEndpoints: [{interval: 1500ms, scrapeTimeout: 1d}]",
            ["spec.podMetricsEndpoints[0].scrapeTimeout: a scrape may take 1d, but the next begins after 1500ms"],
        ),
        ("cert-manager.io/v1 Certificate", "duration: 48h, renewBefore: 24h", []),
        ("cert-manager.io/v1 Certificate", "renewBefore: 360h", []),
        (
            "cert-manager.io/v1 Certificate",
            "duration: 24h, renewBefore: 24h0m",
            ["spec.renewBefore: it is renewed 24h0m before its end, but holds for 24h only"],
        ),
        (
            "cert-manager.io/v1 Certificate",
            "duration: 30m",
            ["spec.duration: a certificate holds for an hour at least, not for 30m"],
        ),
    ],
)
def test_durations_that_contradict_each_other(kind: str, spec: str, expected: list[str]) -> None:
    found = [line for line in told(thing(kind, f"spec: {{{spec}}}")) if line.startswith("PC5108 ")]
    assert found == [f"PC5108 {line}" for line in expected]


def test_environment_variables_and_entries_have_rules_for_their_names() -> None:
    pod = workload("containers: [{name: a, env: [{name: 1A, value: x}], envFrom: [{prefix: 'a=b'}]}]")
    place = "spec.template.spec.containers[0]"
    assert told(pod) == [f"PC5109 {place}.envFrom[0].prefix: no environment variable can be called a=b"]
    old = told(pod, versions=Versions(kubernetes=(1, 29)))
    assert old[0] == f"PC5109 {place}.env[0].name: no environment variable can be called 1A"
    config = thing("v1 ConfigMap", "data: {a/b: x, c: x}, binaryData: {c: eA==}")
    assert told(config) == [
        "PC5109 data.a/b: no entry of a ConfigMap can be called a/b",
        "PC5109 binaryData.c: c stands in data and in binaryData",
    ]
    assert told(thing("v1 Secret", "stringData: {tls.crt: x, _a-B.9: x}, data: {tls.crt: eA==}")) == []


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("env: [{name: A, value: x}, {name: B, value: $(A)}], args: [$(B)]", []),
        (
            "env: [{name: B, value: $(A)}, {name: A, value: x}]",
            ["env[0].value: $(A) stays as it is: A is set further down"],
        ),
        ("args: [--ip=$(POD_IP)]", ["args[0]: $(POD_IP) stays as it is: the container sets no POD_IP"]),
        ("args: [--ip=$$(POD_IP)]", []),
        ("command: [sh, -c, 'echo $(hostname)']", []),
        ("args: [$(CART_SERVICE_HOST), $(CART_PORT_80_TCP_ADDR), $(KUBERNETES_PORT)]", []),
        ("args: [$(ANYTHING)], envFrom: [{secretRef: {name: a, optional: true}}]", []),
    ],
)
def test_references_to_variables(container: str, expected: list[str]) -> None:
    found = told(workload(f"containers: [{{name: a, {container}}}]"))
    assert found == [f"PC5110 spec.template.spec.containers[0].{line}" for line in expected]
