"""Running the checks of Kubernetes alone: no schema has a say, so that a case holds only what it is about."""

from platform_compiler.diagnostics import Bag
from platform_compiler.verify import kubernetes
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.item import Fault
from platform_compiler.verify.places import dotted
from platform_compiler.verify.versions import LATEST, Versions
from platform_compiler.verify.world import Facts, World

Promised = frozenset[tuple[str, str, str]]


def faults(
    text: str, *, whole: bool = True, versions: Versions = LATEST, promised: Promised = frozenset()
) -> list[Fault]:
    """Return what the checks find in a stream of YAML."""
    world = World(items_of("checked.yaml", text.encode(), Bag()), Facts(versions, promised=promised), whole)
    checks = (*kubernetes.ALONE, *(kubernetes.WHOLE if whole else ()))
    return [fault for check in checks for fault in check(world)]


def told(text: str, *, whole: bool = True, versions: Versions = LATEST, promised: Promised = frozenset()) -> list[str]:
    """Return what is found as `CODE path: message`."""
    found = faults(text, whole=whole, versions=versions, promised=promised)
    return [f"{fault.code} {dotted(fault.path)}: {fault.message.replace('`', '')}" for fault in found]
