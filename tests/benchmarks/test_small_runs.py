"""The benchmarks run: on a fleet of two each prints its table. The figures themselves are no matter of tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["benchmarks.bench", "--apps", "2"], "us/resource"),
        (["benchmarks.bench", "--apps", "2", "--meshed"], "us/resource"),
        (["benchmarks.bench", "--apps", "2", "--schemas-alone"], "schemas"),
        (["benchmarks.growth", "--sizes", "2", "--repeat", "1"], "xychart-beta"),
        (["benchmarks.diff", "--apps", "2"], "one application"),
        (["benchmarks.policies", "--apps", "2"], "resources/s"),
        (["benchmarks.hook", "--apps", "2", "--many", "2", "--repeat", "1"], "2 of 2 applications, known"),
        (["benchmarks.warm", "--apps", "2", "--repeat", "1"], "one application changed"),
        (["benchmarks.verify", "--apps", "2"], "us/object"),
        (["benchmarks.publish", "--apps", "2"], "20 files changed"),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_a_benchmark_prints_its_table(words: list[str], told: str) -> None:
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert told in done.stdout


def test_peers_say_what_they_are_given_and_install_nothing_for_that() -> None:
    command = [sys.executable, "-m", "benchmarks.peers", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Kapitan" in done.stdout
