"""The hook's latency as a whole process: a few files and three thousand, known to the cache and changed.

    python -m benchmarks.hook

Figures depend on the machine; nothing else may run beside them.
"""

import tempfile
from functools import partial
from pathlib import Path

from benchmarks.fleet import ref_of, write_fleet
from benchmarks.warm import Warm, touch

BOUTIQUE = Path(__file__).parents[1] / "fixtures/online-boutique"


def main() -> None:
    """Run everything and print a table."""
    print("platformc validate FILES, whole process, median")
    with tempfile.TemporaryDirectory(prefix="platformc-hook-") as scratch:
        folder = Path(scratch)
        show(Warm(BOUTIQUE, folder / "shop"), "one file of the Online Boutique", ["teams/web/frontend.yaml"])
        fleet, thousand = folder / "fleet", Warm(folder / "fleet", folder / "cache")
        write_fleet(fleet, 1_000)
        thousand.seconds("validate")
        for number in (1, 20):
            named = range(0, 25 * number, 25)  # each of another team
            files = [f"teams/{ref_of(n)}.yaml" for n in named]
            show(thousand, f"{number} of 1,000 applications, known", files)
            one = partial(touch, fleet, 0)
            print(f"  {f'{number} of them, one changed':<40}{_ms(thousand.median(5, *_words(files), before=one))}")
        large = folder / "large"
        write_fleet(large, 2_875)
        every = sorted(path.relative_to(large).as_posix() for path in large.rglob("*.yaml"))[:3_000]
        show(Warm(large, folder / "cache"), f"{len(every):,} files, known", every)


def show(warm: Warm, name: str, files: list[str]) -> None:
    """Print how long `platformc validate FILES` takes once it has been asked before."""
    warm.seconds(*_words(files))
    print(f"  {name:<40}{_ms(warm.median(7, *_words(files)))}")


def _words(files: list[str]) -> list[str]:
    return ["validate", "--quiet", *files]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:8.0f} ms"


if __name__ == "__main__":
    main()
