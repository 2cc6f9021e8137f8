"""A base that does not compile is compiled as far as it goes: the clusters that stand are compared, others are not."""

from functools import cache

import pytest

from platform_compiler.diff.model import ChangeKind
from platform_compiler.diff.report import report_on
from platform_compiler.diff.sides import Side, compiled, salvaged, without
from platform_compiler.source.tree import Directory
from tests.diff.repositories import AS_OF, NAMES, ROOT
from tests.provenance.edited import Files, files_of

BASE = files_of(Directory(ROOT / "fixtures" / "base"))
WEB = "teams/shop/web.yaml"


@cache
def head() -> Side:
    """Return the base fixture with another image."""
    side = compiled(Files({**BASE, WEB: BASE[WEB].replace(b"web:1.0.0", b"web:1.0.1")}), AS_OF)
    assert not side.has_errors, side.findings
    return side


LOST = {
    "a cluster names an environment that does not exist": {
        "clusters/dev.yaml": BASE["clusters/dev.yaml"].replace(b"environment: dev", b"environment: mars")
    },
    "an environment cannot be read": {"environments/dev.yaml": b": :\n"},
    "a cluster cannot be read": {"clusters/dev.yaml": b": :\n"},
    "no blueprint plays a part of a cluster": {
        "clusters/dev.yaml": BASE["clusters/dev.yaml"].replace(b"istio-sidecar@1", b"istio-sidecars@1")
    },
}


@pytest.mark.parametrize("files", LOST.values(), ids=list(LOST))
def test_of_a_cluster_that_cannot_be_compiled_nothing_is_compared_and_of_others_everything(
    files: dict[str, bytes],
) -> None:
    base = salvaged(Files({**BASE, **files}), AS_OF)
    assert base.has_errors
    assert base.unknown == {"dev"}
    assert {identity.cluster for identity in base.resources} == {"prod"}
    assert base.left_out == set(files)
    report = report_on(NAMES, base, without(head(), base))
    changed = {(change.identity.kind, change.kind, change.clusters) for change in report.changes}
    assert changed == {("Deployment", ChangeKind.CHANGED, ("prod",))}
    assert all(concern.clusters == ("prod",) for concern in report.concerns)


NOWHERE = {
    "a token of nobody": b"expose: {web: {gateway: public, auth: {jwt: nobody}}}",
    "an authorizer of nobody": b"expose: {web: {gateway: public, auth: {external: nobody}}}",
    "a gateway that is not there": b"expose: {web: {gateway: nowhere}}",
    "a rule about a token of nobody": b"access: {me: {from: [cart], jwt: nobody}}",
    "logs to nowhere": b"observe: {logs: [nowhere]}",
}


@pytest.mark.parametrize("line", NOWHERE.values(), ids=list(NOWHERE))
def test_an_application_that_names_what_is_not_there_is_left_out(line: bytes) -> None:
    web = BASE[WEB].replace(b"expose: {web: {gateway: public}}", line)
    base = salvaged(Files({**BASE, WEB: web}), AS_OF)
    assert WEB in base.left_out
    assert {i.cluster for i in base.resources} == {"dev", "prod"}
    assert all(placed.resource and placed.resource.manifest.path != WEB for placed in base.resources.values())


def test_without_the_platforms_own_document_nothing_is_compared() -> None:
    base = salvaged(Files({path: data for path, data in BASE.items() if path != "platform.yaml"}), AS_OF)
    assert base.unknown == {"dev", "prod"}
    assert not without(head(), base).resources


def test_a_teams_document_with_an_error_takes_its_applications_along() -> None:
    team = BASE["teams/shop/team.yaml"] + b"  environments: {dev: {defaults: {observe: {logs: [nowhere]}}}}\n"
    base = salvaged(Files({**BASE, "teams/shop/team.yaml": team}), AS_OF)
    assert base.has_errors
    assert base.left_out >= {"teams/shop/team.yaml", WEB, "teams/shop/cart.yaml"}
    assert "teams/pay/ledger.yaml" in {p.resource.manifest.path for p in base.resources.values() if p.resource}


def test_a_default_of_the_platform_that_leads_nowhere_leaves_nothing_to_compare() -> None:
    platform = BASE["platform.yaml"].replace(b"  defaults:\n", b"  defaults:\n    observe: {logs: [nowhere]}\n")
    assert salvaged(Files({**BASE, "platform.yaml": platform}), AS_OF).unknown == {"dev", "prod"}


LACKING: dict[str, dict[str, bytes]] = {
    "there is none": {},
    "its file is broken": {"blueprints/web-servant/1.0.0/blueprint.yaml": b": :\n"},
}


@pytest.mark.parametrize("files", LACKING.values(), ids=list(LACKING))
def test_an_application_without_its_blueprint_is_left_out_and_no_other(files: dict[str, bytes]) -> None:
    web = BASE[WEB].replace(b"web-service@1", b"web-servant@1")
    base = salvaged(Files({**BASE, **files, WEB: web}), AS_OF)
    assert base.left_out == {WEB, *files}
    assert not base.unknown
    assert base.resources.keys() == without(head(), base).resources.keys()
    assert WEB in {placed.resource.manifest.path for placed in head().resources.values() if placed.resource}
