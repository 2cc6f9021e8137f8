"""Waivers on a day: what they except, what is said of them, and what comes back when they end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from platform_compiler.diagnostics import Bag, Severity
from platform_compiler.policy.check_waivers import check_days, check_used, check_waivers, most_days, names_used
from platform_compiler.policy.compiled import all_compiled
from platform_compiler.policy.judge import Bench
from platform_compiler.policy.model import Binding
from platform_compiler.policy.parse import binding_of
from platform_compiler.policy.report import weighed_faults
from platform_compiler.policy.waivers import Waiver, Weighed, read_waivers, waived
from platform_compiler.policy.where import Where
from platform_compiler.verify.report import report
from tests.policy.written import codes, items, manifest, policies, policy_text, requests, waiver_spec, waivers

TODAY = date(2026, 6, 1)
POD_RULES = "[{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]"
KNOWN = policies(
    policy_text("pods", POD_RULES, ["!has(object.spec.hostNetwork)", "has(object.spec.hostUsers)"]),
    policy_text("broken", POD_RULES, ["object.spec.absent.further == 1"]),
    policy_text(
        "with-params",
        POD_RULES,
        ["false"],
        "  paramKind: {apiVersion: v1, kind: ConfigMap}\n",
    ),
)
COMPILED, _ = all_compiled(KNOWN)
PLACES = [Where("prod-eu", "prod", {"shop": "shop"}), Where("dev", "dev", {"shop": "shop"})]


def workload(name: str, kind: str = "Deployment", namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": spec}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {"template": template}}


def bind(policy: str, **ref: str) -> Binding:
    spec: dict[str, Any] = {"policyName": policy, "validationActions": ["Deny"]}
    if ref:
        spec["paramRef"] = {"parameterNotFoundAction": "Deny", **ref}
    return binding_of({"metadata": {"name": policy}, "spec": spec})


def weigh(
    bodies: Sequence[dict[str, Any]], given: Sequence[Waiver], policy: str = "pods", as_of: date = TODAY, **ref: str
) -> list[Weighed]:
    bench = Bench(COMPILED, [bind(policy, **ref)], {})
    found = []
    for cluster in ("prod-eu", "dev"):
        found += [verdict for one in requests(items(bodies, cluster)) for verdict in bench.judge(one)]
    return list(waived(found, given, as_of, lambda name: name.partition("-")[0]))


def excepted(found: Sequence[Weighed]) -> list[tuple[str, str, int | None]]:
    return [
        (one.verdict.subject.item.cluster, one.verdict.subject.item.name, one.verdict.outcome.index)
        for one in found
        if one.is_waived
    ]


LEGACY = "{kind: Deployment, name: legacy, namespace: shop}"
BOTH = [(cluster, "legacy", index) for cluster in ("prod-eu", "dev") for index in (0, 1)]


@pytest.mark.parametrize(
    ("match", "rest", "expected"),
    [
        (LEGACY, "", BOTH),
        ("{kind: Deployment, name: 'leg*y'}", "", BOTH),
        (LEGACY, "validations: [1]", [one for one in BOTH if one[2] == 1]),
        ("{kind: Deployment, name: legacy, environments: [prod]}", "", BOTH[:2]),
        ("{kind: Deployment, name: legacy, clusters: ['de*']}", "", BOTH[2:]),
        ("{kind: StatefulSet, name: legacy}", "", []),
        ("{kind: Pod, name: legacy*}", "", []),
        ("{kind: Deployment, name: lega}", "", []),
        ("{kind: Deployment, name: legacy, namespace: 'pay*'}", "", []),
        ("{kind: Deployment, name: legacy, namespace: 's*'}", "", BOTH),
    ],
)
def test_waiver_excepts_the_objects_and_validations_that_it_names(match: str, rest: str, expected: object) -> None:
    given = waivers(w=waiver_spec("pods", match, rest))
    assert excepted(weigh([workload("legacy", hostNetwork=True), workload("new", hostNetwork=True)], given)) == expected


@pytest.mark.parametrize(
    ("as_of", "in_force", "code", "words"),
    [
        ("2026-04-30", False, "PC7207", "waiver `w` holds from 2026-05-01 on"),
        ("2026-05-01", True, "", ""),
        ("2026-06-30", True, "", ""),
        ("2026-07-01", True, "PC7209", "waiver `w` expires on 2026-07-15, in 14 days"),
        ("2026-07-14", True, "PC7209", "waiver `w` expires on 2026-07-15, tomorrow"),
        ("2026-07-15", True, "PC7209", "waiver `w` expires on 2026-07-15, today"),
        ("2026-07-16", False, "PC7206", "waiver `w` expired on 2026-07-15"),
    ],
)
def test_waiver_holds_from_its_first_to_its_last_day(as_of: str, code: str, words: str, *, in_force: bool) -> None:
    day, given, bag = date.fromisoformat(as_of), waivers(w=waiver_spec("pods", LEGACY)), Bag()
    found = weigh([workload("legacy", hostNetwork=True)], given, as_of=day)
    assert excepted(found) == (BOTH if in_force else [])
    check_waivers(given, KNOWN, KNOWN, PLACES, 90, day, bag)
    check_used(names_used(found), given, lambda _: True, day, bag)
    assert [(one.code, one.message) for one in bag.sorted()] == ([(code, words)] if code else [])


def findings(as_of: str, *given: Waiver) -> list[tuple[str, str]]:
    bag = Bag()
    found = weigh([workload("legacy", hostNetwork=True, hostUsers=False)], given, as_of=date.fromisoformat(as_of))
    report(weighed_faults(found, lambda _: ()), bag)
    assert all(len(one.labels) == (2 if given else 1) for one in bag.sorted())
    return sorted({(one.code, one.message) for one in bag.sorted()})  # the clusters' objects stand in two files


SAID = "Deployment `shop/legacy`: failed expression: !has(object.spec.hostNetwork) (policy `pods`)"


def test_waived_violation_is_a_note_that_says_until_when_and_why() -> None:
    told = findings("2026-06-01", *waivers(w=waiver_spec("pods", LEGACY)))
    assert told == [("PC7210", f"{SAID}, waived until 2026-07-15 (T-1)")]


def test_violation_is_back_when_its_waiver_has_expired_and_says_so() -> None:
    told = findings("2026-07-16", *waivers(w=waiver_spec("pods", LEGACY)))
    assert told == [("PC7101", f"{SAID}; waiver `w` expired on 2026-07-15")]


def test_violation_says_that_its_waiver_is_to_come() -> None:
    told = findings("2026-04-01", *waivers(w=waiver_spec("pods", LEGACY)))
    assert told == [("PC7101", f"{SAID}; waiver `w` holds from 2026-05-01 on")]


def test_waiver_in_force_counts_before_those_that_are_not() -> None:
    old = waiver_spec("pods", LEGACY, granted="2026-01-01", days="2026-02-01")
    future = waiver_spec("pods", LEGACY, granted="2027-01-01", days="2027-02-01")
    given = waivers(a=old, b=waiver_spec("pods", LEGACY), c=future)
    found = weigh([workload("legacy", hostNetwork=True)], given)
    assert {one.waiver.name for one in found if one.waiver} == {"b"}
    assert {one.waiver.name for one in weigh([workload("legacy")], (given[0], given[2])) if one.waiver} == {"a"}


@pytest.mark.parametrize("bodies", [[], [workload("legacy", hostUsers=True)], [workload("other", hostNetwork=True)]])
def test_waiver_that_no_violation_needs_is_told(bodies: list[dict[str, Any]]) -> None:
    given, bag = waivers(w=waiver_spec("pods", LEGACY)), Bag()
    check_used(names_used(weigh([*bodies, workload("else")], given)), given, lambda _: True, TODAY, bag)
    assert codes(bag) == ["PC7208"]
    assert bag.sorted()[0].severity is Severity.WARNING


def test_waiver_for_what_there_is_not_is_an_error() -> None:
    given, bag = waivers(w=waiver_spec("pods", LEGACY)), Bag()
    check_used(names_used(weigh([workload("else")], given)), given, lambda _: False, TODAY, bag)
    assert codes(bag) == ["PC7211"]
    assert bag.has_errors


@pytest.mark.parametrize(
    ("spec", "code", "words"),
    [
        (waiver_spec("podz", LEGACY), "PC7201", "did you mean `pods`?"),
        (waiver_spec("pods", LEGACY, "validations: [0, 2]"), "PC7202", "the last is 1"),
        (waiver_spec("pods", LEGACY, granted="2026-05-30", days="2026-05-29"), "PC7203", "from 2026-05-30 on"),
        (waiver_spec("pods", LEGACY, granted="2026-05-01", days="2026-07-31"), "PC7204", "write 2026-07-30 or"),
        (waiver_spec("pods", LEGACY, granted="2026-05-01", days="2026-07-30"), "", ""),
        (waiver_spec("pods", "{kind: Pod, name: a, environments: [prd]}"), "PC7205", "did you mean `prod`?"),
        (waiver_spec("pods", "{kind: Pod, name: a, clusters: ['us-*']}"), "PC7205", "there are dev, prod-eu"),
    ],
)
def test_waiver_for_nothing_or_for_too_long_is_an_error(spec: str, code: str, words: str) -> None:
    bag = Bag()
    check_waivers(waivers(w=spec), KNOWN, KNOWN, PLACES, 90, date(2026, 5, 29), bag)
    found = [one for one in bag.sorted() if one.severity is Severity.ERROR]
    assert [one.code for one in found] == ([code] if code else [])
    assert all(words in one.help[0] and one.span.path == "Waiver/w.yaml" for one in found)


def test_platform_says_how_long_waivers_may_last() -> None:
    assert most_days(None) == 90
    assert most_days(manifest("Platform", "acme", "{requires: x}")) == 90
    assert most_days(manifest("Platform", "acme", "{waivers: {maxDays: 30}}")) == 30


def test_day_that_no_calendar_has_is_reported_and_excepts_nothing() -> None:
    written = {"w": manifest("Waiver", "w", waiver_spec("pods", LEGACY, days="2026-06-31"))}
    bag = Bag()
    check_days(written, bag)
    assert codes(bag) == ["PC1105"]
    assert not read_waivers(written)


def test_waiver_covers_what_cannot_be_told() -> None:
    given = waivers(w=waiver_spec("broken", LEGACY))
    found = weigh([workload("legacy")], given, "broken")
    assert [one.is_waived for one in found] == [True, True]


def test_missing_parameters_are_not_waived_since_a_cluster_would_not_either() -> None:
    given = waivers(w=waiver_spec("with-params", LEGACY))
    assert excepted(weigh([workload("legacy")], given, "with-params", name="nowhere")) == []
    assert len(excepted(weigh([workload("legacy")], given, "with-params"))) == 2
