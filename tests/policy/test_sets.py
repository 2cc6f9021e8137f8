"""Sets become bindings: which, how they are called, and what they select."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.emit.writer import write_yaml
from platform_compiler.policy.check_sets import check_bound, check_sets
from platform_compiler.policy.compiled import all_compiled
from platform_compiler.policy.model import Binding
from platform_compiler.policy.sets import bindings_of
from platform_compiler.policy.where import Where
from tests.policy.written import codes, library, policies, policy_text, sets

TODAY = date(2026, 6, 1)
POD_RULES = "[{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]"
OUR_RULES = "[{apiGroups: [platformc.dev], apiVersions: [v1], operations: [CREATE], resources: [applications]}]"
KNOWN = policies(
    policy_text("pod-host", POD_RULES, ["!has(object.spec.hostNetwork)"]),
    policy_text("pod-user", POD_RULES, ["has(object.spec.hostUsers)"]),
    policy_text("tiers", OUR_RULES, ["has(object.spec.tier)"]),
    policy_text("registries", POD_RULES, ["true"], "  paramKind: {apiVersion: v1, kind: ConfigMap}\n"),
)
COMPILED, _ = all_compiled(KNOWN)
PROD = Where(
    "prod-eu", "prod", {"shop": "shop", "shop-jobs": "shop", "pay": "pay", "istio": ""}, ("pay", "shop"), (1, 33)
)
DEV = Where("dev", "dev", {"shop-dev": "shop"}, ("pay", "shop"), (1, 29))


def bound(spec: str, where: Where = PROD, as_of: date = TODAY) -> tuple[Binding, ...]:
    return bindings_of(sets(base=spec), KNOWN, where, as_of)


def selected(binding: Binding) -> Any:
    limits = binding.body["spec"].get("matchResources", {})
    chosen = limits.get("namespaceSelector", {}).get("matchExpressions", [])
    return [(one["operator"], one["values"]) for one in chosen]


def test_set_becomes_one_binding_for_each_policy_it_names() -> None:
    found = bound("{policies: {pod-*: {}}, enforce: [{actions: [Deny, Audit], environments: [prod]}]}")
    assert [binding.name for binding in found] == ["base-pod-host", "base-pod-user"]
    assert found[0].body["spec"]["validationActions"] == ["Deny", "Audit"]
    assert found[0].body["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "platformc"}
    assert not bound("{policies: {pod-*: {}}, enforce: [{actions: [Deny], environments: [prod]}]}", DEV)


def test_every_entry_that_matches_makes_a_binding_with_its_own_name() -> None:
    found = bound("{policies: {pod-host: {}}, enforce: [{actions: [Audit]}, {actions: [Deny], clusters: ['prod-*']}]}")
    assert [(binding.name, *binding.actions) for binding in found] == [
        ("base-pod-host", "Audit"),
        ("base-pod-host-2", "Deny"),
    ]


def test_two_sets_never_make_bindings_of_one_name() -> None:
    known = policies(policy_text("c", POD_RULES, ["true"]), policy_text("b-c", POD_RULES, ["true"]))
    made = sets(
        **{
            "a": "{policies: {b-c: {}}, enforce: [{actions: [Deny]}]}",
            "a-b": "{policies: {c: {}}, enforce: [{actions: [Warn]}]}",
        }
    )
    assert [binding.name for binding in bindings_of(made, known, PROD, TODAY)] == ["a-b-c", "a-b-c-2"]


@pytest.mark.parametrize(("as_of", "holds"), [("2026-05-31", False), ("2026-06-01", True), ("2026-06-02", True)])
def test_entry_holds_from_its_day_on(as_of: str, *, holds: bool) -> None:
    spec = "{policies: {pod-host: {}}, enforce: [{actions: [Deny], since: '2026-06-01'}]}"
    assert bool(bound(spec, as_of=date.fromisoformat(as_of))) is holds


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", [("NotIn", ["kube-node-lease", "kube-public", "kube-system"])]),
        (", teams: [shop]", [("In", ["shop", "shop-jobs"])]),
        (", teams: ['*']", [("In", ["pay", "shop", "shop-jobs"])]),
        (", namespaces: ['shop-*', pay]", [("In", ["pay", "shop-jobs"])]),
        (", teams: [shop], namespaces: ['*-jobs', pay]", [("In", ["shop-jobs"])]),
        (", namespaces: ['*'], excludeNamespaces: ['*s*']", [("In", ["default", "kube-public", "pay"])]),
        (", excludeNamespaces: ['kube-*']", [("NotIn", ["kube-node-lease", "kube-public", "kube-system"])]),
        (", excludeNamespaces: [vault, 'pa*']", [("NotIn", ["pay", "vault"])]),
        (", excludeNamespaces: []", []),
    ],
)
def test_teams_and_namespaces_are_written_out(entry: str, expected: object) -> None:
    (binding,) = bound(f"{{policies: {{pod-host: {{}}}}, enforce: [{{actions: [Deny]{entry}}}]}}")
    assert selected(binding) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", []),
        (", teams: ['sh*']", [("In", ["shop"])]),
        (", namespaces: [pay]", [("In", ["pay"])]),
        (", excludeNamespaces: [pay]", [("NotIn", ["pay"])]),
    ],
)
def test_teams_are_the_namespaces_of_manifests(entry: str, expected: object) -> None:
    (binding,) = bound(f"{{policies: {{tiers: {{}}}}, enforce: [{{actions: [Deny]{entry}}}]}}")
    assert selected(binding) == expected


def test_nothing_is_bound_where_no_namespace_is_meant() -> None:
    assert not bound("{policies: {pod-host: {}}, enforce: [{actions: [Deny], teams: [pay]}]}", DEV)


def test_labels_select_objects() -> None:
    (binding,) = bound("{policies: {pod-host: {}}, enforce: [{actions: [Deny], labels: {tier: gold}}]}")
    assert binding.body["spec"]["matchResources"]["objectSelector"] == {"matchLabels": {"tier": "gold"}}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("{name: eu, namespace: platform}", {"name": "eu", "namespace": "platform", "parameterNotFoundAction": "Deny"}),
        (
            "{labels: {for: eu}, parameterNotFoundAction: Allow}",
            {"selector": {"matchLabels": {"for": "eu"}}, "parameterNotFoundAction": "Allow"},
        ),
    ],
)
def test_parameters_are_those_of_the_most_exact_name(params: str, expected: object) -> None:
    spec = f"{{policies: {{'*': {{params: {{name: other}}}}, registries: {{params: {params}}}, 'reg*': {{}}}}"
    found = bound(f"{spec}, enforce: [{{actions: [Deny]}}]}}")
    refs = {binding.policy: binding.body["spec"].get("paramRef") for binding in found}
    assert refs["registries"] == expected
    assert refs["pod-host"] is None  # it takes none


def test_bindings_are_what_the_api_server_takes() -> None:
    spec = (
        "{policies: {'*': {params: {name: eu}}},"
        " enforce: [{actions: [Audit], teams: [shop], labels: {a: b}}, {actions: [Deny]}]}"
    )
    made = bound(spec)
    read = library(*(write_yaml(binding.body) for binding in made))
    assert {name: replace(one, tree=None) for name, one in read.bindings.items()} == {b.name: b for b in made}


ALL = "enforce: [{actions: [Deny]}]"


@pytest.mark.parametrize(
    ("spec", "code", "words"),
    [
        (f"{{policies: {{pod-hots: {{}}}}, {ALL}}}", "PC7010", "did you mean `pod-host`?"),
        (f"{{policies: {{'mesh-*': {{}}}}, {ALL}}}", "PC7010", "no policy is called like `mesh-*`"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Warn, Deny]}]}", "PC7011", "`Deny` and `Warn`"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], environments: [prd]}]}", "PC7012", "`prod`?"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], clusters: ['qa-*']}]}", "PC7012", "like `qa-*`"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], teams: [shpo]}]}", "PC7012", "`shop`?"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], namespaces: [no]}]}", "PC7012", "no namespace `no`"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], excludeNamespaces: ['no*']}]}", "PC7012", "`no*`"),
        (f"{{policies: {{pod-host: {{}}}}, {ALL}, ship: {{clusters: [nope]}}}}", "PC7012", "no cluster `nope`"),
        (
            "{policies: {pod-host: {}}, enforce: [{actions: [Deny], environments: [dev], teams: [pay]}]}",
            "PC7013",
            "set `base` holds nowhere",
        ),
        (f"{{policies: {{pod-host: {{}}}}, {ALL}, ship: {{clusters: [dev]}}}}", "PC7015", "runs Kubernetes 1.29"),
        (f"{{policies: {{registries: {{params: {{}}}}}}, {ALL}}}", "", ""),
        (f"{{policies: {{registries: {{params: {{namespace: a}}}}}}, {ALL}}}", "PC7017", "nothing says"),
        (f"{{policies: {{registries: {{params: {{name: a, labels: {{b: c}}}}}}}}, {ALL}}}", "PC7017", "both"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], since: '2026-02-31'}]}", "PC1105", "no day"),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], since: '2099-01-01'}]}", "", ""),
        ("{policies: {pod-host: {}}, enforce: [{actions: [Deny], excludeNamespaces: [vault]}]}", "", ""),
        (f"{{policies: {{'pod-*': {{}}, tiers: {{}}}}, {ALL}, ship: {{clusters: ['prod-*']}}}}", "", ""),
    ],
)
def test_what_means_nothing_is_reported(spec: str, code: str, words: str) -> None:
    bag = Bag()
    check_sets(sets(base=spec), KNOWN, COMPILED, [PROD, DEV], bag)
    found = bag.sorted()
    assert codes(bag) == ([code] if code else [])
    assert all(words in " ".join((one.message, *one.help)) for one in found)
    assert all(one.span.path == "PolicySet/base.yaml" and one.span.line for one in found)


@pytest.mark.parametrize(
    ("expression", "first", "words"),
    [
        ("object.metadata.labels.all(k, v, k != v)", (1, 33), "a loop over keys and values"),
        ("semver(object.metadata.name).major() > 1", (1, 34), "`semver()`"),
        ("object.spec.?args.orValue([]).distinct().size() == 1", (1, 35), "`distinct()`"),
        ("object.spec.?args.orValue([]).size() == 1", (1, 30), ""),
    ],
)
def test_policy_that_an_older_cluster_does_not_understand_is_not_shipped_in_silence(
    expression: str, first: tuple[int, int], words: str
) -> None:
    known = policies(policy_text("new", POD_RULES, [expression]))
    compiled, _ = all_compiled(known)
    some = sets(base="{policies: {new: {}}, enforce: [{actions: [Deny]}], ship: {clusters: ['*']}}")
    for kubernetes in ((1, 30), (1, 32), (1, 33), (1, 34), (1, 35)):
        bag = Bag()
        check_sets(some, known, compiled, [replace(PROD, kubernetes=kubernetes)], bag)
        assert bool(bag.sorted()) is (kubernetes < first)
        assert all((one.code, words in one.message) == ("PC7016", True) for one in bag.sorted())


def test_part_of_the_clusters_tells_nothing_about_what_is_nowhere() -> None:
    spec = "{policies: {pod-host: {}}, enforce: [{actions: [Deny], clusters: [elsewhere]}]}"
    bag = Bag()
    check_sets(sets(base=spec), KNOWN, COMPILED, [PROD], bag, whole=False)
    assert not bag.sorted()


def test_own_policy_that_no_set_names_is_told() -> None:
    own = library(policy_text("pod-host", POD_RULES, ["true"]), policy_text("lonely", POD_RULES, ["true"]))
    bag = Bag()
    check_bound(own, sets(base="{policies: {pod-*: {}}, enforce: [{actions: [Deny]}]}"), bag)
    (found,) = bag.sorted()
    assert (found.code, found.message) == ("PC7014", "policy `lonely` holds nowhere: no set names it")
