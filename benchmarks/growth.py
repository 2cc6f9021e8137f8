"""How time grows with the fleet and with the change: whole processes of `platformc compile --check`, and memory.

    python -m benchmarks.growth [--sizes 100 300 1000] [--repeat 3]

Per size: cold (nothing cached), unchanged, one application changed, one default of an environment changed, and a cold
run's peak memory; then the same as a chart in Mermaid's notation. One application on six clusters is a little over
sixty resources. Figures depend on the machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.fleet import write_fleet
from benchmarks.warm import ROOT, Warm, touch

_WORDS = ("compile", "--check", "--quiet")


class Grown(NamedTuple):
    """The figures of one size: seconds as medians, and megabytes."""

    apps: int
    cold: float
    unchanged: float
    one_application: float
    one_default: float
    megabytes: float


def main() -> None:
    """Run every size and print a row each, then the chart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300, 1000], help="applications in the fleets")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median counts (default 3)")
    options = parser.parse_args()
    print(f"{'applications':>12}{'cold':>9}{'unchanged':>11}{'one app':>9}{'default':>9}{'memory':>10}")
    rows = []
    for apps in options.sizes:
        with tempfile.TemporaryDirectory(prefix="platformc-growth-") as scratch:
            rows.append(measured(Path(scratch), apps, options.repeat))
        row = rows[-1]
        seconds = f"{row.cold:7.2f} s{row.unchanged:9.2f} s{row.one_application:7.2f} s{row.one_default:7.2f} s"
        print(f"{apps:>12,}{seconds}{row.megabytes:7.0f} MB")
    print(chart(rows))


def measured(scratch: Path, apps: int, repeat: int) -> Grown:
    """Return the figures of a fleet of `apps` applications."""
    fleet = scratch / "fleet"
    write_fleet(fleet, apps)
    runs = [cold(fleet) for _ in range(repeat)]
    warm = Warm(fleet, scratch / "cache")
    warm.seconds(*_WORDS)
    return Grown(
        apps,
        cold=statistics.median(seconds for seconds, _ in runs),
        unchanged=warm.median(repeat, *_WORDS),
        one_application=warm.median(repeat, *_WORDS, before=lambda: touch(fleet, 0)),
        one_default=warm.median(repeat, *_WORDS, before=lambda: raise_default(fleet)),
        megabytes=max(megabytes for _, megabytes in runs),
    )


def raise_default(fleet: Path) -> None:
    """Let applications of one environment grow by one more replica."""
    file = fleet / "environments/dev.yaml"
    before, word, after = file.read_text(encoding="utf-8").partition("max: ")
    number, comma, rest = after.partition(",")
    file.write_text(f"{before}{word}{int(number) + 1}{comma}{rest}", encoding="utf-8")


def cold(fleet: Path) -> tuple[float, float]:
    """Return the seconds and the peak megabytes of one process that keeps nothing."""
    environment = {"PYTHONPATH": str(ROOT), "PLATFORMC_NO_CACHE": "1"}
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "platform_compiler", *_WORDS], cwd=fleet, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"platformc failed on {fleet}")
    return seconds, used.ru_maxrss / 1024


def chart(rows: Sequence[Grown]) -> str:
    """Return time against applications: cold, one application changed, and nothing changed."""
    lines = ("cold", "one_application", "unchanged")
    drawn = [f"  line [{', '.join(f'{getattr(row, name):.2f}' for row in rows)}]" for name in lines]
    sizes = ", ".join(f'"{row.apps:,}"' for row in rows)
    return "\n".join(["xychart-beta", f'  x-axis "applications" [{sizes}]', '  y-axis "seconds"', *drawn])


if __name__ == "__main__":
    main()
