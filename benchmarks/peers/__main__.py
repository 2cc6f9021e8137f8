"""Ourselves and other tools on the same resources in one run, as whole processes: ratios with spread.

    python -m benchmarks.peers [--apps 100] [--repeat 3] [--json FILE]

Every peer makes, for `apps` applications, the very resources that we compiled for one application on one cluster; from
text templates, without links or checks, and writes one file an application or one in all. We compile the fleet itself,
for six clusters, with everything checked: to bytes (`--check`), and to a file for each resource.
Kapitan and KCL are installed from PyPI and cdk8s from npm into folders that are thrown away; kubectl and helm are
used where they are installed.
"""

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.fleet import CLUSTERS, name_of, team_of, write_fleet
from benchmarks.peers.cdk8s import cdk8s
from benchmarks.peers.helm import helm
from benchmarks.peers.jinja import text_alone, with_pyyaml
from benchmarks.peers.kapitan import kapitan
from benchmarks.peers.kcl import kcl
from benchmarks.peers.kustomize import kustomize
from benchmarks.peers.ours import compile_cold
from benchmarks.peers.work import Work, work_of

Peer = Callable[[Work], float | None]
_OURS, _WRITTEN = "platformc, to bytes", "platformc, a file a resource"
_PEERS: tuple[tuple[str, Peer, int], ...] = (
    ("Jinja2, text alone", text_alone, 1),
    ("KCL (PyPI)", kcl, 1),
    ("Jinja2 + PyYAML (C)", with_pyyaml, 1),
    ("cdk8s (npm)", cdk8s, 1),
    ("Kapitan (PyPI), 2 processes", kapitan, 2),
    ("kubectl kustomize", kustomize, 10),
    ("helm template", helm, 10),
)
"""Each with how many times fewer applications it gets: rates do not depend on it, and the slow ones would take long."""


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=100, help="applications in the generated fleet (default 100)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median counts (default 3)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="platformc-peers-") as scratch:
        rates = run_all(Path(scratch), options.apps, options.repeat)
    ours = statistics.median(rates[_OURS])
    print(f"{'':<30}{'resources/s':>12}{'(lowest - highest)':>22}   we are")
    for name, found in rates.items():
        spread = f"({min(found):,.0f} - {max(found):,.0f})"
        print(f"{name:<30}{statistics.median(found):>12,.0f}{spread:>22}{ours / statistics.median(found):8.1f} x")
    if options.json:
        options.json.write_text(json.dumps(rates, indent=2))


def run_all(scratch: Path, apps: int, repeat: int) -> dict[str, list[float]]:
    """Return the resources a second of each run, ourselves first; without those that are not to be had here."""
    fleet = scratch / "fleet"
    write_fleet(fleet, apps)
    rates: dict[str, list[float]] = {_OURS: [], _WRITTEN: []}
    files: list[bytes] = []
    for _ in range(repeat):
        output = scratch / "output"
        seconds = compile_cold(fleet, output)
        count = sum(1 for _ in (output / "clusters").rglob("*.yaml"))
        rates[_WRITTEN].append(count / seconds)
        rates[_OURS].append(count / compile_cold(fleet, None))
        folder = output / f"clusters/{CLUSTERS[-1]}/{team_of(0)}/{name_of(0)}"
        files = [path.read_bytes() for path in sorted(folder.iterdir())]
        shutil.rmtree(output)
    for name, peer, fewer in _PEERS:
        for _ in range(repeat):
            directory = scratch / "peer"
            directory.mkdir()
            work = work_of(files, 0, max(1, apps // fewer), directory)
            seconds_or_none = peer(work)
            shutil.rmtree(directory)
            if seconds_or_none is None:
                print(f"{name} is not to be had here")
                break
            rates.setdefault(name, []).append(work.count / seconds_or_none)
    return rates


if __name__ == "__main__":
    main()
