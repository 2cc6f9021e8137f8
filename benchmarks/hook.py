"""The hook's latency as a whole process: a few files and three thousand, known to the cache and changed.

    python -m benchmarks.hook [--apps 1000] [--many 3000] [--repeat 7]

Figures depend on the machine; nothing else may run beside them.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.fleet import ref_of, write_fleet
from benchmarks.warm import Warm, touch

BOUTIQUE = Path(__file__).parents[1] / "fixtures/online-boutique"


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=1_000, help="applications in the generated fleet (default 1000)")
    parser.add_argument("--many", type=int, default=3_000, help="files that are named all at once (default 3000)")
    parser.add_argument("--repeat", type=int, default=7, help="runs of which the median is told (default 7)")
    options = parser.parse_args()
    times: int = options.repeat
    print("platformc validate FILES, whole process, median")
    with tempfile.TemporaryDirectory(prefix="platformc-hook-") as scratch:
        folder = Path(scratch)
        show(Warm(BOUTIQUE, folder / "shop"), times, "one file of the Online Boutique", ["teams/web/frontend.yaml"])
        fleet, warm = folder / "fleet", Warm(folder / "fleet", folder / "cache")
        write_fleet(fleet, options.apps)
        warm.seconds("validate")
        for number in (1, 20):
            named = range(0, options.apps, max(options.apps // number, 1))[:number]  # each of another team
            files = [f"teams/{ref_of(n)}.yaml" for n in named]
            show(warm, times, f"{len(named)} of {options.apps:,} applications, known", files)
            for changed in dict.fromkeys((1, len(named))):
                for change, heard in ((touch, ""), (_touch_timeout, ", others hear of it")):
                    some = partial(_each, change, fleet, named[:changed])
                    what = f"{len(named)} of them, {changed} changed{heard}"
                    print(f"  {what:<44}{_ms(warm.median(times, *_words(files), before=some))}")
        large = folder / "large"
        write_fleet(large, options.many)
        every = sorted(path.relative_to(large).as_posix() for path in large.rglob("*.yaml"))[: options.many]
        show(Warm(large, folder / "cache"), times, f"{len(every):,} files, known", every)


def _each(change: Callable[[Path, int], None], fleet: Path, numbers: range) -> None:
    for number in numbers:
        change(fleet, number)


def _touch_timeout(fleet: Path, number: int) -> None:
    """Give requests to an application another timeout, so that what it says to others differs."""
    file = fleet / f"teams/{ref_of(number)}.yaml"
    before, _, rest = file.read_text(encoding="utf-8").partition("  traffic:\n    timeout: ")
    seconds, _, after = rest.partition("s\n")
    file.write_text(f"{before}  traffic:\n    timeout: {int(seconds) % 50 + 10}s\n{after}", encoding="utf-8")


def show(warm: Warm, times: int, name: str, files: list[str]) -> None:
    """Print how long `platformc validate FILES` takes once it has been asked before."""
    warm.seconds(*_words(files))
    print(f"  {name:<44}{_ms(warm.median(times, *_words(files)))}")


def _words(files: list[str]) -> list[str]:
    return ["validate", "--quiet", *files]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:8.0f} ms"


if __name__ == "__main__":
    main()
