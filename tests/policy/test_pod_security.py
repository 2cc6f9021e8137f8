"""The built-in policies of pod security agree with the published standards, control by control and value by value."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_compiler.diagnostics import Bag
from platform_compiler.policy.compiled import all_compiled
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.foreign import benches, subjects
from platform_compiler.policy.judge import Bench
from platform_compiler.policy.read import read_library
from platform_compiler.verify.documents import items_of
from tests.policy.pod_security_standards import TABLE, UNSET, Row

ROOT = Path(__file__).parents[2]
PREFIX = "pod-security-"
LISTS = ("containers", "initContainers", "ephemeralContainers")


@cache
def _bench() -> Bench:
    bag = Bag()
    library = read_library({str(path): path.read_bytes() for path in ROOT.glob(f"policies/{PREFIX}*/policy.yaml")}, bag)
    ready, flawed = all_compiled(library.policies)
    assert not bag.has_errors
    assert not flawed
    return benches(library, ready, [])("")


def verdicts(pod: dict[str, Any]) -> set[str]:
    """Return the policies that deny a pod."""
    (subject,) = subjects(items_of("pod.yaml", json.dumps(pod).encode(), Bag()), [], lambda _: True)
    told = list(_bench().judge(subject))
    assert {verdict.outcome.result for verdict in told} <= {Result.PASS, Result.DENY}
    return {verdict.policy.name for verdict in told if verdict.outcome.result is Result.DENY}


def _container(name: str) -> dict[str, Any]:
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {"name": name, "image": "registry.example/app:1", "securityContext": security}


def _pod() -> dict[str, Any]:
    """Return a pod that keeps every control, with a container in each list."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "app", "namespace": "shop"},
        "spec": {
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            **{kind: [_container(name)] for kind, name in zip(LISTS, ("app", "setup", "debug"), strict=True)},
        },
    }


