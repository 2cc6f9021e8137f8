"""How long `platformc diff` takes on a big fleet, all in all: a process that compiles both sides and compares them.

    python -m benchmarks.diff [--apps 340]

340 applications on six clusters are a little over 20,000 resources a side. Figures depend on the machine.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.fleet import name_of, team_of, write_fleet

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run every case and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=340, help="applications in the generated fleet (default 340)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="platformc-bench-") as scratch:
        directory = Path(scratch)
        write_fleet(directory / "base", options.apps)
        cases: dict[str, Callable[[Path], None]] = {
            "nothing changes": lambda _: None,
            "one application": lambda head: _edit(_manifest(head, 0), "max: 20", "max: 21"),
            "every resource": _everything,
        }
        for name, change in cases.items():
            shutil.rmtree(directory / "head", ignore_errors=True)
            shutil.copytree(directory / "base", directory / "head")
            change(directory / "head")
            _time(name, directory)


def _time(name: str, directory: Path) -> None:
    outputs = [word for form in ("json", "markdown", "text") for word in ("-o", f"{form}={directory / form}")]
    command = [sys.executable, "-m", "platform_compiler", "diff", "--no-exit-code"]
    started = time.perf_counter()
    subprocess.run(
        [*command, "--from", "base", "--to", "head", *outputs],
        cwd=directory,
        check=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    seconds = time.perf_counter() - started
    counts = json.loads((directory / "json").read_text())["counts"]
    size = (directory / "markdown").stat().st_size
    print(f"{name:<18} {seconds:6.2f} s   {counts or 'none'}   comment of {size:,} bytes")


def _manifest(head: Path, number: int) -> Path:
    return head / "teams" / team_of(number) / f"{name_of(number)}.yaml"


def _edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def _everything(head: Path) -> None:
    """Change a label that every resource carries."""
    _edit(head / "platform.yaml", "labelPrefix: acme.dev", "labelPrefix: other.example")


if __name__ == "__main__":
    main()
