"""The hook's verb stays light: what it must not import, it does not import."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from platform_compiler.cli.options import FORMATS
from platform_compiler.cli.shown import FORMATS as OF_DIFFS
from platform_compiler.cli.shown import LEVELS
from platform_compiler.diagnostics.render import RENDERERS
from platform_compiler.diff.model import Level
from platform_compiler.diff.render import RENDERERS as RENDERERS_OF_DIFFS

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEAVY = ("pydantic", "jinja2", "git", "jsonschema", "rich")


POLICIES = ("cel_expr_python", "google")
"""What judging by policies needs: the engine, and protobuf for its syntax trees."""
MANY = "jsonschema_rs"
"""What accepts manifests where there are many: it takes longer to make than a few take to walk."""


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


_imported_once = cache(_imported)


@pytest.fixture(scope="module")
def without_policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    left_out = shutil.ignore_patterns("policies", "waivers")
    return shutil.copytree(FIXTURES / "online-boutique", tmp_path_factory.mktemp("shop") / "shop", ignore=left_out)


@pytest.mark.parametrize("heavy", HEAVY)
def test_validating_one_file_does_not_import(heavy: str) -> None:
    boutique = FIXTURES / "online-boutique"
    imported = _imported_once("validate", str(boutique / "teams/web/frontend.yaml"), "--root", str(boutique))
    assert "platform_compiler" in imported
    assert heavy not in imported


@pytest.mark.parametrize("module", [*HEAVY, *POLICIES, MANY, "platform_compiler.policy"])
def test_validating_a_repository_without_policies_pays_for_none(module: str, without_policies: Path) -> None:
    file = without_policies / "teams/web/frontend.yaml"
    imported = _imported_once("validate", str(file), "--root", str(without_policies))
    assert "platform_compiler.pipeline" in imported
    assert module not in imported


@pytest.mark.parametrize("module", [*POLICIES, "platform_compiler.policy", "pydantic", "zoneinfo"])
def test_compiling_a_repository_without_policies_pays_for_none(module: str) -> None:
    imported = _imported_once("compile", "--check", "--root", str(FIXTURES / "base"))
    assert "platform_compiler.verify.checks" in imported
    assert module not in imported


READERS = ("yaml", "jsonschema_rs", "difflib")
"""What only reading a manifest, or a mistake in one, needs."""


@pytest.mark.parametrize(
    ("verb", "unused"),
    [
        (["validate"], READERS),
        (["validate", "FILE"], READERS),
        (["compile", "--check"], READERS),
        (["compile", "-o", "OUT"], ()),
    ],
)
def test_second_run_imports_no_phase(
    verb: list[str], unused: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLATFORMC_NO_CACHE")
    monkeypatch.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    repository = FIXTURES / "base"
    places = {"OUT": str(tmp_path / "out"), "FILE": str(repository / "teams/shop/web.yaml")}
    words = [*(places.get(word, word) for word in verb), "--root", str(repository)]
    assert "platform_compiler.pipeline" in _imported(*words)
    assert not {"platform_compiler.pipeline", *HEAVY, *POLICIES, *unused} & _imported(*words)


def test_compile_after_a_small_change_reads_no_schema_of_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLATFORMC_NO_CACHE")
    monkeypatch.setenv("PLATFORMC_CACHE_DIR", str(tmp_path / "cache"))
    repository = shutil.copytree(FIXTURES / "base", tmp_path / "repository")
    first = _imported("compile", "--check", "--root", str(repository))
    assert {"platform_compiler.verify.profile.notation", "platform_compiler.blueprints.expand"} <= first
    assert not {*HEAVY, *POLICIES} & first
    web = repository / "teams/shop/web.yaml"
    web.write_text(f"{web.read_text()}# edited\n")
    imported = _imported("compile", "--check", "--root", str(repository))
    assert "platform_compiler.blueprints.expand" in imported
    assert not {*HEAVY, *POLICIES, MANY, "platform_compiler.verify.profile.notation"} & imported


def test_small_repository_is_compiled_without_the_grammar_and_without_validators() -> None:
    imported = _imported("compile", "--check", "--root", str(FIXTURES / "base"))
    assert "platform_compiler.verify.checks" in imported
    assert not {"jinja2", MANY} & imported


def test_formats_are_told_without_importing_them() -> None:
    assert set(FORMATS) == {"text", *RENDERERS}
    assert set(OF_DIFFS) == set(RENDERERS_OF_DIFFS)
    assert list(LEVELS) == [level.value for level in Level]
