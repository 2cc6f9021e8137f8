"""API versions of Kubernetes that are gone from a cluster, or soon will be: `profile/retired.yaml` lists them."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_yaml
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.versions import Version, version

_FILE = Path(__file__).parent / "profile" / "retired.yaml"
GONE = "PC5006"


def retired(item: Item, now: Version) -> Fault | None:
    """Return what is wrong with the API version of an object on a cluster of version `now`."""
    api_version = str(item.body["apiVersion"])
    row = _row(api_version, item.kind)
    if row is None:
        return None
    removed, deprecated = row.get("removed"), row.get("deprecated")
    cure = f"use {row['use']}"
    if removed and now >= version(removed):
        message = f"`{api_version}` `{item.kind}` is no longer served since Kubernetes {removed}"
        return Fault(GONE, item, ("apiVersion",), message, cure)
    if not deprecated or now < version(deprecated):
        return None
    until = f" and gone in {removed}" if removed else ""
    message = f"`{api_version}` `{item.kind}` is deprecated since Kubernetes {deprecated}{until}"
    return Fault("PC5007", item, ("apiVersion",), message, cure)


@lru_cache(maxsize=1024)
def _row(api_version: str, kind: str) -> Mapping[str, str] | None:
    name = f"{api_version} {kind}"
    # Parsing the table takes longer than most runs
    return _table()[name] if f"\n{name}:" in _text() else None


@cache
def _text() -> str:
    return _FILE.read_text(encoding="utf-8")


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    bag = Bag()
    tree = read_yaml(_FILE.name, _FILE.read_bytes(), bag)
    assert tree is not None, bag.sorted()
    table: Mapping[str, Mapping[str, str]] = plain(tree)
    return table
