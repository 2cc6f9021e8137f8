"""What a program works out of its own files is worked out once, and is the same when it is found again."""

import json
from pathlib import Path

import pytest

from platform_compiler.blueprints import kept_contract
from platform_compiler.blueprints.catalog import load_catalog
from platform_compiler.blueprints.kept import as_bytes, from_bytes
from platform_compiler.blueprints.program import FOLDERS, program_of
from platform_compiler.cache import own
from platform_compiler.cache.store import NOTHING, Store
from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.source.tree import Directory
from platform_compiler.verify.profile.profile import kind_in_profile, kinds
from platform_compiler.verify.versions import Versions

BASE = Path(__file__).parents[2] / "fixtures/base"


def test_what_one_run_keeps_the_next_one_finds(tmp_path: Path) -> None:
    for name in ("one", "other"):
        with own.kept_in(Store(str(tmp_path))):
            assert own.get(name) is None
            own.put(name, name.encode)
    with own.kept_in(Store(str(tmp_path))):
        assert (own.get("one"), own.get("other")) == (b"one", b"other")
    assert len(list(tmp_path.iterdir())) == 1


def test_run_that_finds_everything_writes_nothing(tmp_path: Path) -> None:
    with own.kept_in(Store(str(tmp_path))):
        own.put("one", lambda: b"1")
    (entry,) = tmp_path.iterdir()
    written = entry.stat().st_ino
    with own.kept_in(Store(str(tmp_path))):
        assert own.get("one") == b"1"
    assert entry.stat().st_ino == written


def test_damaged_entry_is_worked_out_again(tmp_path: Path) -> None:
    with own.kept_in(Store(str(tmp_path))):
        own.put("one", lambda: b"1")
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(entry.read_bytes()[:-1] + b"2")
    with own.kept_in(Store(str(tmp_path))):
        assert own.get("one") is None
        own.put("one", lambda: b"1")
    with own.kept_in(Store(str(tmp_path))):
        assert own.get("one") == b"1"


def test_without_a_folder_nothing_is_kept() -> None:
    with own.kept_in(NOTHING):
        own.put("one", lambda: pytest.fail("nobody asks for the bytes"))
        assert own.get("one") is None


def test_built_in_templates_are_the_same_when_they_were_kept() -> None:
    bag = Bag()
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), bag), bag)
    for blueprint in (one for versions in catalog.blueprints.values() for one in versions):
        program = program_of(blueprint, bag, check=False)
        for one in (one for folder, _ in FOLDERS for one in program.templates[folder]):
            path = one.template.span.path
            assert repr(from_bytes(as_bytes(one.template), path)) == repr(one.template)
            assert frozenset(from_bytes(as_bytes(tuple(one.reads)), path)) == one.reads


def test_built_in_contracts_are_the_same_when_they_were_kept() -> None:
    bag = Bag()
    catalog = load_catalog(Directory(BASE), load(Directory(BASE), bag), bag)
    for contract in (one.contract for versions in catalog.blueprints.values() for one in versions):
        kept = kept_contract.from_bytes(kept_contract.as_bytes(contract), contract.span.path)
        assert (repr(kept._replace(emits=frozenset())), kept.emits) == (
            repr(contract._replace(emits=frozenset())),
            contract.emits,
        )


def test_schemas_of_the_profile_are_the_same_when_they_were_kept() -> None:
    for api_version, name in sorted(kinds()):
        kind = kind_in_profile(api_version, name, Versions())
        assert kind is None or json.loads(json.dumps(kind)) == list(kind)
