"""What publishing costs: beyond compiling, and as a whole process that remembers the last one.

    python -m benchmarks.publish [--apps 1000]

First a commit of 60,000 files, the same again, and a small change, in seconds beyond the compile, which is done once
before. Then `platformc publish` with a cache of its own: first, again, and after a commit that changes one application.
Everything happens between folders of this machine.
"""

import argparse
import gc
import subprocess
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.fleet import ENVIRONMENTS, write_fleet
from benchmarks.warm import Warm, touch
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.pipeline import compile_tree
from platform_compiler.publish.model import Edition, Options
from platform_compiler.publish.plan import Site
from platform_compiler.publish.publish import publish
from platform_compiler.publish.source import source_of
from platform_compiler.source.tree import Directory

_CHANGED = 20
_TIMES = 3


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apps", type=int, default=1000)
    apps = parser.parse_args().apps
    gc.disable()  # as the command line does
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_fleet(folder / "fleet", apps)
        _deliver(folder / "fleet")
        _git(folder / "fleet", "init", "--quiet", "--initial-branch=main")
        _git(folder / "fleet", "add", "--all")
        _commit(folder / "fleet", "First")
        bag = Bag()
        output = compile_tree(Directory(folder / "fleet"), date(2026, 6, 1), bag)
        assert output is not None, bag.sorted()
        _bare(folder / "env.git")
        print(f"{len(output.files):,} resources, {len(output.units):,} units")
        print(f"first publish            {_publish(folder, output):6.2f} s")
        print(f"the same again           {_publish(folder, output):6.2f} s")
        _commit(folder / "fleet", "Second")
        print(f"{_CHANGED} files changed         {_publish(folder, _changed(output)):6.2f} s")
        del output
        _whole(folder)


def _whole(folder: Path) -> None:
    """Print what whole processes take."""
    fleet = folder / "fleet"
    _bare(folder / "whole.git")
    warm = Warm(fleet, folder / "cache")

    def change() -> None:
        touch(fleet, 0)
        _git(fleet, "add", "--all")
        _commit(fleet, "Change")

    print(f"whole process: first     {warm.seconds('publish'):6.2f} s")
    print(f"nothing changed          {warm.median(_TIMES, 'publish'):6.2f} s")
    print(f"one application changed  {warm.median(_TIMES, 'publish', before=change):6.2f} s")


def _deliver(fleet: Path) -> None:
    """Say where the output of a fleet goes."""
    file = fleet / "platform.yaml"
    file.write_text(file.read_text() + "  delivery: {repositories: {env: ../whole.git}}\n", encoding="utf-8")
    for name in ENVIRONMENTS:
        file = fleet / f"environments/{name}.yaml"
        file.write_text(file.read_text() + "  destination: {repository: env}\n", encoding="utf-8")


def _bare(folder: Path) -> None:
    folder.mkdir()
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    _git(folder, "config", "uploadpack.allowFilter", "true")


def _changed(output: Output) -> Output:
    paths = sorted(path for path in output.files if "/deployment-" in path)[:_CHANGED]
    return replace(output, files={**output.files, **{path: output.files[path] + b"# more\n" for path in paths}})


def _publish(folder: Path, output: Output) -> float:
    source = source_of(folder / "fleet", "HEAD")
    owners = tuple(sorted(set(output.owners.values())))
    site = Site("env", f"file://{folder / 'env.git'}", "main", "", owners)
    bag = Bag()
    started = time.perf_counter()
    environments = frozenset(owner.partition("/")[2] for owner in owners)
    (result,) = publish((site,), Edition(output, source, folder / "fleet", environments), Options(), bag)
    taken = time.perf_counter() - started
    assert not bag.has_errors, bag.sorted()
    print(f"  {result.status}", end=" ")
    return taken


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True)


def _commit(folder: Path, message: str) -> None:
    person = ("-c", "user.name=Ann", "-c", "user.email=ann@acme.example")
    _git(folder, *person, "commit", "--quiet", "--allow-empty", "-m", message)


if __name__ == "__main__":
    main()
