"""Which lines are behind what changes on whole clusters, in the fixture of an organisation."""

import shutil
from pathlib import Path

from platform_compiler.diff.report import report_on
from platform_compiler.diff.sides import compiled
from platform_compiler.source.tree import Directory
from tests.diff.repositories import AS_OF, NAMES, ROOT, edit

ORGANISATION = ROOT / "fixtures" / "organisation"
STRIPE = "teams/payments/stripe.yaml"


def test_objects_of_a_cluster_are_told_with_the_line_of_the_application_that_they_were_for(tmp_path: Path) -> None:
    head = tmp_path / "head"
    shutil.copytree(ORGANISATION, head)
    edit(head / STRIPE, "egress: gateway", "egress: direct")
    report = report_on(NAMES, compiled(Directory(ORGANISATION), AS_OF), compiled(Directory(head), AS_OF))
    of_gateway = [change for change in report.changes if change.identity.namespace == "istio-egress"]
    assert {change.identity.kind for change in of_gateway} == {
        "AuthorizationPolicy",
        "DestinationRule",
        "Gateway",
        "NetworkPolicy",
        "Service",
    }
    assert {cause.span.path for change in of_gateway for cause in change.causes} == {STRIPE}
