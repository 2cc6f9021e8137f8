"""A platform repository, committed, with environment repositories beside it, and `platformc` run on it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cache.fleets import Fleet
from tests.cli.process import within
from tests.repositories import BOUTIQUE, bare, commit, git, git_variables, init

ROOT = Path(__file__).parents[2]
EMAIL, ADS = "teams/checkout/emailservice.yaml", "teams/catalog/adservice.yaml"


@dataclass(frozen=True)
class Done:
    """How a run of `platformc` ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Shop:
    """A platform as a Git repository whose environments go to `env.git` beside it."""

    source: Path
    remote: Path

    def run(self, *arguments: str, variables: Mapping[str, str] | None = None, cwd: Path | None = None) -> Done:
        """Run `platformc` there, within this process."""
        done = within(*arguments, cwd=cwd or self.source, environment={**git_variables(), **(variables or {})})
        return Done(done.returncode, done.stdout, done.stderr)

    def process(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Done:
        """Run `platformc` there as a process, which may be killed."""
        done = subprocess.run(
            command(*arguments),
            cwd=self.source,
            env={**git_variables(), "PYTHONPATH": str(ROOT), **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def publish(self, *arguments: str, code: int = 0) -> Done:
        """Run `platformc publish` and expect an exit code."""
        done = self.run("publish", *arguments)
        assert done.code == code, done.stdout + done.stderr
        return done

    def plan(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run `platformc publish --plan` and return what it wrote."""
        file = self.source.parent / "plan.json"
        self.publish("--plan", str(file), *arguments, code=code)
        plan: list[dict[str, Any]] = json.loads(file.read_text())
        return plan

    def replace(self, path: str, old: str, new: str, second: int, message: str = "Change") -> str:
        """Change a file of the platform repository and commit it; return the commit."""
        file = self.source / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        return commit(self.source, message, second)

    def refs(self) -> str:
        """Return every ref of the environment repository."""
        return git(self.remote, "for-each-ref")

    def tree(self, revision: str = "main") -> dict[str, str]:
        """Return the blob of every file of the environment repository."""
        return tree(self.remote, revision)

    def edit(self, message: str, files: Mapping[str, str], second: int = 50) -> str:
        """Change files of the environment repository by hand."""
        clone = self.source.parent / f"by-hand-{second}"
        git(self.remote.parent, "clone", "--quiet", str(self.remote), str(clone))
        made = commit(clone, message, second, files)
        git(clone, "push", "--quiet", "origin", "main")
        return made


def command(*arguments: str) -> list[str]:
    """Return the command line of `platformc` with this interpreter."""
    return [sys.executable, "-m", "platform_compiler", *arguments]


def tree(repository: Path, revision: str = "main") -> dict[str, str]:
    """Return blob ids by path."""
    listed = git(repository, "ls-tree", "-r", "--full-tree", revision)
    return {path: line.split()[2] for line, path in (entry.split("\t") for entry in listed.splitlines())}


def shop(
    directory: Path, *, destinations: Mapping[str, str] | None = None, filters: bool = True, whole: bool = False
) -> Shop:
    """Make a shop of two applications of the Boutique, or the whole of it.

    `destinations` are flow mappings by environment, by default all go to one branch.
    """
    source = directory / "platform"
    shutil.copytree(BOUTIQUE, source)
    if not whole:
        _keep(source, {EMAIL, ADS})
    _deliver(source, destinations or dict.fromkeys(("dev", "staging", "prod"), "{repository: env}"))
    remote = bare(directory / "env.git", filters=filters)
    init(source)
    commit(source, "First")
    return Shop(source, remote)


def copy(made: Shop, directory: Path) -> Shop:
    """Copy a shop with its remote, so that a test may break it."""
    shutil.copytree(made.source, directory / "platform")
    shutil.copytree(made.remote, directory / "env.git")
    return Shop(directory / "platform", directory / "env.git")


def _keep(source: Path, manifests: set[str]) -> None:
    """Drop all other applications, and what these say of their callers."""
    for file in source.glob("teams/*/*.yaml"):
        if file.relative_to(source).as_posix() in manifests:
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(line for line in lines if "access:" not in line and "{from:" not in line))
        elif file.name != "team.yaml":
            file.unlink()
    shutil.rmtree(source / "waivers", ignore_errors=True)  # a waiver for nothing is an error


def _deliver(source: Path, destinations: Mapping[str, str]) -> None:
    platform = source / "platform.yaml"
    kept = [line for line in platform.read_text().splitlines() if "delivery" not in line and "repositories" not in line]
    names = sorted({value.split("repository: ")[1].split(",")[0].rstrip("}") for value in destinations.values()})
    listed = ", ".join(f"{name}: ../{name}.git" for name in names)
    platform.write_text("\n".join([*kept, "  delivery:", f"    repositories: {{{listed}}}", ""]))
    dev = source / "clusters" / "dev.yaml"  # Flux takes no paths of this machine
    dev.write_text(dev.read_text().replace("flux@1", "argocd@1"))
    for environment, destination in destinations.items():
        file = source / "environments" / f"{environment}.yaml"
        lines = [line for line in file.read_text().splitlines() if "destination" not in line]
        file.write_text("\n".join([*lines, f"  destination: {destination}", ""]))


def fleet(directory: Path, environments: int) -> Shop:
    """Make a small platform with one cluster for each of many environments."""
    source = directory / "platform"
    shutil.copytree(ROOT / "fixtures" / "base", source)
    for folder in ("environments", "clusters"):
        shutil.rmtree(source / folder)
        (source / folder).mkdir()
    (source / "teams/shop/web.yaml").write_text(
        (source / "teams/shop/web.yaml").read_text().replace("  expose: {web: {gateway: public}}\n", "")
    )
    platform = source / "platform.yaml"
    platform.write_text(platform.read_text() + "  delivery: {repositories: {env: ../env.git}}\n")
    head = "apiVersion: platformc.dev/v1\nkind: {}\nmetadata: {{name: e{}}}\nspec:\n  {}\n"
    for number in range(environments):
        destination = "destination: {repository: env}"
        (source / f"environments/e{number}.yaml").write_text(head.format("Environment", number, destination))
        facts = 'region: eu, versions: {kubernetes: "1.33", istio: "1.29"}, parts: {mesh: istio-sidecar@1}'
        cluster = head.format("Cluster", number, "").replace("spec:\n  ", f"spec: {{environment: e{number}, {facts}}}")
        (source / f"clusters/e{number}.yaml").write_text(cluster)
    remote = bare(directory / "env.git")
    init(source)
    commit(source, "First")
    return Shop(source, remote)


def delivered(directory: Path, part: str) -> tuple[Fleet, Shop]:
    """Make a fleet that a part delivers from a repository far away, and a repository to publish to instead."""
    made = Fleet(init(directory / "platform"))
    repositories = {"env": "https://git.acme.example/env.git"}  # Flux takes no paths of this machine
    made.change("platform.yaml", lambda spec: spec.update(delivery={"repositories": repositories}))
    namespace = {"argocd": "argocd", "flux": "flux-system"}[part]
    for name in ("dev", "prod"):
        made.change(f"environments/{name}.yaml", lambda spec: spec.update(destination={"repository": "env"}))
        made.change(f"clusters/{name}.yaml", lambda spec: spec["parts"].update(delivery=f"{part}@1"))
        made.change(f"clusters/{name}.yaml", lambda spec: spec.update(delivery={"namespace": namespace}))
    return made, Shop(made.root, bare(directory / "env.git"))


def wrapper(directory: Path, script: str) -> dict[str, str]:
    """Put a `git` of ours before the real one; return the variables that make it found."""
    real = shutil.which("git")
    assert real is not None
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "git"
    file.write_text(f'#!/bin/sh\nREAL="{real}"\n{script}\nexec "$REAL" "$@"\n')
    file.chmod(0o755)
    return {"PATH": f"{directory}{os.pathsep}{os.environ['PATH']}"}
