"""V6: the hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in real Git repositories.

pre-commit would install `language: python` from the network, so the hooks are taken from that file word for word and
run as local ones with `language: system`, with a `platformc` of this checkout on the path.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.fleet import write_fleet
from tests.cli.process import FIXTURES, ROOT, clean_environment

pytest.importorskip("pre_commit")

HOOKS = ROOT / ".pre-commit-hooks.yaml"
WEB = "teams/shop/web.yaml"
# Git and Python each have their say on names that are not ASCII: quoted by one, decoded by the other.
ODD = "plattform für alle/søk og finn"


class Checkout:
    """A Git repository whose platform repository is in a folder, with the hooks configured."""

    def __init__(self, top: Path, folder: str, scratch: Path) -> None:
        self.top = top
        self.platform = top / folder
        commands = scratch / "commands"
        commands.mkdir(parents=True)
        script = commands / "platformc"
        script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m platform_compiler \"$@\"\n")
        script.chmod(0o755)
        self.environment = clean_environment(
            PATH=f"{commands}{os.pathsep}{os.environ['PATH']}",
            HOME=str(scratch),
            PRE_COMMIT_HOME=str(scratch / "pre-commit"),
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_CONFIG_NOSYSTEM="1",
            GIT_AUTHOR_NAME="A",
            GIT_AUTHOR_EMAIL="a@example.com",
            GIT_COMMITTER_NAME="A",
            GIT_COMMITTER_EMAIL="a@example.com",
        )
        self.git("init", "-q", "-b", "main")

    def configure(self, **overrides: Mapping[str, object]) -> None:
        hooks = [{**hook, "language": "system", **overrides.get(hook["id"].replace("-", "_"), {})} for hook in _hooks()]
        config = {"repos": [{"repo": "local", "hooks": hooks}]}
        (self.top / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.top, env={**self.environment, **environment}, capture_output=True, text=True, check=False
        )

    def git(self, *args: str) -> subprocess.CompletedProcess[str]:
        done = self.run("git", *args)
        assert done.returncode == 0, done.stderr
        return done

    def pre_commit(self, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *args, **environment)

    def spoil(self, path: str = WEB, old: str = "  image:", new: str = "  imege:") -> None:
        text = (self.platform / path).read_text()
        assert old in text
        (self.platform / path).write_text(text.replace(old, new))


def _hooks() -> list[dict[str, Any]]:
    hooks: list[dict[str, Any]] = yaml.safe_load(HOOKS.read_text())
    return hooks


def make(tmp_path: Path, folder: str) -> Checkout:
    top = tmp_path / ODD
    shutil.copytree(FIXTURES / "base", top / folder)
    checkout = Checkout(top, folder, tmp_path / "scratch")
    arguments = {"args": ["--root", folder]} if folder != "." else {}
    checkout.configure(platformc_compile=arguments)
    checkout.git("add", "--all")
    return checkout


@pytest.fixture(params=[".", "platform", "déploiement à venir"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Checkout:
    return make(tmp_path, request.param)


@pytest.fixture
def plain(tmp_path: Path) -> Checkout:
    return make(tmp_path, ".")


def test_v6_manifest_of_the_hooks_is_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_v6_hooks_are_python_serial_and_named() -> None:
    by_id = {hook["id"]: hook for hook in _hooks()}
    assert set(by_id) == {"platformc-validate", "platformc-compile"}
    assert {hook["language"] for hook in by_id.values()} == {"python"}
    assert {hook["require_serial"] for hook in by_id.values()} == {True}
    assert [by_id[name]["pass_filenames"] for name in ("platformc-validate", "platformc-compile")] == [True, False]


def test_v6_hooks_pass_on_a_repository_without_faults_and_write_nothing(checkout: Checkout) -> None:
    before = checkout.git("status", "--porcelain").stdout
    done = checkout.pre_commit("run", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == 2
    assert checkout.git("status", "--porcelain").stdout == before


def test_v6_one_staged_fault_fails_both_hooks_and_is_shown_at_its_line(checkout: Checkout) -> None:
    checkout.git("commit", "-q", "-m", "start")
    checkout.spoil()
    checkout.git("add", "--all")
    done = checkout.pre_commit("run")
    assert done.returncode == 1
    assert done.stdout.count("Failed") == 2
    place = (checkout.platform / WEB).relative_to(checkout.top).as_posix()
    assert f"{place}:7:3" in done.stdout
    assert "did you mean `image`?" in done.stdout


def test_v6_fault_between_two_files_is_found_when_only_one_is_staged(checkout: Checkout) -> None:
    checkout.git("commit", "-q", "-m", "start")
    checkout.spoil("teams/pay/ledger.yaml", "from: [shop/web]", "from: [shop/cart]")
    checkout.git("add", "--all")
    done = checkout.pre_commit("run", "platformc-validate")
    assert done.returncode == 1
    assert "PC2104" in done.stdout


def test_v6_commit_is_refused_by_the_installed_hook_and_goes_through_once_mended(plain: Checkout) -> None:
    assert plain.pre_commit("install").returncode == 0
    plain.git("commit", "-q", "-m", "start")
    plain.spoil()
    plain.git("add", "--all")
    refused = plain.run("git", "commit", "-q", "-m", "spoilt")
    assert refused.returncode == 1
    assert "PC1101" in refused.stdout + refused.stderr
    plain.spoil(WEB, "  imege:", "  image:")
    plain.spoil(WEB, "web:1.0.0", "web:1.0.1")
    plain.git("add", "--all")
    plain.git("commit", "-q", "-m", "mended")
    assert plain.git("log", "--format=%s").stdout.split() == ["mended", "start"]


def test_v6_file_of_other_languages_does_not_start_the_hooks(plain: Checkout) -> None:
    plain.git("commit", "-q", "-m", "start")
    (plain.top / "README.md").write_text("hello\n")
    (plain.top / "values.yaml").write_text("a: b\n")
    plain.git("add", "--all")
    done = plain.pre_commit("run")
    assert done.returncode == 0
    assert done.stdout.count("Skipped") == 2


@pytest.mark.parametrize("name", ["søk og finn.yaml", "a'b.yaml", "-x.yaml", "tab\there.yaml"])
def test_v6_odd_file_name_is_told_and_nothing_crashes(plain: Checkout, name: str) -> None:
    shutil.copy(plain.platform / "teams/shop/cart.yaml", plain.platform / "teams/shop" / name)
    plain.git("add", "--all")
    done = plain.pre_commit("run", "platformc-validate", "--all-files")
    assert done.returncode == 1
    assert "PC1202" in done.stdout
    assert "Traceback" not in done.stdout
    assert "bug in itself" not in done.stdout


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_v6_hooks_work_in_any_locale(checkout: Checkout, locale: str) -> None:
    checkout.spoil()
    checkout.git("add", "--all")
    done = checkout.pre_commit("run", "platformc-validate", "--all-files", LC_ALL=locale)
    assert done.returncode == 1
    assert "PC1101" in done.stdout


def test_v6_three_thousand_files(tmp_path: Path) -> None:
    top = tmp_path / ODD
    write_fleet(top, 2_875)
    checkout = Checkout(top, ".", tmp_path / "scratch")
    checkout.configure()
    checkout.spoil("teams/team-090/svc-02250.yaml")
    checkout.git("add", "--all")
    done = checkout.pre_commit("run", "platformc-validate", "--all-files")
    assert done.returncode == 1
    assert sorted(re.findall(r"error\[(PC\d+)\]", done.stdout)) == ["PC1101", "PC1102"]


def test_v6_commit_that_only_deletes_is_caught_by_a_hook_that_always_runs(plain: Checkout) -> None:
    plain.configure(platformc_validate={"always_run": True})
    plain.git("add", "--all")
    plain.git("commit", "-q", "-m", "start")
    plain.git("rm", "-q", "teams/shop/cart.yaml")
    done = plain.pre_commit("run", "platformc-validate")
    assert done.returncode == 1
    assert "PC2001" in done.stdout


def test_v6_what_git_tells_a_hook_does_not_reach_the_check(plain: Checkout, tmp_path: Path) -> None:
    """Inside a hook GIT_DIR and GIT_INDEX_FILE name the hook's repository; here another one, with another date."""
    rule = 'minReplicas: {value: 3, since: "2030-01-01"}'
    plain.spoil("environments/prod.yaml", "minReplicas: 2", rule)
    plain.spoil(WEB, "  calls:", "  scale: {min: 2}\n  calls:")
    plain.git("add", "--all")
    plain.git("commit", "-q", "-m", "start")
    other = tmp_path / "other"
    other.mkdir()
    late = {"GIT_COMMITTER_DATE": "2031-01-01T00:00:00Z"}
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "late"]):
        done = subprocess.run(["git", *arguments], cwd=other, env={**plain.environment, **late}, check=False)
        assert done.returncode == 0
    told = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": str(tmp_path / "index"), "GIT_WORK_TREE": str(other)}
    command = (sys.executable, "-m", "platform_compiler", "validate", "--format", "concise")
    usual, inside = plain.run(*command), plain.run(*command, **told)
    assert (inside.returncode, inside.stdout) == (usual.returncode, usual.stdout)
    assert usual.returncode == 0
    assert "warning[PC3101]" in usual.stdout
    assert not (tmp_path / "index").exists()
    assert plain.run(*command, "--as-of", "2031-01-01").returncode == 1
