"""The golden tree fits its profile; what does not is refused, and so are resources that contradict each other."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag, Span
from platform_compiler.verify.profile import profile
from platform_compiler.verify.verify import verify

EXPECTED = Path(__file__).parents[2] / "fixtures/expected/online-boutique/clusters/prod-eu"
UNIT = Unit("prod-eu", "app", "web/frontend", "clusters/prod-eu/web/frontend")
Body = dict[str, Any]


def frontend() -> dict[str, Body]:
    bodies = [yaml.safe_load(path.read_text()) for path in sorted((EXPECTED / "web/frontend").glob("*.yaml"))]
    return {body["kind"]: body for body in bodies}


def findings(*bodies: Body) -> list[str]:
    bag = Bag()
    verify([Resource(UNIT, body, Span("t.yaml", 1, 1, 1, 2), Span("m.yaml", 1, 1, 1, 2)) for body in bodies], bag)
    return [f"{d.code} {d.message.partition(': ')[2]}" for d in bag.sorted()]


def examples() -> dict[tuple[str, str], Body]:
    found: dict[tuple[str, str], Body] = {}
    for path in sorted(EXPECTED.rglob("*.yaml")):
        body = yaml.safe_load(path.read_text())
        found.setdefault((body["apiVersion"], body["kind"]), body)
    return found


@pytest.mark.parametrize("kind", sorted(examples()), ids=" ".join)
def test_kind_is_accepted_as_it_is_and_refused_with_one_key_more(kind: tuple[str, str]) -> None:
    body = examples()[kind]
    assert findings(body) == []
    more = {**body, "surprise": 1}
    assert [f[:6] for f in findings(more)] == ["PC5002"]


def test_every_kind_of_the_golden_tree_has_a_profile() -> None:
    assert set(examples()) <= set(profile())


def _replicas(bodies: dict[str, Body]) -> None:
    bodies["Deployment"]["spec"]["replicas"] = 3


def _selector(bodies: dict[str, Body]) -> None:
    bodies["Deployment"]["spec"]["selector"]["matchLabels"]["platformc.dev/version"] = "other"


def _service(bodies: dict[str, Body]) -> None:
    bodies["Service"]["spec"]["selector"]["app.kubernetes.io/name"] = "other"


def _target_port(bodies: dict[str, Body]) -> None:
    bodies["Service"]["spec"]["ports"][0]["targetPort"] = 9


def _budget(bodies: dict[str, Body]) -> None:
    bodies["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] = "other"


def _mount(bodies: dict[str, Body]) -> None:
    bodies["Deployment"]["spec"]["template"]["spec"]["volumes"] = []


def _names(bodies: dict[str, Body]) -> None:
    pod = bodies["Deployment"]["spec"]["template"]["spec"]
    pod["volumes"].append(pod["volumes"][0])


def _weights(bodies: dict[str, Body]) -> None:
    bodies["VirtualService"]["spec"]["http"][0]["route"][0]["weight"] = 90


def _types(bodies: dict[str, Body]) -> None:
    bodies["NetworkPolicy"]["spec"]["policyTypes"] = ["Egress"]


def _bounds(bodies: dict[str, Body]) -> None:
    bodies["HorizontalPodAutoscaler"]["spec"]["minReplicas"] = 99


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_replicas, "it sets `replicas`, which an autoscaler decides"),
        (_selector, "its selector does not match its own pods"),
        (_service, "its selector matches no pod of the application"),
        (_target_port, "port `http` leads to 9, which no container opens"),
        (_budget, "its selector matches no pod of the application"),
        (_mount, "container `frontend` mounts `tmp`, which is no volume"),
        (_names, "two volumes are called `tmp`"),
        (_weights, "the weights of `http` make 90, not 100"),
        (_types, "it has `ingress` rules, but `policyTypes` does not name Ingress"),
        (_bounds, "its least number of replicas is above its greatest"),
    ],
)
def test_resources_that_contradict_each_other_are_refused(spoil: Callable[[dict[str, Body]], None], words: str) -> None:
    bodies = frontend()
    assert findings(*bodies.values()) == []
    spoiled = copy.deepcopy(bodies)
    spoil(spoiled)
    assert findings(*spoiled.values()) == [f"PC5003 {words}"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("metadata", "name"), "Upper_Case"),
        (("metadata", "namespace"), None),
        (("metadata", "labels", "a b"), "x"),
        (("metadata", "labels", "a"), "x" * 64),
        (("spec", "ports", 0, "port"), 70000),
        (("spec", "type"), "LoadBalancer"),
    ],
)
def test_value_outside_the_profile_is_refused(path: tuple[str | int, ...], value: object) -> None:
    body = copy.deepcopy(frontend()["Service"])
    node: Any = body
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert [f[:6] for f in findings(body)] == ["PC5002"]
