"""A policy has a target that is there, and is the only one of its kind for it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from platform_compiler.objects import text
from platform_compiler.verify.gateway_api.names import is_missing
from platform_compiler.verify.gateway_api.policies import TARGETS, Target, policies, selectors, targets
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World, namespace_of

if TYPE_CHECKING:
    from platform_compiler.verify.workloads import GroupKind


def missing(world: World) -> Iterator[Fault]:
    """Yield targets that do not exist, and selectors that find nothing."""
    for policy in policies(world):
        found = targets(world, policy)
        for one in found:
            if one.ref.kind in TARGETS and is_missing(world, one.ref):
                cure = "a policy attaches only to objects of its own namespace"
                yield Fault("PC5328", policy, (*one.path, "name"), f"there is no {one.ref} to attach to", cure)
        reached = {one.path for one in found}
        for path, body in selectors(policy):
            kind = text(body, "kind")
            unread = any(k == kind and own == namespace_of(policy) for k, own, _ in world.facts.promised)
            if path not in reached and not unread:
                yield Fault("PC5328", policy, path, f"selects no {kind} of its namespace", "let the labels meet")


def missing_sections(world: World) -> Iterator[Fault]:
    """Yield parts that the target does not have."""
    for policy in policies(world):
        for one in targets(world, policy):
            if one.section and one.item and one.section not in one.sections:
                names = ", ".join(f"`{name}`" for name in one.sections)
                cure = f"its parts are {names}" if names else "give the part a name first"
                message = f"{one.ref} has no part `{one.section}`"
                yield Fault("PC5328", policy, (*one.path, "sectionName"), message, cure)


def competing(world: World) -> Iterator[Fault]:
    """Yield policies whose target an older one of their kind has."""
    first: dict[tuple[str, GroupKind, str, str, str], Target] = {}
    ordered = sorted(policies(world), key=lambda item: (_born(item) or "~", namespace_of(item), item.name))
    for policy in ordered:
        for one in targets(world, policy):
            key = (policy.kind, one.ref.kind, one.ref.namespace, one.ref.name, one.section)
            known = first.setdefault(key, one)
            if known.policy is not policy:
                aged = _born(policy) and _born(known.policy)
                wins = f"{known.policy} wins" if aged else f"the older one wins, of the same age {known.policy}"
                part = f", part `{one.section}`" if one.section else ""
                message = f"{one.ref}{part} has a {policy.kind} already: {wins}"
                also = (Other(known.policy, known.path, "attaches to it too"),)
                yield Fault("PC5329", policy, one.path, message, "put both into one policy", also)


def _born(item: Item) -> str:
    return text(item.body, "metadata", "creationTimestamp")
