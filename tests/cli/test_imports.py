"""The hook's verb stays light: what it must not import, it does not import."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEAVY = ("pydantic", "jinja2", "git", "jsonschema", "rich")


POLICIES = ("cel_expr_python", "google")
"""What judging by policies needs: the engine, and protobuf for its syntax trees."""


def _imported(*args: str) -> set[str]:
    program = (
        "import sys\n"
        "from platform_compiler.cli.main import platformc\n"
        "try:\n"
        "    platformc.main(sys.argv[1:], standalone_mode=False)\n"
        "finally:\n"
        "    sys.stderr.write('\\n'.join(['MODULES', *sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, check=True)
    return set(done.stderr.partition("MODULES\n")[2].split("\n"))


@pytest.mark.parametrize("heavy", HEAVY)
def test_validating_one_file_does_not_import(heavy: str) -> None:
    boutique = FIXTURES / "online-boutique"
    imported = _imported("validate", str(boutique / "teams/web/frontend.yaml"), "--root", str(boutique))
    assert "platform_compiler" in imported
    assert heavy not in imported


@pytest.mark.parametrize("module", [*HEAVY, *POLICIES, "platform_compiler.policy"])
def test_validating_a_repository_without_policies_pays_for_none(module: str, tmp_path: Path) -> None:
    left_out = shutil.ignore_patterns("policies", "waivers")
    repository = shutil.copytree(FIXTURES / "online-boutique", tmp_path / "shop", ignore=left_out)
    imported = _imported("validate", str(repository / "teams/web/frontend.yaml"), "--root", str(repository))
    assert "platform_compiler.pipeline" in imported
    assert module not in imported
