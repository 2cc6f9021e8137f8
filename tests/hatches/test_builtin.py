"""What the built-in blueprints let be patched: each field can be, and what comes out passes verification."""

from datetime import date
from typing import Any

import pytest

from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.source.tree import Directory
from tests.hatches.shops import BASE, Shop

SPREAD = {"maxSkew": 1, "topologyKey": "example.com/rack", "whenUnsatisfiable": "ScheduleAnyway"}
HANDLER = {"exec": {"command": ["/warm"]}}
PODS: dict[str, Any] = {
    "affinity": {"podAntiAffinity": {}},
    "dnsConfig": {"searches": ["acme.example"]},
    "dnsPolicy": "Default",
    "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["old.acme.example"]}],
}
SERVERS: dict[str, Any] = {
    "topologySpreadConstraints": [SPREAD],
    "containers.*.lifecycle.postStart": HANDLER,
    "containers.*.terminationMessagePolicy": "FallbackToLogsOnError",
}
APPS: dict[str, dict[str, Any]] = {
    "StatefulSet": {"blueprint": "stateful-service@1", "ports": {"tcp": {"port": 80, "protocol": "tcp"}}},
    "CronJob": {"blueprint": "cron-job@1", "cron": {"schedule": "15 3 * * *"}},
}
"""What makes the kinds that no web service has."""
VALUES: dict[tuple[str, str], Any] = {
    **{("Deployment", f"spec.template.spec.{field}"): value for field, value in {**PODS, **SERVERS}.items()},
    **{("StatefulSet", f"spec.template.spec.{field}"): value for field, value in {**PODS, **SERVERS}.items()},
    **{("CronJob", f"spec.jobTemplate.spec.template.spec.{field}"): value for field, value in PODS.items()},
    ("StatefulSet", "spec.minReadySeconds"): 9,
    ("StatefulSet", "spec.revisionHistoryLimit"): 9,
    ("Deployment", "spec.minReadySeconds"): 9,
    ("Deployment", "spec.progressDeadlineSeconds"): 900,
    ("Deployment", "spec.revisionHistoryLimit"): 9,
    ("HorizontalPodAutoscaler", "spec.behavior"): {"scaleUp": {"stabilizationWindowSeconds": 60}},
    ("Service", "spec.trafficDistribution"): "PreferClose",
    ("Service", "spec.internalTrafficPolicy"): "Local",
    ("Service", "spec.publishNotReadyAddresses"): True,
    ("DestinationRule", "spec.trafficPolicy.connectionPool"): {"tcp": {"connectTimeout": "1s"}},
}


def contracts() -> dict[str, set[tuple[str, str]]]:
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), Bag()), Bag())
    return {
        name: {(kind, ".".join(p)) for b in versions for kind, ps in b.contract.patchable.items() for p in ps}
        for name, versions in catalog.blueprints.items()
    }


def merge_of(field: str, value: Any, name: str) -> Any:
    """Return what a merge says to set a field; `*` in a list is the item called `name`."""
    for step in reversed(field.split(".")):
        value = [{"name": name, **value}] if step == "*" else {step: value}
    return value


def test_every_patchable_field_has_a_proof() -> None:
    assert set().union(*contracts().values()) == set(VALUES)


@pytest.mark.parametrize(("kind", "field"), sorted(VALUES))
def test_a_patchable_field_can_be_patched(kind: str, field: str, shop: Shop) -> None:
    name = "tool" if kind in APPS else "web"
    if kind in APPS:
        shop.spec("clusters/prod.yaml", {"mesh": {"nativeSidecars": True}})
        shop.app("tool", **APPS[kind])
    shop.spec("teams/shop/web.yaml", {"scale": {"min": 2, "max": 4}})
    shop.spec("teams/shop/cart.yaml", {"calls": {"web": {}}})
    before = shop.output()
    shop.patch_of(name, one={"target": f"{kind}/{name}", "merge": merge_of(field, VALUES[kind, field], name)})
    after = shop.output()
    changed = [path for path, data in after.files.items() if before.files.get(path) != data]
    assert changed == [f"clusters/prod/shop/{name}/{kind.lower()}-{name}.yaml"]
    assert shop.codes(date(2026, 6, 1)) == []
