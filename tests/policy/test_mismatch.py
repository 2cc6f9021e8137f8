"""Why a policy is not for a request: told exactly where it is not for it."""

from itertools import product
from typing import Any

import pytest

from platform_compiler.diagnostics import Span
from platform_compiler.policy.match import matches, namespace_named
from platform_compiler.policy.mismatch import why_unmatched
from platform_compiler.policy.parse import match_of
from platform_compiler.policy.subject import Subject, subject_of
from platform_compiler.source.node import ScalarNode
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile
from tests.policy.writing import RULE, deployment

_NODE = ScalarNode("", Span("x"), "")
_SELECTORS: tuple[dict[str, Any], ...] = (
    {},
    {"matchLabels": {"tier": "gold"}},
    {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["gold"]}]},
)
_RULES: tuple[list[dict[str, Any]], ...] = (
    [RULE],
    [],
    [{**RULE, "resources": ["*"]}],
    [{**RULE, "apiGroups": [""]}, {**RULE, "operations": ["DELETE"]}],
    [{**RULE, "resourceNames": ["api"]}],
    [{**RULE, "scope": "Cluster"}],
)


def subjects() -> list[Subject]:
    """Return requests with and without labels, in namespaces of either kind, and for something in none."""
    namespaces = [namespace_named("shop", {"metadata": {"labels": labels}}) for labels in ({}, {"tier": "gold"})]
    bodies = [deployment(), deployment(1, "api", tier="gold"), {**deployment(), "kind": "StatefulSet"}]
    found = [
        subject_of(Item(body, "", InFile(_NODE)), namespace, namespaced=True)
        for body, namespace in product(bodies, namespaces)
    ]
    plain = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a", "labels": {"tier": "gold"}}}
    return [*found, subject_of(Item(plain, "", InFile(_NODE)), None, namespaced=False)]


@pytest.mark.parametrize("needs_rule", [True, False])
def test_there_is_a_reason_exactly_where_nothing_matches(*, needs_rule: bool) -> None:
    compared = 0
    for rules, excluded, objects, namespaces in product(_RULES, ([], [RULE]), _SELECTORS, _SELECTORS):
        match = match_of(
            {
                "resourceRules": rules,
                "excludeResourceRules": excluded,
                "objectSelector": objects,
                "namespaceSelector": namespaces,
            }
        )
        for subject in subjects():
            reasons = list(why_unmatched(match, subject, needs_rule=needs_rule))
            assert (not reasons) == matches(match, subject, needs_rule=needs_rule), (match, subject, reasons)
            compared += 1
    assert compared == len(_RULES) * 2 * 9 * 7
