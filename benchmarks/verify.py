"""How long `platformc verify DIR` takes on a rendered fleet, the whole process: reading YAML and judging it.

    python -m benchmarks.verify [--apps 200]

200 applications on six clusters are about 12,000 objects. Figures depend on the machine; nothing else may run beside
them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.fleet import write_fleet

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Render a fleet, judge it, and print a row for shapes alone and one for everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=200, help="applications in the generated fleet (default 200)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="platformc-bench-") as scratch:
        fleet, rendered = Path(scratch, "fleet"), Path(scratch, "rendered")
        write_fleet(fleet, options.apps)
        seconds_of("compile", "--root", str(fleet), "-o", str(rendered))
        count = sum(1 for _ in rendered.rglob("*.yaml"))
        print(f"platformc verify DIR on {count:,} objects, whole process, CPU time, median of 3")
        for name, flags in (("shapes alone", ["--schema-only"]), ("everything", [])):
            seconds = statistics.median(seconds_of("verify", str(rendered), *flags) for _ in range(3))
            rate, each = count / seconds, seconds / count * 1e6
            print(f"  {name:<14}{seconds:7.2f} s {rate:9,.0f} objects/s {each:7.1f} us/object")


def seconds_of(*words: str) -> float:
    """Return the CPU seconds of one run, which must end well."""
    command = [sys.executable, "-m", "platform_compiler", *words, "--quiet"]
    before = os.times()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
