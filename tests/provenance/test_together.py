"""Lines that decide a field only together with others: each is found, whichever manifest the others stand in."""

import pytest

from platform_compiler.provenance.explain import Explainer, Traced
from platform_compiler.provenance.field import pointer_of
from tests.provenance.explained import fixture

FIELDS = {
    "a way to another cluster of the mesh, by that cluster's line": (
        "clusters/prod-us/payments/charge/networkpolicy-charge.yaml",
        "spec.egress[4].to[0].ipBlock.cidr",
        {"clusters/prod-eu.yaml: mesh.eastWest.address (cluster)"},
    ),
    "a volume's name, by its key": (
        "clusters/staging/media/images/persistentvolumeclaim-images-originals.yaml",
        "metadata.name",
        {"teams/media/images.yaml: volumes.originals (application)"},
    ),
    "a percentile, by its key": (
        "clusters/dev/payments-dev/ledger/prometheusrule-ledger.yaml",
        "",
        {"teams/payments/ledger.yaml: observe.slo.latency.p99 (application)"},
    ),
    "a port that `observe` names too": (
        "clusters/staging/payments/ledger/podmonitor-ledger.yaml",
        "spec.podMetricsEndpoints[0].port",
        {"teams/payments/ledger.yaml: ports.admin (application)"},
    ),
    "a port that a caller names": (
        "clusters/staging/platform-services/smtp-relay/serviceentry-smtp-relay.yaml",
        "spec.ports[0].name",
        {"teams/platform/smtp-relay.yaml: ports.smtp (application)"},
    ),
    "a host inside a URL": (
        "clusters/prod-eu/shop/frontend/deployment-frontend.yaml",
        "spec.template.spec.containers.frontend.env.PUBLIC_URL.value",
        {"gateways/public.yaml: domains.prod (gateway)"},
    ),
    "a host that two exposures name, and the team's domains": (
        "clusters/prod-us/web/home/authorizationpolicy-home.yaml",
        "spec.rules[0].to[0].operation.hosts[0]",
        {
            "teams/web/team.yaml: domains.0 (team)",
            "teams/web/home.yaml: expose.www.host (application)",
            "teams/web/home.yaml: expose.old.host (application)",
        },
    ),
    "the network that machines are in": (
        "clusters/prod-eu/vm-erp/erp-core/workloadgroup-erp-core.yaml",
        "spec.template.network",
        {"clusters/prod-eu.yaml: mesh.network (cluster)"},
    ),
    "the namespace of an identity": (
        "clusters/prod-eu/vm-erp/erp-core/workloadgroup-erp-core.yaml",
        "metadata.namespace",
        {"teams/erp/team.yaml: namespaces.vm-erp (team)"},
    ),
}


def said(field: Traced) -> set[str]:
    return {f"{line.span.path}: {line.setting} ({line.owner})" for line in field.value_from}


def explained(path: str, field: str) -> set[str]:
    one = fixture("organisation")
    resource = one.output.resources[path]
    explainer = Explainer(one.checked, [resource], one.output.resources.values())
    fields = explainer.explain(resource, pointer_of(resource.body, field)).fields
    return {line for one in fields for line in said(one)}


@pytest.mark.parametrize(("path", "field", "lines"), FIELDS.values(), ids=list(FIELDS))
def test_a_field_is_told_by(path: str, field: str, lines: set[str]) -> None:
    assert explained(path, field) >= lines
