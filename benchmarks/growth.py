"""How time grows with the fleet and with the change: whole processes of `platformc compile --check`, and memory.

    python -m benchmarks.growth [--sizes 100 300 1000] [--repeat 3] [--json FILE]

Per size: cold (nothing cached), unchanged, one application changed, one default of an environment changed, and a cold
run's peak memory. One application on six clusters is a little over sixty resources. Figures depend on the machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.fleet import ref_of, write_fleet

ROOT = Path(__file__).parents[1]
_COMMAND = (sys.executable, "-m", "platform_compiler", "compile", "--check", "--quiet")


class Grown(NamedTuple):
    """The figures of one size: seconds as medians, and megabytes."""

    apps: int
    cold: float
    unchanged: float
    one_application: float
    one_default: float
    megabytes: float


def main() -> None:
    """Run every size and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300, 1000], help="applications in the fleets")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median counts (default 3)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    print(f"{'applications':>12}{'cold':>9}{'unchanged':>11}{'one app':>9}{'default':>9}{'memory':>10}")
    rows = []
    for apps in options.sizes:
        with tempfile.TemporaryDirectory(prefix="platformc-growth-") as scratch:
            rows.append(measured(Path(scratch), apps, options.repeat))
        row = rows[-1]
        seconds = f"{row.cold:7.2f} s{row.unchanged:9.2f} s{row.one_application:7.2f} s{row.one_default:7.2f} s"
        print(f"{apps:>12,}{seconds}{row.megabytes:7.0f} MB")
    if options.json:
        options.json.write_text(json.dumps([row._asdict() for row in rows], indent=2) + "\n")


def measured(scratch: Path, apps: int, repeat: int) -> Grown:
    """Return the figures of a fleet of `apps` applications."""
    fleet = scratch / "fleet"
    write_fleet(fleet, apps)
    manifest, environment = fleet / f"teams/{ref_of(0)}.yaml", fleet / "environments/dev.yaml"
    cold = [run(fleet, None) for _ in range(repeat)]
    run(fleet, scratch / "cache")
    unchanged = [run(fleet, scratch / "cache") for _ in range(repeat)]
    one = [edited(fleet, scratch / "cache", manifest, "timeout: 5s", f"timeout: {6 + i}s") for i in range(repeat)]
    default = [edited(fleet, scratch / "cache", environment, "max: 6", f"max: {7 + i}") for i in range(repeat)]
    return Grown(apps, _median(cold), _median(unchanged), _median(one), _median(default), cold[0][1])


def _median(runs: list[tuple[float, float]]) -> float:
    return statistics.median(seconds for seconds, _ in runs)


def edited(fleet: Path, cache: Path, file: Path, old: str, new: str) -> tuple[float, float]:
    """Run with one file changed, and change it back."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    try:
        return run(fleet, cache)
    finally:
        file.write_text(text)


def run(fleet: Path, cache: Path | None) -> tuple[float, float]:
    """Return the seconds and the peak megabytes of one process; without `cache` it keeps nothing."""
    kept = {"PLATFORMC_CACHE_DIR": str(cache)} if cache else {"PLATFORMC_NO_CACHE": "1"}
    started = time.perf_counter()
    process = subprocess.Popen([*_COMMAND, "--root", str(fleet)], env={"PYTHONPATH": str(ROOT), **kept})
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"platformc failed on {fleet}")
    return seconds, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
