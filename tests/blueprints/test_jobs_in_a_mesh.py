"""Jobs: what they get in a mesh and what not, and when a one-off job runs again (decision 35 and job 6)."""

from pathlib import Path

import pytest

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import build, check
from platform_compiler.provenance.explain import explain
from platform_compiler.source.tree import Directory
from tests.blueprints.small import AS_OF, Spec, compiled, findings, of_kind, write

CART: Spec = {
    "blueprint": "web-service@1",
    "image": "ghcr.io/acme/cart:1.0.0",
    "ports": {"http": {"port": 80, "targetPort": 8080}},
}
CLEANUP: Spec = {
    "blueprint": "cron-job@1",
    "image": "ghcr.io/acme/cart-tools:1.0.0",
    "args": ["cleanup"],
    "cron": {"schedule": "15 3 * * *", "timeZone": "Europe/Oslo"},
    "job": {"activeDeadline": "1h"},
    "calls": {"cart": {}},
}
JOBS: dict[str, Spec] = {
    "cron-job": CLEANUP,
    "job": {"blueprint": "job@1", "image": "ghcr.io/acme/cart-tools:1.0.0", "calls": {"cart": {}}},
}
OLD: Spec = {"mesh": {"cni": True}}


@pytest.mark.parametrize("kind", JOBS)
def test_job_6_a_job_in_a_mesh_is_a_principal_of_its_callee_and_nothing_that_is_called(
    kind: str, tmp_path: Path
) -> None:
    objects = compiled(write(tmp_path, {"cart": CART, "cleanup": JOBS[kind]}))
    mine = {found for found, name in objects if name.startswith("cleanup")}
    assert mine == {"CronJob" if kind == "cron-job" else "Job", "ServiceAccount", "Sidecar", "NetworkPolicy"}
    (rule,) = objects["AuthorizationPolicy", "cart"]["spec"]["rules"]
    assert rule["from"] == [{"source": {"principals": ["cluster.local/ns/shop/sa/cleanup"]}}]
    sidecar = objects["Sidecar", "cleanup"]["spec"]
    assert sidecar["egress"] == [{"hosts": ["istio-system/*", "shop/cart.shop.svc.cluster.local"]}]
    policy = objects["NetworkPolicy", "cleanup"]["spec"]
    assert [{port["port"] for port in one["ports"]} for one in policy["egress"]] == [{8080, 15008}]
    assert objects["NetworkPolicy", "cart"]["spec"]["ingress"][0]["from"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "cleanup"}},
        }
    ]


@pytest.mark.parametrize("kind", JOBS)
def test_job_6_without_a_mesh_network_policies_alone_open_the_way(kind: str, tmp_path: Path) -> None:
    objects = compiled(write(tmp_path, {"cart": CART, "cleanup": JOBS[kind]}, "none"))
    mine = {found for found, name in objects if name.startswith("cleanup")}
    assert mine == {"CronJob" if kind == "cron-job" else "Job", "ServiceAccount", "NetworkPolicy"}
    policy = objects["NetworkPolicy", "cleanup"]["spec"]
    assert [[port["port"] for port in one["ports"]] for one in policy["egress"]] == [[8080]]


def test_job_6_says_when_it_runs_and_how_long(tmp_path: Path) -> None:
    spec = compiled(write(tmp_path, {"cart": CART, "cleanup": CLEANUP}))["CronJob", "cleanup"]["spec"]
    assert spec["schedule"] == "15 3 * * *"
    assert spec["timeZone"] == "Europe/Oslo"
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 3600
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    assert pod["containers"][0]["args"] == ["cleanup"]


@pytest.mark.parametrize("kind", JOBS)
def test_decision_35_a_job_in_a_mesh_needs_native_sidecars(kind: str, tmp_path: Path) -> None:
    told = findings(write(tmp_path, {"cart": CART, "cleanup": JOBS[kind]}, cluster=OLD))
    assert [(found.code, found.span.path) for found in told] == [("PC2411", "teams/shop/cleanup.yaml")]


def test_decision_35_leaving_the_mesh_is_no_way_out_where_a_callee_is_in_it(tmp_path: Path) -> None:
    outside = {**CLEANUP, "mesh": {"member": False}}
    told = findings(write(tmp_path, {"cart": CART, "cleanup": outside}, cluster=OLD))
    assert [(found.code, found.span.path) for found in told] == [("PC2412", "teams/shop/cleanup.yaml")]


def test_decision_35_a_job_outside_the_mesh_may_call_what_is_outside_too(tmp_path: Path) -> None:
    outside = {"mesh": {"member": False}}
    root = write(tmp_path, {"cart": {**CART, **outside}, "cleanup": {**CLEANUP, **outside}}, cluster=OLD)
    objects = compiled(root)
    template = objects["CronJob", "cleanup"]["spec"]["jobTemplate"]["spec"]["template"]
    assert template["metadata"]["labels"]["sidecar.istio.io/inject"] == "false"


def names(root: Path, spec: Spec, **others: Spec) -> list[str]:
    objects = compiled(write(root, {"migrate": spec}, "none", **others))
    return [body["metadata"]["name"] for body in of_kind(objects, "Job")]


MIGRATE: Spec = {"blueprint": "job@1", "image": "ghcr.io/acme/migrate:1", "configMaps": {"sql": {"a.sql": "select 1"}}}


def test_a_one_off_job_runs_again_exactly_when_its_pods_would_differ(tmp_path: Path) -> None:
    first = names(tmp_path, MIGRATE)
    assert len(first) == 1
    assert first[0].startswith("migrate-")
    same = ({"description": "other"}, {"job": {"backoffLimit": 1}}, {"job": {"activeDeadline": "1h"}})
    assert [names(tmp_path, {**MIGRATE, **change}) for change in same] == [first, first, first]
    other: tuple[Spec, ...] = (
        {"image": "ghcr.io/acme/migrate:2"},
        {"args": ["up"]},
        {"configMaps": {"sql": {"a.sql": "select 2"}}},
        {"resources": {"requests": {"cpu": "1"}}},
        {"job": {"completions": 2}},
    )
    again = [names(tmp_path, {**MIGRATE, **change}) for change in other]
    assert len({tuple(name) for name in [first, *again]}) == len(other) + 1


def test_a_finished_one_off_job_stays_or_the_delivery_would_run_it_again(tmp_path: Path) -> None:
    spec = {**MIGRATE, "job": {"ttlAfterFinished": "1h"}}
    told = findings(write(tmp_path, {"migrate": spec}, "none"))
    assert [(found.code, found.span.path) for found in told] == [("PC1310", "teams/shop/migrate.yaml")]


def test_every_field_of_a_one_off_job_can_be_explained(tmp_path: Path) -> None:
    bag = Bag()
    checked = check(Directory(write(tmp_path, {"migrate": MIGRATE}, "none")), AS_OF, bag)
    output = build(checked, bag)
    assert output is not None
    (resource,) = [one for one in output.resources.values() if one.body["kind"] == "Job"]
    fields = {field.pointer: field for field in explain(checked, resource, ()).fields}
    written = fields["metadata", "name"].written
    assert written is not None
    assert written.path.endswith("blueprints/job/1.0.0/app/job.yaml")
    image = fields["spec", "template", "spec", "containers", 0, "image"]
    assert image.value_from[0].span.path == "teams/shop/migrate.yaml"
    assert all(field.written is not None for field in fields.values())
