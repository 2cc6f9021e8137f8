"""Judging YAML in tests: what is found, each as `CODE Kind namespace/name: message`."""

from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.source.node import Node
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.verify import judge
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.world import Facts


def tree_of(item: Item) -> Node:
    """Return an object as the nodes it was read from."""
    assert isinstance(item.place, InFile)
    return item.place.tree


def diagnostics(text: str, *, whole: bool = True, versions: Versions = LATEST) -> tuple[Diagnostic, ...]:
    """Return everything that is found in a stream of YAML."""
    bag = Bag()
    items = items_of("judged.yaml", text.encode(), bag)
    judge(items, {"": Facts(versions)}, lambda _: Schemas(versions), tree_of, bag, whole=whole)
    return bag.sorted()


def found(text: str, *, whole: bool = True, versions: Versions = LATEST) -> list[str]:
    """Return what is found in a stream of YAML, in words."""
    return [f"{d.code} {d.message.replace('`', '')}" for d in diagnostics(text, whole=whole, versions=versions)]


def codes(text: str, *, whole: bool = True, versions: Versions = LATEST) -> set[str]:
    """Return the codes of what is found in a stream of YAML."""
    return {d.code for d in diagnostics(text, whole=whole, versions=versions)}


def refused(text: str, *, versions: Versions = LATEST) -> list[str]:
    """Return what the schemas of a stream's kinds refuse, in words; what sound objects mean is left aside."""
    shape = ("PC1", "PC50", "PC5230")
    return [line for line in found(text, whole=False, versions=versions) if line.startswith(shape)]
