"""Writing an output: atomic, only what changed, only what is owned, and nothing when anything is wrong."""

from pathlib import Path

import pytest

from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Bag
from platform_compiler.emit.layout import Output
from platform_compiler.emit.write import Written, write

WEB = Unit("prod", "app", "shop/web", "clusters/prod/shop/web")
CART = Unit("prod", "app", "shop/cart", "clusters/prod/shop/cart")
WEB_FILE, CART_FILE = f"{WEB.folder}/service-web.yaml", f"{CART.folder}/service-cart.yaml"


def output(**files: bytes) -> Output:
    paths = {"web": (WEB, WEB_FILE), "cart": (CART, CART_FILE), "more": (WEB, f"{WEB.folder}/sidecar-web.yaml")}
    units: dict[Unit, tuple[str, ...]] = {}
    for name in files:
        unit, path = paths[name]
        units[unit] = (*units.get(unit, ()), path)
    return Output({paths[name][1]: data for name, data in files.items()}, units, {})


def run(made: Output, directory: Path, *, adopt: bool = False, force: bool = False, only: Unit | None = None) -> object:
    bag = Bag()
    written = write(made, directory, lambda unit: only in (None, unit), bag, adopt=adopt, force=force)
    return written if written is not None else [d.code for d in bag.sorted()]


def tree(directory: Path) -> list[str]:
    return sorted(p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file())


def test_second_run_touches_nothing(tmp_path: Path) -> None:
    assert run(output(web=b"1", cart=b"2"), tmp_path) == Written(2, 0, 0)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in tree(tmp_path)}
    assert run(output(web=b"1", cart=b"2"), tmp_path) == Written(0, 0, 2)
    assert {path: (tmp_path / path).stat().st_mtime_ns for path in tree(tmp_path)} == before


def test_only_the_changed_file_is_written(tmp_path: Path) -> None:
    run(output(web=b"1", cart=b"2"), tmp_path)
    assert run(output(web=b"1", cart=b"3"), tmp_path) == Written(1, 0, 1)
    assert (tmp_path / CART_FILE).read_bytes() == b"3"


def test_what_is_no_longer_made_is_deleted_with_its_folder_and_its_ledger(tmp_path: Path) -> None:
    run(output(web=b"1", cart=b"2", more=b"3"), tmp_path)
    assert run(output(web=b"1"), tmp_path) == Written(0, 2, 1)
    assert tree(tmp_path) == [f".platformc/ledger/{WEB.folder}.json", WEB_FILE]
    assert not (tmp_path / CART.folder).exists()


def test_a_unit_that_takes_the_place_of_another_owns_what_is_there(tmp_path: Path) -> None:
    run(output(web=b"1", more=b"2"), tmp_path)
    heir = WEB._replace(scope="raw")
    made = Output({WEB_FILE: b"1"}, {heir: (WEB_FILE,)}, {})
    assert run(made, tmp_path) == Written(0, 1, 1)
    assert tree(tmp_path) == [f".platformc/ledger/{WEB.folder}.json", WEB_FILE]
    assert run(Output({WEB_FILE: b"3"}, {heir: (WEB_FILE,)}, {}), tmp_path) == Written(1, 0, 0)


def test_a_selection_deletes_nothing_of_other_units(tmp_path: Path) -> None:
    run(output(web=b"1", cart=b"2"), tmp_path)
    assert run(output(web=b"5"), tmp_path, only=WEB) == Written(1, 0, 0)
    assert (tmp_path / CART_FILE).read_bytes() == b"2"


def test_foreign_file_is_refused_and_adopted_on_request(tmp_path: Path) -> None:
    (tmp_path / WEB.folder).mkdir(parents=True)
    (tmp_path / WEB_FILE).write_bytes(b"mine")
    assert run(output(web=b"1", cart=b"2"), tmp_path) == ["PC6101"]
    assert tree(tmp_path) == [WEB_FILE]
    assert run(output(web=b"1"), tmp_path, adopt=True) == Written(1, 0, 0)


def test_foreign_file_beside_ours_is_left_alone(tmp_path: Path) -> None:
    run(output(web=b"1"), tmp_path)
    (tmp_path / WEB.folder / "notes.txt").write_text("mine")
    assert run(output(), tmp_path) == Written(0, 1, 0)
    assert tree(tmp_path) == [f"{WEB.folder}/notes.txt"]


@pytest.mark.parametrize("made", [output(web=b"2"), output(cart=b"2")], ids=["changed", "deleted"])
def test_file_edited_by_hand_is_kept_until_forced(tmp_path: Path, made: Output) -> None:
    run(output(web=b"1"), tmp_path)
    (tmp_path / WEB_FILE).write_bytes(b"edited")
    assert run(made, tmp_path) == ["PC6102"]
    assert (tmp_path / WEB_FILE).read_bytes() == b"edited"
    assert not (tmp_path / CART_FILE).exists()
    assert isinstance(run(made, tmp_path, force=True), Written)
    assert not (tmp_path / WEB_FILE).exists() or (tmp_path / WEB_FILE).read_bytes() == b"2"


def test_ledger_that_names_files_outside_the_output_deletes_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "precious"
    outside.write_text("keep")
    directory = tmp_path / "out"
    run(output(web=b"1"), directory)
    ledger = directory / ".platformc/ledger" / f"{WEB.folder}.json"
    ledger.write_text(ledger.read_text().replace(WEB_FILE, "../precious"))
    run(output(), directory, force=True)
    assert outside.read_text() == "keep"


def test_unreadable_ledger_owns_nothing(tmp_path: Path) -> None:
    run(output(web=b"1"), tmp_path)
    (tmp_path / ".platformc/ledger" / f"{WEB.folder}.json").write_text("{")
    assert run(output(web=b"2"), tmp_path) == ["PC6101"]


@pytest.mark.parametrize("made", [output(web=b"1", cart=b"2"), output(cart=b"2")], ids=["made", "no longer made"])
def test_folder_where_a_file_was_is_reported_and_nothing_is_written(tmp_path: Path, made: Output) -> None:
    run(output(web=b"1", cart=b"1"), tmp_path)
    (tmp_path / WEB_FILE).unlink()
    (tmp_path / WEB_FILE).mkdir()
    assert run(made, tmp_path) == ["PC6103"]
    assert (tmp_path / CART_FILE).read_bytes() == b"1"


@pytest.mark.parametrize("size", [(1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3 << 16])
def test_large_file_is_compared_to_its_end(tmp_path: Path, size: int) -> None:
    run(output(web=b"a" * size), tmp_path)
    assert run(output(web=b"a" * size), tmp_path) == Written(0, 0, 1)
    assert run(output(web=b"a" * (size - 1) + b"b"), tmp_path) == Written(1, 0, 0)
