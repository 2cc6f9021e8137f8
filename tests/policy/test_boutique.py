"""The Online Boutique and its policies: what passes without a waiver, and that what is shipped says the same."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from platform_compiler.cli.exits import Exit
from platform_compiler.shipped import shipped
from tests.policy.shops import codes, platform
from tests.policy.writing import deployment, run, write

ROOT = Path(__file__).parents[2]
BOUTIQUE = ROOT / "fixtures" / "online-boutique"
GOLDEN = ROOT / "fixtures" / "expected" / "online-boutique" / "clusters"
"""What the Boutique compiles to, as another test promises."""


class Entry(NamedTuple):
    """One answer of `policy check`."""

    policy: str
    validation: int | None
    kind: str
    name: str
    result: str


def entries(policies: list[Path], *objects: Path, exit_code: Exit = Exit.CLEAN) -> list[Entry]:
    """Judge objects by policies; return every answer."""
    options = [word for folder in policies for word in ("--policies", str(folder))]
    result = run("check", *map(str, objects), *options, "--format", "json")
    assert result.exit_code == exit_code, result.output
    return [_entry(one) for one in json.loads(result.stdout)["entries"]]


def _entry(one: dict[str, Any]) -> Entry:
    return Entry(one["policy"], one["validation"], one["object"]["kind"], one["object"]["name"], one["result"])


def zero_trust() -> Iterator[Path]:
    """Yield the built-in policies of restricted pod security, which includes the baseline, and of mesh zero trust."""
    for start in ("pod-security-", "mesh-"):
        yield from (path.parent / "policy.yaml" for path in sorted(shipped("policies").glob(f"{start}*/policy.yaml")))


def test_restricted_pod_security_and_mesh_zero_trust_pass_on_every_cluster_with_no_waiver() -> None:
    policies = list(zero_trust())
    found = entries(policies, *sorted(GOLDEN.iterdir()))
    assert {entry.result for entry in found} == {"pass", "skip"}
    asked = {entry.policy for entry in found if entry.result == "pass"}
    unasked = {path.parent.name for path in policies} - asked
    assert unasked == {"mesh-envoy-filter"}  # the Boutique has none
    restricted = [e for e in found if e.policy == "pod-security-restricted-run-as-non-root" and e.result == "pass"]
    assert len({entry.name for entry in restricted}) == 12
    assert len(restricted) >= 12 * 4


def test_the_same_policies_refuse_what_is_not_safe(tmp_path: Path) -> None:
    bad = write(tmp_path / "web.yaml", deployment())
    found = entries(list(zero_trust()), bad, exit_code=Exit.FINDINGS)
    assert {"pod-security-restricted-seccomp", "pod-security-restricted-capabilities"} <= {
        entry.policy for entry in found if entry.result == "deny"
    }


def test_the_only_waiver_is_that_of_redis() -> None:
    result = platform("compile", "--check", "--root", str(BOUTIQUE), "--as-of", "2026-06-01", "--format", "concise")
    assert (result.exit_code, codes(result)) == (Exit.CLEAN, ["PC7210"])
    assert [path.name for path in (BOUTIQUE / "waivers").iterdir()] == ["redis-cart-runs-once.yaml"]


def test_the_shops_own_policy_is_tested() -> None:
    result = run("test", "--root", str(BOUTIQUE))
    assert result.exit_code == Exit.CLEAN
    assert "card-data-stays-inside: 6 cases, 3 of 3 validations covered" in result.stdout


def test_a_call_that_card_data_must_not_have_is_refused_at_the_line_that_grants_it(tmp_path: Path) -> None:
    shutil.copytree(BOUTIQUE, tmp_path / "shop")
    manifest = tmp_path / "shop/teams/checkout/paymentservice.yaml"
    manifest.write_text(
        manifest.read_text().replace("from: [checkoutservice]", "from: [checkoutservice, web/frontend]")
    )
    result = platform("validate", "--root", str(tmp_path / "shop"), "--format", "concise", "--as-of", "2026-06-01")
    assert result.exit_code == Exit.FINDINGS
    (line,) = (one for one in result.stdout.splitlines() if "PC7101" in one)
    number = next(i for i, text in enumerate(manifest.read_text().splitlines(), 1) if "web/frontend" in text)
    assert f"paymentservice.yaml:{number}:" in line
    assert "it handles card data and is called by `web/frontend`" in line


@pytest.fixture(scope="module")
def everything_shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the Boutique with all of its sets shipped to production; return what one cluster gets."""
    scratch = tmp_path_factory.mktemp("shipped")
    repository = shutil.copytree(BOUTIQUE, scratch / "shop")
    for name in ("no-side-doors", "reliability", "production"):
        file = repository / "policies" / f"{name}.yaml"
        file.write_text(f"{file.read_text()}  ship: {{clusters: [prod-eu]}}\n")
    options = ["--root", str(repository), "-o", str(scratch / "out"), "--as-of", "2026-06-01"]
    assert platform("compile", *options).exit_code == Exit.CLEAN
    return scratch / "out" / "clusters" / "prod-eu"


def test_what_is_shipped_passes_what_the_compile_passes_waiver_included(everything_shipped: Path) -> None:
    found = entries([everything_shipped / "_cluster"], everything_shipped)
    assert {entry.result for entry in found} == {"pass", "skip"}
    redis = {
        e.result for e in found if (e.policy, e.kind, e.name) == ("reliability-replicas", "Deployment", "redis-cart")
    }
    assert redis == {"skip"}
    own = {path.name for path in (everything_shipped / "_cluster").glob("validatingadmissionpolicy-*")}
    assert len({entry.policy for entry in found}) == len(own) > 50


def test_what_is_shipped_denies_what_the_waiver_excepted_once_it_is_taken_out(everything_shipped: Path) -> None:
    unwaived = shipped("policies") / "reliability-replicas"
    found = entries([unwaived / "policy.yaml"], everything_shipped, exit_code=Exit.FINDINGS)
    assert {(entry.kind, entry.name) for entry in found if entry.result == "deny"} == {("Deployment", "redis-cart")}


def test_parameters_are_shipped_with_the_policies_that_take_them(everything_shipped: Path, tmp_path: Path) -> None:
    foreign = deployment(name="foreign")
    foreign["spec"]["template"]["spec"]["containers"][0]["image"] = "evil.example/web:1"
    bad = write(tmp_path / "foreign.yaml", foreign)
    found = entries([everything_shipped / "_cluster"], bad, exit_code=Exit.FINDINGS)
    told = [e for e in found if e.policy == "supply-chain-allowed-registries"]
    assert [(e.validation, e.result) for e in told] == [(0, "deny")]


def test_the_project_that_delivers_policies_may_do_so_and_no_other_may() -> None:
    kind = "kind: ValidatingAdmissionPolicyBinding"
    projects = {path: path.read_text() for path in GOLDEN.glob("*/_delivery/appproject-*.yaml")}
    assert [path.name for path, text in projects.items() if kind in text] == ["appproject-prod-eu.platform.yaml"]
