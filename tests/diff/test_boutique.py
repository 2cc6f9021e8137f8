"""What a reviewer of the Online Boutique sees: one entry a change, with its clusters and the line behind it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from platform_compiler.diff.model import ChangeKind, Family, Level
from platform_compiler.diff.render import render_text
from platform_compiler.diff.render.lines import lines_of
from platform_compiler.diff.render.words import place, where
from platform_compiler.diff.report import Report, report_on
from platform_compiler.shipped import shipped
from tests.diff.repositories import (
    NAMES,
    boutique,
    edit,
    let_frontend_call_emailservice,
    report_between,
    shown,
    side_of,
    side_of_boutique,
)

CLUSTERS = ("dev", "prod-eu", "prod-us", "staging")


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Callable[[Path], None]], Report]:
    """Return the report of one edit of the boutique."""

    def report(change: Callable[[Path], None]) -> Report:
        head = boutique(tmp_path / "head")
        change(head)
        return report_on(NAMES, side_of_boutique(), side_of(head))

    return report


_Edited = Callable[[Callable[[Path], None]], Report]


def _causes(report: Report, kind: str, name: str) -> list[str]:
    return [
        place(cause)
        for change in report.changes
        if (change.identity.kind, change.identity.name) == (kind, name)
        for cause in change.causes
    ]


def test_d6_a_new_call_into_another_team_is_one_change_folded_over_all_clusters(edited: _Edited) -> None:
    report = edited(let_frontend_call_emailservice)
    (concern,) = report.concerns
    assert (concern.risk.name, concern.risk.family) == ("new-reachability", Family.REACHABILITY)
    assert concern.risk.level is Level.HIGH
    assert "new reachability into another team" in concern.risk.message
    for word in ("web/frontend", "checkout/emailservice", "/hipstershop.EmailService/SendOrderConfirmation", "grpc"):
        assert f"`{word}`" in concern.risk.message
    assert [place(cause) for cause in concern.causes] == [
        "teams/web/frontend.yaml:32",
        "teams/checkout/emailservice.yaml:12",
    ]
    assert concern.clusters == CLUSTERS
    assert where(concern.clusters, report.environments) == "dev, staging, prod (4 clusters)"
    assert {change.clusters for change in report.changes} == {CLUSTERS}
    assert render_text(report).count("new reachability into another team") == 1


def test_d6_what_differs_by_trust_domain_alone_is_the_same_change(edited: _Edited) -> None:
    report = edited(let_frontend_call_emailservice)
    assert '  - "<trustDomain>/ns/web/sa/frontend"' in "\n".join(shown(report))


def test_d6_a_cluster_that_differs_has_its_own_entry_beside_the_others(edited: _Edited) -> None:
    def scale(head: Path) -> None:
        edit(head / "environments/prod.yaml", "max: 6", "max: 8")
        edit(head / "teams/web/frontend.yaml", "max: 12", "max: 14")
        edit(head / "teams/web/frontend.yaml", "prod-us: {scale: {max: 20}}", "prod-us: {scale: {max: 22}}")

    report = edited(scale)
    entries = [
        c for c in report.changes if (c.identity.kind, c.identity.name) == ("HorizontalPodAutoscaler", "frontend")
    ]
    assert [change.clusters for change in entries] == [("prod-eu",), ("prod-us",)]
    assert "differs in prod/prod-us" in render_text(report)


def test_a_change_that_many_applications_share_is_shown_once(edited: _Edited) -> None:
    report = edited(lambda head: edit(head / "environments/prod.yaml", "min: 2, max: 6", "min: 3, max: 6"))
    assert len(report.changes) > 5
    text = render_text(report)
    assert text.count("spec.minReplicas: 2 → 3") == 1
    assert text.count("environments/prod.yaml:8") == 1
    assert all(str(change.identity).removeprefix("HorizontalPodAutoscaler ") in text for change in report.changes)


def test_a_changed_selector_label_is_shown_as_a_changed_field(edited: _Edited) -> None:
    report = edited(
        lambda head: edit(head / "clusters/dev.yaml", "podLabels: {istio: ingress}", "podLabels: {istio: edge}")
    )
    assert {change.clusters for change in report.changes} == {("dev",)}
    (gateway,) = [change for change in report.changes if change.identity.kind == "Gateway"]
    assert [text for field in gateway.fields for _, text in lines_of(field)] == ["spec.selector.istio: ingress → edge"]
    assert [place(cause) for cause in gateway.causes] == ["clusters/dev.yaml:12"]


def test_deleting_an_application_lists_everything_that_goes(edited: _Edited) -> None:
    def delete(head: Path) -> None:
        (head / "teams/web/loadgenerator.yaml").unlink()
        edit(
            head / "teams/web/frontend.yaml", "  access:\n    load: {from: [loadgenerator], methods: [GET, POST]}\n", ""
        )

    report = edited(delete)
    removed = {change.identity.kind for change in report.changes if change.kind is ChangeKind.REMOVED}
    expected = Path(__file__).parents[2] / "fixtures/expected/online-boutique/clusters/prod-eu/web/loadgenerator"
    kinds = {path.read_text().split("kind: ")[1].split("\n")[0] for path in expected.glob("*.yaml")}
    assert removed == kinds | {"Application", "Kustomization"}
    for kind in kinds - {"Kustomization"}:
        assert _causes(report, kind, "loadgenerator") == ["teams/web/loadgenerator.yaml:1 (removed)"]


def test_comments_and_the_order_of_keys_change_nothing(edited: _Edited) -> None:
    def retouch(head: Path) -> None:
        edit(head / "teams/web/frontend.yaml", "  tier: critical\n", "")
        edit(head / "teams/web/frontend.yaml", "  blueprint:", "  # a comment\n  tier: critical\n  blueprint:")
        edit(
            head / "teams/web/frontend.yaml",
            "    cart/cartservice: {}\n    catalog/adservice: {}\n",
            "    catalog/adservice: {}\n    cart/cartservice: {}\n",
        )

    report = edited(retouch)
    assert report.is_empty
    assert render_text(report) == "no effective change\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "name", "line"),
    [
        ("teams/web/frontend.yaml", "ENV_PLATFORM: local", "ENV_PLATFORM: gcp", "Deployment", "frontend", 16),
        ("environments/prod.yaml", "max: 6", "max: 7", "HorizontalPodAutoscaler", "adservice", 8),
        ("clusters/prod-us.yaml", "trustDomain: prod-us", "trustDomain: us", "AuthorizationPolicy", "adservice", 10),
        (
            "teams/web/frontend.yaml",
            "    catalog/currencyservice: {}\n",
            "    catalog/currencyservice: {methods: [POST], paths: [/hipstershop.CurrencyService/Convert]}\n",
            "AuthorizationPolicy",
            "currencyservice",
            28,
        ),
    ],
)
def test_a_change_names_the_line_that_caused_it(  # noqa: PLR0913, PLR0917 -- one row of the table
    edited: _Edited, file: str, old: str, new: str, kind: str, name: str, line: int
) -> None:
    report = edited(lambda head: edit(head / file, old, new))
    assert set(_causes(report, kind, name)) == {f"{file}:{line}"}


def test_a_changed_template_is_named_where_no_manifest_explains_the_change(tmp_path: Path) -> None:
    base, head = boutique(tmp_path / "base"), boutique(tmp_path / "head")
    for repository in (base, head):
        shutil.copytree(shipped("blueprints") / "web-service", repository / "blueprints/web-service")
        shutil.copytree(shipped("blueprints") / "lib", repository / "blueprints/lib")
    template = head / "blueprints/lib/disruption-budget.yaml"
    edit(template, "app.disruption.maxUnavailable }}", "app.disruption.maxUnavailable + 1 }}")
    number = next(i for i, text in enumerate(template.read_text().splitlines(), 1) if "maxUnavailable + 1" in text)
    report = report_between(base, head)
    assert {change.identity.kind for change in report.changes} == {"PodDisruptionBudget"}
    causes = set(_causes(report, "PodDisruptionBudget", "frontend"))
    assert causes == {f"{template.relative_to(head).as_posix()}:{number}"}


def test_a_call_taken_away_is_a_lost_grant_at_the_line_that_is_gone(edited: _Edited) -> None:
    def hang_up(head: Path) -> None:
        edit(head / "teams/web/frontend.yaml", "    catalog/adservice: {}\n", "")
        edit(head / "teams/web/frontend.yaml", "    AD_SERVICE_ADDR: {call: catalog/adservice, format: hostport}\n", "")

    concern, *others = edited(hang_up).concerns
    assert {other.risk.name for other in others} == {"pods-restart"}
    assert (concern.risk.name, concern.risk.level) == ("lost-reachability", Level.MEDIUM)
    assert concern.risk.message.startswith("grant removed while pods may still use it")
    assert place(concern.causes[0]) == "teams/web/frontend.yaml:27 (removed)"


def test_narrowing_a_call_gains_nothing(edited: _Edited) -> None:
    narrowed = "    catalog/currencyservice: {paths: [/hipstershop.CurrencyService/Convert]}\n"
    report = edited(lambda head: edit(head / "teams/web/frontend.yaml", "    catalog/currencyservice: {}\n", narrowed))
    assert {concern.risk.name for concern in report.concerns} == {"lost-reachability"}


def test_a_new_exposure_is_told_with_its_gateway_and_host(edited: _Edited) -> None:
    def expose(head: Path) -> None:
        edit(
            head / "teams/web/frontend.yaml",
            "    shop: {gateway: public",
            "    beta: {gateway: public, host: beta}\n    shop: {gateway: public",
        )

    concerns = [c for c in edited(expose).concerns if c.risk.name == "new-exposure"]
    assert concerns
    assert all("`web/frontend`" in c.risk.message and "public (" in c.risk.message for c in concerns)


def test_d6_letting_in_a_namespace_is_new_reachability_from_outside(edited: _Edited) -> None:
    rule = "    batch: {from: [{namespaceLabels: {team: batch}}], methods: [GET]}\n  expose:"
    report = edited(lambda head: edit(head / "teams/web/frontend.yaml", "  expose:", rule))
    (concern,) = report.concerns
    assert (concern.risk.name, concern.risk.level) == ("new-reachability", Level.HIGH)
    assert "from outside: `namespaces team=batch` may now call `web/frontend`" in concern.risk.message
    assert [place(cause) for cause in concern.causes] == ["teams/web/frontend.yaml:35"]


def test_d7_a_renamed_application_is_told_short_and_folded(edited: _Edited) -> None:
    def rename(head: Path) -> None:
        old = head / "teams/catalog/adservice.yaml"
        edit(old, "name: adservice", "name: advertservice")
        old.rename(head / "teams/catalog/advertservice.yaml")
        edit(head / "teams/web/frontend.yaml", "catalog/adservice", "catalog/advertservice")

    report = edited(rename)
    (deployment,) = [c for c in report.changes if (c.identity.kind, c.identity.name) == ("Deployment", "advertservice")]
    assert deployment.kind is ChangeKind.RENAMED
    assert deployment.old_identity is not None
    assert (deployment.old_identity.name, deployment.fields) == ("adservice", ())
    assert deployment.clusters == CLUSTERS
    assert "renamed from Deployment catalog/adservice: deletes and recreates" in render_text(report)
    again = [c.risk.message for c in report.concerns if c.risk.name == "rename-recreate"]
    assert again == ["everything of `catalog/adservice` becomes `catalog/advertservice`: the old is deleted"]
    cascades = [c for c in report.concerns if c.risk.name == "delete-application-cascade"]
    assert sorted(len(c.clusters) for c in cascades) == [1, 3]
    about = {c.risk.name for c in report.concerns if "catalog/advertservice" in c.about}
    assert about <= {"rename-recreate", "new-reachability", "pods-restart"}


def test_d6_what_differs_by_the_domain_of_a_gateway_alone_is_the_same_change(edited: _Edited) -> None:
    report = edited(
        lambda head: edit(
            head / "teams/web/frontend.yaml", "expose:\n", "expose:\n    beta: {gateway: public, host: beta}\n"
        )
    )
    (policy,) = [change for change in report.changes if change.identity.kind == "AuthorizationPolicy"]
    assert policy.clusters == CLUSTERS
    assert "beta.<domain of public>" in "\n".join(shown(report))


def test_a_changed_selector_label_is_told_as_immutable(edited: _Edited) -> None:
    def relabel(head: Path) -> None:
        shutil.copytree(shipped("blueprints") / "web-service", head / "blueprints/web-service")
        shutil.copytree(shipped("blueprints") / "lib", head / "blueprints/lib")
        template = head / "blueprints/lib/deployment.yaml"
        text = template.read_text()
        assert "    matchLabels: ${{ version.selector }}\n" in text
        template.write_text(
            text.replace(
                "    matchLabels: ${{ version.selector }}\n",
                "    matchLabels:\n      app.kubernetes.io/name: ${{ version.selector['app.kubernetes.io/name'] }}\n",
                1,
            )
        )

    found = [c for c in edited(relabel).concerns if c.risk.name == "immutable-change"]
    assert found
    assert all(c.risk.level is Level.HIGH and "spec.selector" in c.risk.message for c in found)


def test_the_end_of_an_application_is_one_risk_and_its_guards_are_none(edited: _Edited) -> None:
    def delete(head: Path) -> None:
        (head / "teams/web/loadgenerator.yaml").unlink()
        edit(
            head / "teams/web/frontend.yaml", "  access:\n    load: {from: [loadgenerator], methods: [GET, POST]}\n", ""
        )

    told = [(c.risk.name, len(c.clusters)) for c in edited(delete).concerns if "loadgenerator" in c.about]
    assert ("delete-object", 4) in told
    assert ("delete-application-cascade", 3) in told  # the Applications of Argo CD
    assert ("delete-application-cascade", 1) in told  # the Kustomization of Flux
    assert {name for name, _ in told} <= {"delete-object", "delete-application-cascade", "lost-reachability"}


def _without_email(root: Path) -> None:
    (root / "teams/checkout/emailservice.yaml").unlink()
    for name in ("web/frontend", "checkout/checkoutservice"):
        path = root / f"teams/{name}.yaml"
        kept = [line for line in path.read_text().splitlines() if "emailservice" not in line]
        path.write_text("\n".join(kept) + "\n")


def test_d6_an_item_that_goes_is_the_same_change_whatever_stands_before_it(edited: _Edited) -> None:
    changes = [c for c in edited(_without_email).changes if c.identity.kind == "Deployment" and c.fields]
    assert [(c.owner, len(c.clusters)) for c in changes] == [("checkout/checkoutservice", 4)]


def test_resources_that_go_for_no_line_stand_below_each_other(edited: _Edited) -> None:
    report = edited(_without_email)
    unknown = replace(report, changes=tuple(replace(change, causes=()) for change in report.changes))
    text = render_text(unknown)
    assert "\n\n\n" not in text
    assert "  - Service checkout/emailservice  dev, staging, prod (4 clusters)\n  - ServiceAccount" in text
