"""No input gives a traceback: mutated manifests end in findings or in a clean compile."""

import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_compiler.diagnostics import Bag
from platform_compiler.pipeline import compile_tree
from platform_compiler.source.tree import Directory

BASE = Path(__file__).parents[2] / "fixtures" / "base"
FILES = {path: Directory(BASE).read(path) for path in Directory(BASE).paths()}


@dataclass(frozen=True)
class InMemory:
    """A file tree held in memory."""

    files: dict[str, bytes]

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def read(self, path: str) -> bytes:
        return self.files[path]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Damage a file the way people do: lines lost, doubled, swapped, re-indented; values exchanged; bytes broken."""
    lines = data.split(b"\n")
    for _ in range(rng.randint(1, 4)):
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(7):
            case 0:
                del lines[at]
                lines = lines or [b""]
            case 1:
                lines.insert(other, lines[at])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = b"  " + lines[at]
            case 4:
                key, colon, _ = lines[at].partition(b":")
                lines[at] = (
                    key
                    + colon
                    + rng.choice([b"", b" null", b" {}", b" []", b" no", b" 12", b" [1, {a: b}]", b" {x: {}}"])
                )
            case 5:
                lines[at] = lines[at].replace(b":", b"", 1)
            case _:
                lines[at] += bytes([rng.randrange(256)])
    return b"\n".join(lines)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0), st.sampled_from(sorted(FILES)))
def test_mutated_manifest_gives_findings_and_never_an_exception(seed: int, path: str) -> None:
    damaged = {**FILES, path: mutated(FILES[path], random.Random(seed))}
    bag = Bag()
    output = compile_tree(InMemory(damaged), date(2026, 6, 1), bag)
    assert (output is None) == bag.has_errors


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from(sorted(FILES)))
def test_random_bytes_give_findings_and_never_an_exception(data: bytes, path: str) -> None:
    bag = Bag()
    compile_tree(InMemory({**FILES, path: data}), date(2026, 6, 1), bag)
    assert bag.has_errors


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a: b\n" * 2_000_000, "PC1004"),
        (b"a: " + b"[" * 30_000, "PC1005"),
        (b"{a: " * 30_000, "PC1005"),
        (b"- " * 30_000 + b"a", "PC1005"),
        (b"a: &a [x]\nb: [" + b"*a, " * 9 + b"*a]\n", "PC1010"),
    ],
    ids=["10 MB", "30,000 brackets", "30,000 braces", "30,000 dashes", "aliases"],
)
def test_hostile_file_is_refused(data: bytes, code: str) -> None:
    bag = Bag()
    assert compile_tree(InMemory({**FILES, "teams/shop/web.yaml": data}), date(2026, 6, 1), bag) is None
    assert code in {d.code for d in bag.sorted()}
