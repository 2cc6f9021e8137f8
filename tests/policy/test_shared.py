"""What no policy was against on one cluster is not asked about on the next, where nothing that policies see differs."""

from typing import Any

import pytest

from platform_compiler.policy.compiled import all_compiled
from platform_compiler.policy.judge import Bench
from platform_compiler.policy.parse import binding_of
from platform_compiler.policy.shared import CleanBefore
from tests.policy.written import items, policies, policy_text
from tests.scale.fleets import alone, fleet

RULES = "[{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]"
PLAIN, _ = all_compiled(policies(policy_text("plain", RULES, ["true"])))
WITH_PARAMS, _ = all_compiled(
    policies(policy_text("p", RULES, ["true"], "  paramKind: {apiVersion: v1, kind: Secret}\n"))
)
FACTS, LOOK = ("user", "1.33"), (1, 2)


def bench(namespace: str = "shop", *, params: bool = False) -> Bench:
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    spec: dict[str, Any] = {"policyName": "plain", "validationActions": ["Deny"]}
    binding = binding_of(
        {"metadata": {"name": "b"}, "spec": {**spec, "matchResources": {"namespaceSelector": selector}}}
    )
    return Bench({**PLAIN, **(WITH_PARAMS if params else {})}, [binding], {})


def test_what_was_in_order_is_known_where_the_same_policies_are_bound_alike() -> None:
    before = CleanBefore()
    before.like(FACTS, bench(), ()).add(LOOK)
    assert LOOK in before.like(FACTS, bench(), ())
    assert LOOK not in before.like(FACTS, bench("pay"), ())
    assert LOOK not in before.like(("somebody else", "1.33"), bench(), ())


def test_nothing_is_known_where_policies_have_parameters_or_kinds_are_defined() -> None:
    before = CleanBefore()
    definition = items([{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}], "prod")
    for one, own in ((bench(params=True), []), (bench(), definition)):
        before.like(FACTS, one, own).add(LOOK)
        assert LOOK not in before.like(FACTS, one, own)


def test_sharing_changes_nothing_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = alone("denied")
    monkeypatch.setattr(CleanBefore, "like", lambda *_: set())
    assert fleet("denied").alone() == expected
