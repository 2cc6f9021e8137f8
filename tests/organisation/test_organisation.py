"""A whole organisation: six clusters of four kinds, and what holds for everything it compiles to.

Its output is checked in, judged as anybody's YAML would be, and asked about by policies apart from its own sets.
"""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from platform_compiler.cli.main import platformc
from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.emit.write import write
from platform_compiler.pipeline import compile_tree
from platform_compiler.shipped import shipped
from platform_compiler.source.tree import Directory

FIXTURES = Path(__file__).parents[2] / "fixtures"
ORGANISATION = FIXTURES / "organisation"
EXPECTED = FIXTURES / "expected" / "organisation"
CLUSTERS = EXPECTED / "clusters"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Compile it once: files as they are written, and what was told."""
    folder, bag = tmp_path_factory.mktemp("organisation"), Bag()
    output = compile_tree(Directory(ORGANISATION), date(2026, 6, 1), bag)
    assert output is not None, [f"{d.code} {d.span} {d.message}" for d in bag.sorted()]
    write(output, folder, lambda _: True, bag, adopt=False, force=False)
    return files_below(folder), bag.sorted()


def files_below(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def test_the_organisation_compiles_to_the_golden_tree(
    made: tuple[dict[str, bytes], tuple[Diagnostic, ...]],
) -> None:
    files, expected = made[0], files_below(EXPECTED)
    assert sorted(files) == sorted(expected)
    assert [path for path in sorted(files) if files[path] != expected[path]] == []


def test_nothing_is_told_but_waivers_and_what_istio_calls_alpha(
    made: tuple[dict[str, bytes], tuple[Diagnostic, ...]],
) -> None:
    assert {found.code for found in made[1]} == {"PC5239", "PC7210"}
    waivers = {path.stem for path in (ORGANISATION / "waivers").iterdir()}
    tickets = {
        yaml.safe_load((ORGANISATION / f"waivers/{name}.yaml").read_text())["spec"]["ticket"] for name in waivers
    }
    told = " ".join(found.message for found in made[1] if found.code == "PC7210")
    assert all(ticket in told for ticket in tickets)


def test_the_golden_tree_has_no_findings_in_a_strict_run() -> None:
    result = CliRunner().invoke(platformc, ["verify", str(EXPECTED), "--strict", "--gateway-api-version", "1.5"])
    assert result.exit_code == 0, result.output


def test_restricted_pods_and_zero_trust_hold_everywhere_but_where_a_waiver_says_so() -> None:
    """What clusters without a mesh cannot have is left out there; waived is what a waiver of the fixture names."""
    refused = denied("pod-security-", CLUSTERS)
    for cluster in sorted(CLUSTERS.iterdir()):
        if cluster.name != "edge-oslo":
            refused += denied("mesh-", cluster)
    waived = {
        (spec["policy"], spec["match"]["kind"], spec["match"]["name"])
        for path in (ORGANISATION / "waivers").iterdir()
        for spec in [yaml.safe_load(path.read_text())["spec"]]
        if spec["policy"].startswith(("pod-security-", "mesh-"))
    }
    assert set(refused) == waived


def denied(start: str, objects: Path) -> Counter[tuple[str, str, str]]:
    """Return policy, kind and name of every object that a built-in policy refuses."""
    policies = [str(path / "policy.yaml") for path in sorted(shipped("policies").glob(f"{start}*"))]
    options = [word for path in policies for word in ("--policies", path)]
    result = CliRunner().invoke(platformc, ["policy", "check", str(objects), *options, "--format", "json"])
    entries = json.loads(result.stdout)["entries"]
    assert {entry["result"] for entry in entries} <= {"pass", "skip", "deny"}
    refused = [entry for entry in entries if entry["result"] == "deny"]
    return Counter((one["policy"], one["object"]["kind"], one["object"]["name"]) for one in refused)


def test_every_kind_of_cluster_and_workload_is_there() -> None:
    parts = {
        path.stem: yaml.safe_load(path.read_text())["spec"]["parts"] for path in (ORGANISATION / "clusters").iterdir()
    }
    assert {part["mesh"] for part in parts.values()} == {"istio-sidecar@1", "istio-ambient@1", "none"}
    assert {part["ingress"] for part in parts.values()} == {"istio-gateway@1", "gateway-api@1", "envoy-gateway@1"}
    blueprints = Counter(
        document["spec"]["blueprint"]
        for path in (ORGANISATION / "teams").rglob("*.yaml")
        for document in [yaml.safe_load(path.read_text())]
        if document["kind"] == "Application"
    )
    assert blueprints.total() >= 12 + 15
    assert {"web-service@1", "worker@1", "stateful-service@1", "cron-job@1", "job@1"} < set(blueprints)
