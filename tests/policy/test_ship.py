"""What clusters get says the same as what judged here: policies are written, read back, and judge alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_compiler.cel.engine import activation, language
from platform_compiler.emit.writer import write_yaml
from platform_compiler.objects import Body
from platform_compiler.policy.compiled import all_compiled
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.exceptions import quoted
from platform_compiler.policy.judge import Bench, Verdict
from platform_compiler.policy.params import known
from platform_compiler.policy.sets import PolicySet, bindings_of
from platform_compiler.policy.ship import shipped, shipped_to
from platform_compiler.policy.subject import Subject
from platform_compiler.policy.waivers import Waiver, waived
from platform_compiler.policy.where import Where
from tests.policy.written import (
    CLUSTER_SCOPED,
    items,
    library,
    policies,
    policy_text,
    requests,
    sets,
    waiver_spec,
    waivers,
)

TODAY = date(2026, 6, 1)
ALL = "operations: [CREATE, UPDATE, DELETE]"
POD_RULES = f"[{{apiGroups: [''], apiVersions: [v1], {ALL}, resources: [pods]}}]"
ANY_RULES = f"[{{apiGroups: ['*'], apiVersions: ['*'], {ALL}, resources: ['*']}}]"
APP_RULES = f"[{{apiGroups: [apps], apiVersions: [v1], {ALL}, resources: [deployments, statefulsets]}}]"
OUR_RULES = "[{apiGroups: [platformc.dev], apiVersions: [v1], operations: [CREATE], resources: [applications]}]"
OLD_OR_NEW = "(object == null ? oldObject : object)"
KNOWN = policies(
    policy_text(
        "pods",
        POD_RULES,
        [f"!has({OLD_OR_NEW}.spec.hostNetwork) // the node's own", "object.spec.hostUsers == false"],
    ),
    policy_text("bare-pods", POD_RULES, ["false"]).replace(
        "metadata: {", "metadata: {annotations: {platformc.dev/expand-pod-templates: 'false'}, "
    ),
    policy_text("anything", ANY_RULES, [f"has({OLD_OR_NEW}.metadata.labels)", "variables.one == 2"]).replace(
        "  validations:",
        "  matchConditions: [{name: own, expression: \"request.operation != 'UPDATE'\"}]\n"
        "  variables: [{name: one, expression: '1'}]\n  validations:",
    ),
    policy_text("apps", APP_RULES, ["object.spec.template.spec.hostNetwork == true"]),
    policy_text("ours", OUR_RULES, ["false"]),
)
COMPILED, _ = all_compiled(KNOWN)
PROD = Where("prod", "prod", {"shop": "shop", "pay": "pay"})
BASE = sets(
    base=(
        "{policies: {'*': {}}, enforce: [{actions: [Deny]}, {actions: [Audit], teams: [shop]}],"
        " ship: {clusters: ['*']}}"
    )
)
Denied = set[tuple[Any, ...]]


def denied(verdicts: Iterable[Verdict]) -> Denied:
    """Return what is violated: where, by what, with which words and actions."""
    return {
        (
            id(one.subject.item),
            one.subject.within,
            one.policy.name,
            one.outcome.index,
            one.outcome.message if one.outcome.result is Result.DENY else one.outcome.result,
            one.actions,
        )
        for one in verdicts
        if one.is_violation
    }


def here(asked: Sequence[Subject], given_waivers: Sequence[Waiver], params: Sequence[Body] = ()) -> Denied:
    """Return what is violated by the policies as they are, and not waived."""
    bench = Bench(COMPILED, bindings_of(BASE, KNOWN, PROD, TODAY), known(params))
    verdicts = [verdict for one in asked for verdict in bench.judge(one)]
    found = waived(verdicts, given_waivers, TODAY, lambda _: "prod")
    return denied(one.verdict for one in found if not one.is_waived)


def there(asked: Sequence[Subject], bodies: Iterable[Body], params: Sequence[Body] = ()) -> Denied:
    """Return what is violated by the objects that a cluster gets, and nothing else."""
    read = library(*map(write_yaml, bodies))
    compiled, flawed = all_compiled(read.policies)
    assert not flawed
    bench = Bench(compiled, list(read.bindings.values()), known(params))
    return denied(verdict for one in asked for verdict in bench.judge(one))


def shipping(
    given_waivers: Sequence[Waiver], resources: Sequence[Body], made: Sequence[PolicySet] = BASE
) -> list[Body]:
    return shipped_to(PROD, made, KNOWN, given_waivers, resources, TODAY)


KINDS = {
    "Deployment": ("apps/v1", ("spec", "template")),
    "StatefulSet": ("apps/v1", ("spec", "template")),
    "CronJob": ("batch/v1", ("spec", "jobTemplate", "spec", "template")),
    "Pod": ("v1", ()),
    "ConfigMap": ("v1", None),
    "Namespace": ("v1", None),
}
NAMES = ("legacy", "legacy-b", "legacy-b-c", "web")
LABELS = st.dictionaries(st.sampled_from(["app", "track"]), st.sampled_from(["legacy", "b", ""]), max_size=2)
SPECS = st.sampled_from([{}, {"hostNetwork": True}, {"hostUsers": False}, {"hostNetwork": True, "hostUsers": True}])


def body_of(kind: str, namespace: str, name: str, labels: Mapping[str, str], spec: Mapping[str, Any]) -> Body:
    """Return an object; labels and spec are those of its pods, where it makes any."""
    version, path = KINDS[kind]
    metadata: Body = {"name": name}
    if namespace and kind not in CLUSTER_SCOPED:
        metadata["namespace"] = namespace
    pod: Body = {"metadata": {"labels": dict(labels)} if labels else {}, "spec": dict(spec)}
    if path is None:
        return {"apiVersion": version, "kind": kind, "metadata": {**metadata, **pod["metadata"]}}
    if not path:
        return {"apiVersion": version, "kind": kind, "metadata": {**metadata, **pod["metadata"]}, "spec": pod["spec"]}
    below: Body = pod
    for step in reversed(path):
        below = {step: below}
    if kind != "CronJob" and "app" in labels:
        below["spec"]["selector"] = {"matchLabels": {"app": labels["app"]}}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **below}


OBJECTS = st.builds(
    body_of, st.sampled_from(sorted(KINDS)), st.sampled_from(["shop", "pay", ""]), st.sampled_from(NAMES), LABELS, SPECS
)


def place_of(body: Body) -> tuple[str, str]:
    """Return the namespace and name of an object."""
    return body["metadata"].get("namespace") or "default", body["metadata"]["name"]


# Two workloads of one name in one namespace make pods that only their owners tell apart, so names are not shared.
ESTATES = st.lists(OBJECTS, max_size=6, unique_by=place_of)


@st.composite
def estates_with_waivers(draw: st.DrawFn) -> tuple[list[Body], list[Body], tuple[Waiver, ...]]:
    """Draw objects now and before, and waivers that are about them, or nearly."""
    now = draw(ESTATES)
    kinds = {place_of(body): body["kind"] for body in now}
    before = [body for body in draw(ESTATES) if kinds.get(place_of(body), body["kind"]) == body["kind"]]
    specs = {}
    for i, body in enumerate(draw(st.lists(st.sampled_from([*now, *before]), max_size=4)) if now or before else []):
        name, namespace = body["metadata"]["name"], body["metadata"].get("namespace", "default")
        globs = draw(st.sampled_from([name, name, f"{name}*", "*b*", "leg*"]))
        among = draw(st.sampled_from(["", f", namespace: {namespace}", f", namespace: '*{namespace[1:]}'"]))
        cluster = draw(st.sampled_from(["", "", ", clusters: [prod]", ", environments: [dev]"]))
        match = f"{{kind: {body['kind']}, name: '{globs}'{among}{cluster}}}"
        policy = draw(st.sampled_from(["pods", "pods", "anything", "apps", "bare-pods"]))
        indexes = draw(st.sampled_from(["", "", "validations: [0]", "validations: [1]", "validations: [0, 1]"]))
        granted = draw(st.sampled_from(["2026-05-01", "2026-05-01", "2026-06-01", "2026-06-02"]))
        specs[f"w{i}"] = waiver_spec(policy, match, indexes, granted=granted, days="2026-06-01")
    return now, before, waivers(**specs)


@settings(max_examples=200)
@given(estates_with_waivers())
def test_shipped_objects_deny_what_is_denied_here(
    drawn: tuple[list[Body], list[Body], tuple[Waiver, ...]],
) -> None:
    now, before, some = drawn
    asked = requests(items(now), items(before))
    made = shipping(some, [*now, *before])
    assert there(asked, made) == here(asked, some)


LEGACY = body_of(
    "Deployment", "shop", "legacy", {"app": "legacy", "app.kubernetes.io/version": "1.0.0"}, {"hostNetwork": True}
)
EXCEPT_LEGACY = waiver_spec("pods", "{kind: Deployment, name: legacy, namespace: shop}")


def pod(start: str, labels: Mapping[str, str], namespace: str = "shop") -> Body:
    """Return a pod as a controller makes it."""
    metadata = {"name": f"{start}x7k2p", "generateName": start, "namespace": namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"hostNetwork": True}}


@pytest.mark.parametrize(
    ("made", "is_excepted"),
    [
        (pod("legacy-7d9f8c6b5-", {"app": "legacy", "pod-template-hash": "7d9f8c6b5"}), True),
        (pod("legacy-7d9f8c6b5-", {"app": "legacy"}, "pay"), False),
        (pod("legacy-7d9f8c6b5-", {"app": "other"}), False),
        (pod("legacy-7d9f8c6b5-", {}), False),
        (pod("legacy-7d9f8c6b5-", {"app": "legacy", "app.kubernetes.io/version": "0.9.0"}), True),
        (pod("other-7d9f8c6b5-", {"app": "legacy"}), False),
        (pod("my-legacy-7d9f8c6b5-", {"app": "legacy"}), False),
        (pod("legacy-b-7d9f8c6b5-", {"app": "legacy"}), False),
        (body_of("Pod", "shop", "legacy-by-hand", {"app": "legacy"}, {"hostNetwork": True}), False),
    ],
)
def test_cluster_knows_the_pods_of_a_waived_workload(made: Body, *, is_excepted: bool) -> None:
    beside = body_of("Deployment", "shop", "legacy-b", {"app": "legacy"}, {})
    bodies = shipping(waivers(w=EXCEPT_LEGACY), [LEGACY, beside])
    for before, now in (((), (made,)), ((made,), (made,)), ((made,), ())):
        asked = requests(items(now), items(before))
        found = {one[2:4] for one in there(asked, bodies)}
        assert (("pods", 0) not in found) is is_excepted


def test_workload_that_names_no_namespace_is_waived_in_the_default_one() -> None:
    here_by_default = body_of("Deployment", "", "legacy", {"empty": ""}, {"hostNetwork": True})
    some = waivers(w=waiver_spec("pods", "{kind: Deployment, name: legacy, namespace: default}"))
    bodies = shipping(some, [here_by_default])
    asked = requests(items([here_by_default, pod("legacy-", {"empty": ""}, "default"), pod("legacy-", {}, "default")]))
    found = there(asked, bodies)
    assert [{one[2] for one in found if one[0] == id(subject.item)} & {"pods"} for subject in asked] == [
        set(),
        set(),
        {"pods"},
    ]


def test_job_of_a_version_before_is_still_known() -> None:
    labels = {"job": "report", "app.kubernetes.io/version": "1.0.0"}
    job = body_of("CronJob", "shop", "report", labels, {"hostNetwork": True})
    bodies = shipping(waivers(w=waiver_spec("pods", "{kind: CronJob, name: report}")), [job])
    old = pod("report-29123456-", {"job": "report", "app.kubernetes.io/version": "0.9.0"})
    assert "pods" not in {one[2] for one in there(requests(items([old])), bodies)}


def test_text_is_written_as_the_language_reads_it() -> None:
    for text in ("plain", "it's", 'say "so"', "back\\slash", "two\nlines", "[brackets]", "ünï", ""):
        assert language().compile(quoted(text)).value(activation({})) == text


def test_waiver_for_pods_does_not_reach_those_that_workloads_make() -> None:
    bodies = shipping(waivers(w=waiver_spec("pods", "{kind: Pod, name: 'legacy*'}")), [LEGACY])
    made, by_hand = pod("legacy-", {}), body_of("Pod", "shop", "legacy", {}, {"hostNetwork": True})
    assert {one[2] for one in there(requests(items([made])), bodies)} >= {"pods"}
    assert "pods" not in {one[2] for one in there(requests(items([by_hand])), bodies)}


def test_only_what_is_excepted_is_changed() -> None:
    policy = KNOWN["pods"]
    plain = shipped(policy, (), [LEGACY])
    assert plain["spec"] == policy.body["spec"]
    assert plain["metadata"] == {"name": "pods", "labels": {"app.kubernetes.io/managed-by": "platformc"}}
    whole = shipped(policy, waivers(old=EXCEPT_LEGACY), [LEGACY])
    assert whole["spec"]["validations"] == policy.body["spec"]["validations"]
    assert [one["name"] for one in whole["spec"]["matchConditions"]] == ["waiver-old"]
    some = waivers(old=waiver_spec("pods", "{kind: Deployment, name: legacy}", "validations: [1]"))
    partly = shipped(policy, some, [LEGACY])
    assert "matchConditions" not in partly["spec"]
    assert partly["spec"]["validations"][0] == policy.body["spec"]["validations"][0]
    assert partly["spec"]["validations"][1]["message"] == "failed expression: object.spec.hostUsers == false"
    assert shipped(policy, waivers(old=waiver_spec("apps", "{kind: Pod, name: a}")), [LEGACY]) == plain


def test_policies_on_manifests_are_never_shipped() -> None:
    bodies = shipping((), [])
    assert {body["spec"].get("policyName", body["metadata"]["name"]) for body in bodies} == set(KNOWN) - {"ours"}


def test_cluster_gets_only_what_a_set_ships_to_it() -> None:
    made = sets(
        here="{policies: {apps: {}}, enforce: [{actions: [Deny]}], ship: {clusters: [prod]}}",
        never="{policies: {apps: {}, pods: {}}, enforce: [{actions: [Warn]}]}",
        there="{policies: {pods: {}}, enforce: [{actions: [Deny]}], ship: {clusters: [dev]}}",
        to_come="{policies: {pods: {}}, enforce: [{actions: [Deny], since: '2026-06-02'}], ship: {clusters: [prod]}}",
    )
    assert [(body["kind"], body["metadata"]["name"]) for body in shipping((), [], made)] == [
        ("ValidatingAdmissionPolicy", "apps"),
        ("ValidatingAdmissionPolicyBinding", "here-apps"),
    ]


def test_many_waivers_and_long_names_are_what_the_api_server_takes() -> None:
    specs = {f"w-{i:03}": waiver_spec("pods", f"{{kind: Deployment, name: app-{i:03}}}") for i in range(70)}
    resources = [
        body_of("Deployment", "shop", f"app-{i:03}", {"app": f"{i}"}, {"hostNetwork": True}) for i in range(71)
    ]
    some = waivers(**specs)
    asked = requests(items(resources))
    bodies = shipping(some, resources)
    assert all(len(body["spec"].get("matchConditions", ())) <= 64 for body in bodies)
    assert there(asked, bodies) == here(asked, some)
    long = shipped(KNOWN["pods"], waivers(**{"a" * 60: EXCEPT_LEGACY, "a" * 61: EXCEPT_LEGACY}), [LEGACY])
    names = [one["name"] for one in long["spec"]["matchConditions"]]
    assert len(set(names)) == 2
    assert all(len(name) <= 63 for name in names)


def test_exceptions_have_a_value_where_a_cluster_leaves_empty_fields_of_a_request_out() -> None:
    (policy,) = all_compiled({"pods": read_back("pods")})[0].values()
    request = {"kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE"}
    metadatas: list[Body] = [{}, {"generateName": "legacy-"}, {"labels": {}}]
    for metadata in metadatas:
        values = {"object": {"metadata": metadata}, "oldObject": None, "request": request}
        assert [one.value(activation(values)) for _, one in policy.conditions] == [True]


def read_back(name: str) -> Any:
    match = waivers(w=waiver_spec(name, "{kind: Deployment, name: 'leg*', namespace: shop}"))
    return library(write_yaml(shipped(KNOWN[name], match, [LEGACY]))).policies[name]
