"""How many processes may run at once, by what the kernel says of the control group, in files as it writes them."""

import os
from pathlib import Path

import pytest

from platform_compiler.scale.cores import cores

USABLE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write(root: Path, group: str, limits: dict[str, str]) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(f"12:cpu,cpuacct:/older\n0::{group}\n")
    for name, limit in limits.items():
        folder = root / "sys/fs/cgroup" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cpu.max").write_text(f"{limit}\n")


@pytest.mark.parametrize(
    ("group", "limits"),
    [
        ("/", {".": "50000 100000"}),
        ("/", {".": "100000 100000"}),
        ("/kubepods/pod-1/app", {"kubepods/pod-1/app": "20000 100000"}),
        ("/kubepods/pod-1/app", {"kubepods/pod-1/app": "max 100000", "kubepods/pod-1": "100000 100000"}),
        ("/../..", {".": "100000 100000"}),
    ],
    ids=["half-a-core", "one-core", "group-below", "group-around", "namespace-of-its-own"],
)
def test_a_limit_of_at_most_one_core_leaves_one_process(tmp_path: Path, group: str, limits: dict[str, str]) -> None:
    write(tmp_path, group, limits)
    assert cores(tmp_path) == 1


def test_a_part_of_a_core_counts_as_one(tmp_path: Path) -> None:
    write(tmp_path, "/", {".": "150000 100000"})
    assert cores(tmp_path) == min(USABLE, 2)


@pytest.mark.parametrize("limit", ["max 100000", "100000000 100000", "odd", "1 0", ""])
def test_no_limit_leaves_all_that_the_process_may_use(tmp_path: Path, limit: str) -> None:
    write(tmp_path, "/", {".": limit})
    assert cores(tmp_path) == USABLE


def test_a_system_without_control_groups_leaves_all_that_the_process_may_use(tmp_path: Path) -> None:
    assert cores(tmp_path) == USABLE
