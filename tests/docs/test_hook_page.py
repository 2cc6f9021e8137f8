"""docs/hook.md: its commands run, its configurations are what pre-commit takes and do what the page says."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.process import FIXTURES, ROOT, clean_environment
from tests.cli.test_hook import Checkout
from tests.docs.test_commands import fences

pytest.importorskip("pre_commit")

PAGE = "docs/hook.md"
MANIFEST = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


def commands() -> list[str]:
    return [line for body in fences(PAGE, "console") for line in body.splitlines()]


@pytest.mark.parametrize("command", commands())
def test_command_of_the_page_succeeds(tmp_path: Path, command: str) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(FIXTURES / "base", repository)
    assert command.startswith("platformc ")
    line = command.replace("platformc", f"'{sys.executable}' -m platform_compiler", 1)
    done = subprocess.run(
        line, shell=True, cwd=repository, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_there_are_commands_and_three_configurations() -> None:
    assert len(commands()) == 9
    assert len(fences(PAGE, "yaml")) == 3


@pytest.mark.parametrize(("number", "folder"), [(0, "."), (1, "."), (2, "platform")])
def test_configuration_of_the_page_passes_and_then_fails(tmp_path: Path, number: int, folder: str) -> None:
    shutil.copytree(FIXTURES / "base", tmp_path / "top" / folder)
    checkout = Checkout(tmp_path / "top", folder, tmp_path / "scratch")
    config = yaml.safe_load(fences(PAGE, "yaml")[number])
    if "repos" not in config:
        # Installing from a repository needs the network; a local hook is the same hook with its words written out.
        hooks = [{**MANIFEST[hook["id"]], "language": "system", **hook} for hook in config["hooks"]]
        config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (checkout.top / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    checkout.git("add", "--all")
    ids = [hook["id"] for hook in config["repos"][0]["hooks"]]
    for wrong in (False, True):
        if wrong:
            checkout.spoil()
            checkout.git("add", "--all")
        for name in ids:
            done = checkout.pre_commit("run", name, "--all-files", "--hook-stage", "pre-push")
            assert done.returncode == int(wrong), done.stdout
            assert ("Failed" if wrong else "Passed") in done.stdout
