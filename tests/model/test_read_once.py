"""What two states of a repository share is read once, and what is wrong with it is said of both."""

import shutil
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.load import load
from platform_compiler.load.excerpt import Excerpt
from platform_compiler.source.reader import read_yaml
from platform_compiler.source.tree import Directory

BASE = Path(__file__).parents[2] / "fixtures/base"


def test_manifest_is_shared_where_its_bytes_are_the_same(tmp_path: Path) -> None:
    edited = shutil.copytree(BASE, tmp_path / "edited")
    web = edited / "teams/shop/web.yaml"
    web.write_text(f"{web.read_text()}# edited\n")
    excerpt = Excerpt(read={})
    one, other = load(Directory(BASE), Bag(), excerpt), load(Directory(edited), Bag(), excerpt)
    assert one.platform is other.platform
    assert one.workloads["shop/web"] is not other.workloads["shop/web"]
    assert other == load(Directory(edited), Bag())


def test_document_that_was_read_already_is_the_one_that_is_judged(tmp_path: Path) -> None:
    flawed = shutil.copytree(BASE, tmp_path / "flawed")
    web = flawed / "teams/shop/web.yaml"
    web.write_text(f"{web.read_text()}  nonsense: 1\n")
    document = read_yaml("teams/shop/web.yaml", web.read_bytes(), Bag())
    assert document is not None
    bag, usual = Bag(), Bag()
    load(Directory(flawed), bag, Excerpt(documents={"teams/shop/web.yaml": document}))
    load(Directory(flawed), usual)
    assert bag.sorted() == usual.sorted() != ()
    (whole,) = (one for one in load(Directory(BASE), Bag()).workloads.values() if one.path == "teams/shop/web.yaml")
    again = load(Directory(BASE), Bag(), Excerpt(documents={whole.path: whole.document}))
    assert again.workloads[whole.ref].document is whole.document


def test_findings_of_a_shared_manifest_are_told_each_time(tmp_path: Path) -> None:
    flawed = shutil.copytree(BASE, tmp_path / "flawed")
    web = flawed / "teams/shop/web.yaml"
    web.write_text(f"{web.read_text()}  nonsense: 1\n")
    excerpt = Excerpt(read={})
    told = []
    for _ in range(2):
        bag = Bag()
        load(Directory(flawed), bag, excerpt)
        told.append(bag.sorted())
    assert told[0] == told[1] != ()
