"""Judging YAML in tests: by everything there is, or by the checks of one package alone."""

from typing import Protocol

from platform_compiler.diagnostics import Bag, Diagnostic
from platform_compiler.schema.store import NOTHING, Store
from platform_compiler.source.node import Node
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.places import InFile, dotted
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.verify import judge
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.world import Check, Facts, World

USUAL = Facts()


def tree_of(item: Item) -> Node:
    """Return an object as the nodes it was read from."""
    assert isinstance(item.place, InFile)
    return item.place.tree


def diagnostics(
    text: str, *, whole: bool = True, versions: Versions = LATEST, imported: Store = NOTHING
) -> tuple[Diagnostic, ...]:
    """Return everything that is found in a stream of YAML."""
    bag = Bag()
    items = items_of("judged.yaml", text.encode(), bag)
    judge(items, {"": Facts(versions)}, lambda _: Schemas(versions, imported), tree_of, bag, whole=whole)
    return bag.sorted()


def found(text: str, *, whole: bool = True, versions: Versions = LATEST, imported: Store = NOTHING) -> list[str]:
    """Return what is found in a stream of YAML, each as `CODE Kind namespace/name: message`."""
    every = diagnostics(text, whole=whole, versions=versions, imported=imported)
    return [f"{d.code} {d.message.replace('`', '')}" for d in every]


def codes(text: str, *, whole: bool = True, versions: Versions = LATEST) -> set[str]:
    """Return the codes of what is found in a stream of YAML."""
    return {d.code for d in diagnostics(text, whole=whole, versions=versions)}


def refused(text: str, *, versions: Versions = LATEST, imported: Store = NOTHING) -> list[str]:
    """Return what the schemas of a stream's kinds refuse, in words; what sound objects mean is left aside."""
    shape = ("PC1", "PC50", "PC5230")
    every = found(text, whole=False, versions=versions, imported=imported)
    return [line for line in every if line.startswith(shape)]


class Checks(Protocol):
    """A package of checks."""

    ALONE: tuple[Check, ...]
    WHOLE: tuple[Check, ...]


def faults(checks: Checks, text: str, *, whole: bool = True, facts: Facts = USUAL) -> list[Fault]:
    """Return what one package finds in a stream of YAML; no schema is asked, so that a world may be small."""
    bag = Bag()
    items = items_of("judged.yaml", text.encode(), bag)
    assert bag.sorted() == ()
    return all_faults(checks, World(items, facts, whole))


def all_faults(checks: Checks, world: World) -> list[Fault]:
    """Return what one package finds in a world."""
    return [fault for check in (*checks.ALONE, *(checks.WHOLE if world.whole else ())) for fault in check(world)]


def in_words(fault: Fault) -> str:
    """Return a fault as `CODE Kind namespace/name: message`."""
    return f"{fault.code} {fault.item}: {fault.message}".replace("`", "")


def at_place(fault: Fault) -> str:
    """Return a fault as `CODE Kind namespace/name field`."""
    return f"{fault.code} {fault.item} {dotted(fault.path)}".replace("`", "")
