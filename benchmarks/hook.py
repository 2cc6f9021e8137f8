"""The hook's latency as a whole process: one file, and three thousand, in a fleet of three thousand manifests.

    python -m benchmarks.hook

Figures depend on the machine; nothing else may run beside them.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fleet import ref_of, write_fleet

ROOT = Path(__file__).parents[1]
BOUTIQUE = ROOT / "fixtures/online-boutique"


def main() -> None:
    """Run everything and print a table."""
    print("platformc validate, whole process, median")
    with tempfile.TemporaryDirectory(prefix="platformc-hook-") as scratch:
        fleet = Path(scratch)
        write_fleet(fleet, 2_875)
        every = sorted(path.relative_to(fleet).as_posix() for path in fleet.rglob("*.yaml"))[:3_000]
        show("one file of the Online Boutique", BOUTIQUE, ["teams/web/frontend.yaml"], 9)
        show("one file of the fleet", fleet, [f"teams/{ref_of(0)}.yaml"], 3)
        show(f"{len(every):,} files of the fleet", fleet, every, 3)


def show(name: str, root: Path, files: list[str], times: int) -> None:
    """Print how long `platformc validate FILES` takes, the first run left out."""
    seconds = [run(root, files) for _ in range(times + 1)][1:]
    print(f"  {name:<34}{statistics.median(seconds) * 1000:8.0f} ms")


def run(root: Path, files: list[str]) -> float:
    """Return the seconds of one run."""
    command = [sys.executable, "-m", "platform_compiler", "validate", "--quiet", *files]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=root, env={"PYTHONPATH": str(ROOT)})
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
