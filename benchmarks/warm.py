"""What a second run costs as a whole process: nothing changed, one manifest, a mistake, or a default of an environment.

    python -m benchmarks.warm [--apps 1000] [--repeat 7]

Each run is a process of its own with a cache of its own folder; the first fills it. Figures depend on the machine;
nothing else may run beside them.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.fleet import CLUSTERS, ENVIRONMENTS, ref_of, write_fleet

ROOT = Path(__file__).parents[1]
_FEW = 10
"""As many applications read one of the environments' defaults."""


class Warm:
    """Runs `platformc` in a repository, remembering in a folder of its own."""

    def __init__(self, root: Path, cache: Path) -> None:
        self._root = root
        inherited = {name: value for name, value in os.environ.items() if name != "PLATFORMC_NO_CACHE"}
        self._environment = {**inherited, "PYTHONPATH": str(ROOT), "PLATFORMC_CACHE_DIR": str(cache)}

    def seconds(self, *words: str, code: int = 0) -> float:
        """Return the seconds of one run, from start to end of the process, which exits with `code`."""
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "platform_compiler", *words],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._root,
            env=self._environment,
        )
        if done.returncode != code:
            raise SystemExit(f"platformc {' '.join(words)} exited with {done.returncode}, not {code}")
        return time.perf_counter() - started

    def median(self, times: int, *words: str, before: Callable[[], object] = lambda: None, code: int = 0) -> float:
        """Return the median of several runs; `before` is done before each."""
        found = []
        for _ in range(times):
            before()
            found.append(self.seconds(*words, code=code))
        return statistics.median(found)


def touch(fleet: Path, number: int) -> None:
    """Give one application another image, one that it never had."""
    file = fleet / f"teams/{ref_of(number)}.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("  image: ")
    end = text.index("\n", start)
    file.write_text(f"{text[:start]}  image: ghcr.io/acme/a:{time.time_ns()}{text[end:]}", encoding="utf-8")


def mistype(fleet: Path, number: int) -> None:
    """Give one application a key that there is none of, one that it never had."""
    file = fleet / f"teams/{ref_of(number)}.yaml"
    sound, _, _ = file.read_text(encoding="utf-8").partition("  imgae")
    file.write_text(f"{sound}  imgae{time.time_ns()}: a\n", encoding="utf-8")


def touch_default(fleet: Path, word: str) -> None:
    """Give one environment another default, one that it never had."""
    file = fleet / f"environments/{ENVIRONMENTS[-1]}.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index(f"{word}: ") + len(word) + 2
    end = next(place for place in range(start, len(text)) if not text[place].isdigit())
    file.write_text(f"{text[:start]}{int(text[start:end]) + 1}{text[end:]}", encoding="utf-8")


def let_few_read(fleet: Path, few: int) -> None:
    """Let the first applications leave it to their environment how long a request may take."""
    for environment in ENVIRONMENTS:
        file = fleet / f"environments/{environment}.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("  defaults:\n", "  defaults:\n    traffic: {timeout: 5s}\n"), encoding="utf-8")
    for number in range(few):
        file = fleet / f"teams/{ref_of(number)}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("    timeout: 5s\n", ""), encoding="utf-8")


def main() -> None:
    """Run everything and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=int, default=1000, help="applications in the generated fleet (default 1000)")
    parser.add_argument("--repeat", type=int, default=7, help="runs of which the median is told (default 7)")
    options = parser.parse_args()
    apps, times = options.apps, options.repeat
    with tempfile.TemporaryDirectory(prefix="platformc-warm-") as scratch:
        fleet, output = Path(scratch) / "fleet", Path(scratch) / "output"
        write_fleet(fleet, apps)
        one = partial(touch, fleet, 0)
        warm = Warm(fleet, Path(scratch) / "cache")
        print(f"{apps} applications x {len(CLUSTERS)} clusters, whole process: first run, then the median of {times}")
        for words in (("validate",), ("compile", "--check"), ("compile", "-o", str(output)), ("compile",)):
            first = warm.seconds(*words)
            show(" ".join(words).replace(str(output), "DIR"), first, warm.median(times, *words))
        before = Path(scratch) / "before"
        shutil.copytree(fleet, before)
        write, few = ("compile", "-o", str(output)), min(times, 3)
        show("one application changed: compile --check", warm.median(few, "compile", "--check", before=one))
        show("one application changed: compile -o DIR", warm.median(few, *write, before=one))
        mistaken = partial(mistype, fleet, 0)
        show(
            "one application mistyped: compile --check", warm.median(few, "compile", "--check", before=mistaken, code=1)
        )
        shutil.copy(before / f"teams/{ref_of(0)}.yaml", fleet / f"teams/{ref_of(0)}.yaml")
        sides = ("diff", "--from", str(before), "--to", str(fleet), "--no-exit-code")
        show("one application changed: diff", warm.median(few, *sides, before=one))
        shutil.rmtree(fleet)
        shutil.copytree(before, fleet)
        readers = min(apps, _FEW)
        let_few_read(fleet, readers)
        warm.seconds("compile", "--check")
        for word, who in (("timeout", f"{readers} applications read"), ("max", "most read")):
            changing = partial(touch_default, fleet, word)
            show(f"default that {who}: compile --check", warm.median(few, "compile", "--check", before=changing))


def show(name: str, *seconds: float) -> None:
    """Print one line of the table."""
    print(f"  {name:<52}" + "".join(f"{one:9.2f} s" for one in seconds))


if __name__ == "__main__":
    main()