def _set(start: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        start = start.setdefault(parent, {})
    start.pop(last, None)
    if value is not UNSET:
        start[last] = deepcopy(value)


def _starts(place: str) -> Iterator[tuple[str | int, ...]]:
    """Yield where in a pod the paths of a place start."""
    if place == "container":
        yield from (("spec", kind, 0) for kind in LISTS)
    else:
        yield ("spec",) if place == "pod" else (place,)


def _with(start: tuple[str | int, ...], path: str, value: Any) -> dict[str, Any]:
    pod = _pod()
    node: Any = pod
    for step in start:
        node = node[step]
    _set(node, path, value)
    return pod


def _trials() -> Iterator[Any]:
    for place, path in dict.fromkeys((row.place, row.path) for row in TABLE):
        rows = [row for row in TABLE if (row.place, row.path) == (place, path)]
        values = [value for row in rows for value in (*row.allowed, *row.refused)]
        for start in _starts(place):
            for value in _unlike(values):
                shown = "unset" if value is UNSET else repr(value)
                yield pytest.param(rows, start, value, id=f"{'.'.join(map(str, start))}.{path}={shown}")


def _unlike(values: list[Any]) -> list[Any]:
    return list({"unset" if value is UNSET else repr(value): value for value in values}.values())


def _holds(values: tuple[Any, ...], value: Any) -> bool:
    return any(value is one or (value is not UNSET and repr(value) == repr(one)) for one in values)


def _names(*controls: str) -> set[str]:
    return {PREFIX + control for control in controls}


@pytest.mark.parametrize(("rows", "start", "value"), list(_trials()))
def test_each_value_of_the_standards_is_allowed_or_refused_by_the_policies_of_its_controls_alone(
    rows: list[Row], start: tuple[str | int, ...], value: Any
) -> None:
    assert all(_holds(row.allowed, value) != _holds(row.refused, value) for row in rows), "the table is not whole"
    refusing = _names(*(row.control for row in rows if _holds(row.refused, value)))
    assert verdicts(_with(start, rows[0].path, value)) == refusing


def test_every_policy_of_pod_security_has_its_control_in_the_table() -> None:
    assert {path.parent.name for path in ROOT.glob(f"policies/{PREFIX}*/policy.yaml")} == _names(
        *(row.control for row in TABLE)
    )


@pytest.mark.parametrize(
    ("field", "value", "control"),
    [
        ("runAsNonRoot", True, "restricted-run-as-non-root"),
        ("seccompProfile", {"type": "RuntimeDefault"}, "restricted-seccomp"),
    ],
)
def test_what_every_container_sets_the_pod_need_not_set_but_one_that_does_not_is_refused(
    field: str, value: Any, control: str
) -> None:
    pod = _pod()
    del pod["spec"]["securityContext"][field]
    for kind in LISTS:
        pod["spec"][kind][0]["securityContext"][field] = value
    assert verdicts(pod) == set()
    for kind in LISTS:
        less = deepcopy(pod)
        del less["spec"][kind][0]["securityContext"][field]
        assert verdicts(less) == _names(control)


def test_pods_for_windows_need_none_of_what_only_linux_has() -> None:
    pod = _pod()
    del pod["spec"]["securityContext"]["seccompProfile"]
    for kind in LISTS:
        del pod["spec"][kind][0]["securityContext"]
    three = _names("restricted-privilege-escalation", "restricted-seccomp", "restricted-capabilities")
    assert verdicts(pod) == three
    pod["spec"]["os"] = {"name": "linux"}
    assert verdicts(pod) == three
    pod["spec"]["os"] = {"name": "windows"}
    assert verdicts(pod) == set()
    del pod["spec"]["securityContext"]["runAsNonRoot"]
    assert verdicts(pod) == _names("restricted-run-as-non-root")


def test_pods_in_a_user_namespace_may_run_as_root_and_in_baseline_see_all_of_proc() -> None:
    pod = _pod()
    pod["spec"]["securityContext"] |= {"runAsNonRoot": False, "runAsUser": 0}
    for kind in LISTS:
        pod["spec"][kind][0]["securityContext"] |= {"runAsNonRoot": False, "runAsUser": 0, "procMount": "Unmasked"}
    relaxed = _names("restricted-run-as-non-root", "restricted-run-as-user", "baseline-proc-mount")
    assert verdicts(pod) == relaxed | _names("restricted-proc-mount")
    pod["spec"]["hostUsers"] = True
    assert verdicts(pod) == relaxed | _names("restricted-proc-mount")
    pod["spec"]["hostUsers"] = False
    assert verdicts(pod) == _names("restricted-proc-mount")


@pytest.mark.parametrize("control", sorted({row.control for row in TABLE if row.control.startswith("restricted-")}))
def test_user_namespaces_relax_no_other_control(control: str) -> None:
    row = next(row for row in TABLE if row.control == control and row.refused)
    pod = _with(next(_starts(row.place)), row.path, row.refused[0])
    pod["spec"]["hostUsers"] = False
    relaxed = control in ("restricted-run-as-non-root", "restricted-run-as-user")
    assert (PREFIX + control in verdicts(pod)) != relaxed


def test_a_pod_that_says_nothing_of_security_keeps_baseline_and_lacks_what_restricted_requires() -> None:
    pod = {**_pod(), "spec": {"containers": [{"name": "app", "image": "registry.example/app:1"}]}}
    assert verdicts(pod) == _names(
        "restricted-privilege-escalation",
        "restricted-run-as-non-root",
        "restricted-seccomp",
        "restricted-capabilities",
    )


def test_a_volume_without_a_type_is_the_empty_directory_that_the_api_server_makes_of_it() -> None:
    assert verdicts(_with(("spec",), "volumes", [{"name": "data"}])) == set()


def test_every_policy_judges_pods_as_they_come_and_change_and_fails_closed() -> None:
    for path in ROOT.glob(f"policies/{PREFIX}*/policy.yaml"):
        spec = yaml.safe_load(path.read_text())["spec"]
        (rule,) = spec["matchConstraints"]["resourceRules"]
        assert (rule["apiGroups"], rule["apiVersions"], rule["operations"]) == ([""], ["v1"], ["CREATE", "UPDATE"])
        reads_containers = any(one["name"] == "containers" for one in spec.get("variables", ()))
        assert rule["resources"] == ["pods", *["pods/ephemeralcontainers"] * reads_containers]
        assert spec["failurePolicy"] == "Fail"


def test_every_workload_of_the_online_boutique_makes_pods_that_keep_both_levels() -> None:
    files = list(ROOT.glob("fixtures/expected/online-boutique/clusters/*/*/*/deployment-*.yaml"))
    items = [item for path in files for item in items_of(str(path), path.read_bytes(), Bag())]
    told = [verdict for subject in subjects(items, [], lambda _: True) for verdict in _bench().judge(subject)]
    assert {verdict.subject.item.name for verdict in told} == {item.name for item in items} != set()
    assert {verdict.policy.name for verdict in told} == _names(*(row.control for row in TABLE))
    assert {verdict.outcome.result for verdict in told} == {Result.PASS}
