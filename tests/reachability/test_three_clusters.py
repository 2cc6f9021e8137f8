"""What is compiled for each kind of cluster is clean: for `verify --strict`, and for the built-in policies."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from platform_compiler.cli.main import platformc
from tests.reachability.three_clusters import MODES, organisation

POLICIES = Path(__file__).parents[2] / "policies"
OUTSIDE = "mesh-pod-injection"
"""Refuses what leaves the mesh, as `mail/old` does on purpose."""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = organisation(tmp_path_factory.mktemp("platform"))
    target = tmp_path_factory.mktemp("output")
    run("compile", "--root", str(root), "-o", str(target), "--as-of", "2026-06-01")
    return target / "clusters"


def run(*arguments: str) -> str:
    here = Path.cwd()
    try:
        result = CliRunner().invoke(platformc, arguments)
    finally:
        os.chdir(here)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("name", MODES)
def test_output_is_clean_for_strict_verification(name: str, output: Path) -> None:
    told = run("verify", str(output / name), "--strict", "--format", "concise", "--gateway-api-version", "1.4")
    assert [line for line in told.splitlines() if ": note[" not in line] == []


@pytest.mark.parametrize("name", MODES)
def test_output_is_clean_for_the_policies_of_zero_trust(name: str, output: Path) -> None:
    groups = ["pod-security-restricted", "pod-security-baseline", "exposure", "tenancy"]
    groups += ["mesh"] if MODES[name] != "none" else []
    chosen = [p for group in groups for p in sorted(POLICIES.glob(f"{group}-*")) if p.name != OUTSIDE]
    given = [word for policy in chosen for word in ("--policies", str(policy / "policy.yaml"))]
    assert len(chosen) > 20
    told = run("policy", "check", *given, str(output / name), "--format", "concise", "--as-of", "2026-06-01")
    assert told == ""
