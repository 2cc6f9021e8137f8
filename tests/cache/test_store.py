"""A cache is whole or not there; it never makes a run fail and never grows without end."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_compiler.cache.store import NOTHING, Store


def store(folder: Path, bound: int = 1 << 20) -> Store:
    return Store(str(folder), bound)


@given(data=st.binary(max_size=300), damage=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_damaged_entry_is_never_given_out_and_goes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, damage: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    store(folder).put("a1", data)
    (file,) = folder.iterdir()
    sealed = bytearray(file.read_bytes())
    sealed[damage % len(sealed)] = byte
    whole = bytes(sealed) == file.read_bytes()
    file.write_bytes(sealed)
    assert store(folder).get("a1") == (data if whole else None)
    assert file.exists() == whole


@given(data=st.binary(max_size=100), length=st.integers(0, 119))
def test_truncated_entry_is_a_miss(tmp_path_factory: pytest.TempPathFactory, data: bytes, length: int) -> None:
    folder = tmp_path_factory.mktemp("cache")
    store(folder).put("a1", data)
    (file,) = folder.iterdir()
    sealed = file.read_bytes()
    file.write_bytes(sealed[:length])
    assert store(folder).get("a1") == (data if length >= len(sealed) else None)


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = store(tmp_path, bound=4_000)
    for number in range(4):
        cache.put(f"a{number}", bytes(900))
        os.utime(tmp_path / f"a{number}.entry", (number, number))
    assert cache.get("a0") == bytes(900)  # used again
    cache.put("0b", bytes(900))  # tidies
    assert cache.get("a1") is None
    assert cache.get("a0") == bytes(900)
    assert cache.get("0b") == bytes(900)


def test_entry_that_would_drive_out_all_others_is_not_kept(tmp_path: Path) -> None:
    store(tmp_path, bound=4_000).put("a1", bytes(1_001))
    assert store(tmp_path).get("a1") is None


def test_half_an_entry_of_a_killed_run_is_tidied_away_once_it_is_old(tmp_path: Path) -> None:
    young, old = tmp_path / "a.1.half", tmp_path / "b.2.half"
    young.write_bytes(b"half")
    old.write_bytes(b"half")
    os.utime(old, (0, 0))
    store(tmp_path).tidy()
    assert young.exists()
    assert not old.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    store(tmp_path / "cache").put("a1", b"data")
    assert store(tmp_path / "cache").get("a1") is None


def test_file_in_the_place_of_the_folder_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    cache = store(tmp_path / "cache")
    cache.put("0a", b"data")
    assert cache.get("0a") is None
    assert cache.clean() == 0


def test_nothing_is_kept_where_there_is_no_folder() -> None:
    NOTHING.put("0a", b"data")
    assert NOTHING.get("0a") is None
    assert NOTHING.clean() == 0


def test_runs_at_once_read_whole_entries_or_none(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from platform_compiler.cache.store import Store\n"
        "cache = Store(sys.argv[1], 40_000)\n"
        "for turn in range(300):\n"
        "    key = f'{turn % 16:x}{turn % 5}'\n"
        "    cache.put(key, key.encode() * 2_000)\n"
        "    found = cache.get(key)\n"
        "    assert found in (None, key.encode() * 2_000), key\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 4
    assert not list(tmp_path.glob("*.half"))


def test_clean_leaves_files_of_others(tmp_path: Path) -> None:
    store(tmp_path).put("a1", b"data")
    (tmp_path / "README").write_text("mine")
    assert store(tmp_path).clean() > 0
    assert [file.name for file in tmp_path.iterdir()] == ["README"]
