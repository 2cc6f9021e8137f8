"""The command line as each user meets it: real processes on real repositories."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"


def platformc(*args: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "platform_compiler", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(FIXTURES.parent), **environment},
    )


@pytest.fixture
def base(tmp_path: Path) -> Path:
    repository = tmp_path / "platform repository"
    shutil.copytree(FIXTURES / "base", repository)
    return repository


def test_validate_is_silent_but_for_one_line_on_success(base: Path) -> None:
    done = platformc("validate", cwd=base)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("checked ")


def test_validate_finds_the_root_from_a_folder_below(base: Path) -> None:
    assert platformc("validate", "web.yaml", cwd=base / "teams" / "shop").returncode == 0


def test_validate_of_one_file_shows_only_findings_that_touch_it(base: Path) -> None:
    for name in ("web", "cart"):
        path = base / "teams" / "shop" / f"{name}.yaml"
        path.write_text(path.read_text().replace("  image:", "  imege:"))
    done = platformc("validate", "teams/shop/web.yaml", "--format", "concise", cwd=base)
    assert done.returncode == 1
    assert "teams/shop/web.yaml" in done.stdout
    assert "teams/shop/cart.yaml:" not in done.stdout


def test_file_outside_the_repository_is_a_usage_error(base: Path, tmp_path: Path) -> None:
    stray = tmp_path / "stray.yaml"
    stray.write_text("a: b\n")
    done = platformc("validate", str(stray), cwd=base)
    assert done.returncode == 2
    assert "is not in the platform repository" in done.stderr


def test_missing_repository_is_a_usage_error_that_says_what_to_do(tmp_path: Path) -> None:
    done = platformc("validate", cwd=tmp_path)
    assert done.returncode == 2
    assert "no platform.yaml" in done.stderr
    assert "platformc init" in done.stderr


def test_mistyped_verb_names_the_nearest(tmp_path: Path) -> None:
    done = platformc("valdate", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'validate'?" in done.stderr


def test_json_report_is_versioned_and_complete(base: Path) -> None:
    path = base / "teams" / "shop" / "web.yaml"
    path.write_text(path.read_text().replace("  image:", "  imege:"))
    done = platformc("validate", "--format", "json", cwd=base)
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["version"] == 1
    assert {d["code"] for d in found["diagnostics"]} >= {"PC1101"}


def test_compile_without_output_prints_one_yaml_stream(base: Path) -> None:
    done = platformc("compile", "--only", "shop/web", "--cluster", "dev", cwd=base)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("apiVersion: ")
    assert "kind: Deployment\n" in done.stdout
    assert done.stdout.count("\n---\n") + 1 == done.stdout.count("apiVersion: ") - done.stdout.count("  apiVersion: ")


def test_compile_twice_writes_nothing_the_second_time(base: Path) -> None:
    first = platformc("compile", "-o", "../out", cwd=base)
    assert first.returncode == 0, first.stdout + first.stderr
    before = {p: p.stat().st_mtime_ns for p in (base.parent / "out").rglob("*") if p.is_file()}
    second = platformc("compile", "-o", "../out", cwd=base)
    assert second.returncode == 0
    assert {p: p.stat().st_mtime_ns for p in (base.parent / "out").rglob("*") if p.is_file()} == before


def test_compile_with_an_error_writes_nothing_and_tells_it(base: Path) -> None:
    path = base / "teams" / "shop" / "web.yaml"
    path.write_text(path.read_text().replace("  image:", "  imege:"))
    done = platformc("compile", "-o", "../out", cwd=base)
    assert done.returncode == 1
    assert "PC1101" in done.stdout
    assert not (base.parent / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "near"),
    [("--env", "pord", "prod"), ("--cluster", "prdo", "prod"), ("--only", "shop/wbe", "shop/web")],
)
def test_compile_selection_of_an_unknown_name_suggests_the_nearest(
    base: Path, option: str, value: str, near: str
) -> None:
    done = platformc("compile", option, value, cwd=base)
    assert done.returncode == 2
    assert f"did you mean '{near}'?" in done.stderr


@pytest.mark.parametrize("verb", [("compile",), ("diff", "--from", ".", "--to", ".")])
def test_environment_and_cluster_that_exclude_each_other_are_a_usage_error(base: Path, verb: tuple[str, ...]) -> None:
    done = platformc(*verb, "--env", "dev", "--cluster", "prod", cwd=base)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no cluster of --env dev is prod: prod is in prod" in done.stderr


@pytest.mark.parametrize("path", ["teams/shop/loop.yaml", "blueprints/own/1.0.0/blueprint.yaml"])
def test_link_is_a_finding_at_its_path_and_nothing_else(base: Path, path: str) -> None:
    (base / path).parent.mkdir(parents=True, exist_ok=True)
    (base / path).symlink_to(Path(path).name)
    done = platformc("compile", "--check", "--format", "concise", cwd=base)
    told = f"{path}: error[PC1001] the file cannot be read: it is a link, and links are not followed\n"
    assert (done.returncode, done.stdout) == (1, told)


def test_diff_of_a_folder_that_is_no_platform_repository_is_a_usage_error(base: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = platformc("diff", "--from", ".", "--to", "../empty", cwd=base)
    assert (done.returncode, done.stdout) == (2, "")
    assert "../empty is no platform repository: it has no platform.yaml" in done.stderr


def test_path_that_is_no_name_is_to_be_renamed(base: Path) -> None:
    shutil.copy(base / "teams/shop/web.yaml", base / "teams/shop/Wéb é.yaml")
    done = platformc("validate", "teams/shop/Wéb é.yaml", cwd=base)
    assert done.returncode == 1
    assert "rename what the path says: names hold `a` to `z`, digits and `-`" in done.stdout


def test_broken_environment_makes_no_pinned_image_look_redundant(base: Path) -> None:
    web, prod = base / "teams/shop/web.yaml", base / "environments/prod.yaml"
    web.write_text(web.read_text() + "  environments: {prod: {image: 'ghcr.io/acme/web:1.0.0'}}\n")
    prod.write_text(prod.read_text().replace("spec:", "spec:\n  promotoin: {pinImage: true}"))
    done = platformc("validate", "--format", "concise", cwd=base)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["environments/prod.yaml"]


def test_explain_prints_the_page_of_a_code_by_code_and_by_name(tmp_path: Path) -> None:
    by_code, by_name = (platformc("explain", word, cwd=tmp_path) for word in ("PC2104", "call-not-granted"))
    assert by_code.returncode == by_name.returncode == 0
    assert by_code.stdout == by_name.stdout
    assert by_code.stdout.startswith("# PC2104 call-not-granted\n")


def test_explain_unknown_code_suggests_the_nearest(tmp_path: Path) -> None:
    done = platformc("explain", "call-not-grantd", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'call-not-granted'?" in done.stderr


def test_explain_marks_the_layer_that_wins(base: Path) -> None:
    done = platformc("explain", "prod/prod", "shop/web", "image", cwd=base)
    assert done.returncode == 0, done.stderr
    assert "teams/shop/web.yaml:" in done.stdout


def test_init_makes_a_repository_that_validates_and_compiles(tmp_path: Path) -> None:
    assert platformc("init", "new", cwd=tmp_path).returncode == 0
    assert platformc("validate", cwd=tmp_path / "new").stdout == ""
    done = platformc("compile", "--root", "new", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "out/clusters/prod/shop/web/deployment-web.yaml").is_file()


def test_init_never_touches_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/platform.yaml").write_text("mine\n")
    done = platformc("init", "new", cwd=tmp_path)
    assert done.returncode == 2
    assert "platform.yaml" in done.stderr
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["platform.yaml"]
    assert (tmp_path / "new/platform.yaml").read_text() == "mine\n"
