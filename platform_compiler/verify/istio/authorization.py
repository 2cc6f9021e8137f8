"""Everything that AuthorizationPolicies say by themselves."""

from collections.abc import Iterator

from platform_compiler.verify.istio import openness, refused
from platform_compiler.verify.istio.literals import why_never
from platform_compiler.verify.istio.rules import Policy, policies
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_FIELDS = {
    name: field
    for field in ("principals", "requestPrincipals", "hosts", "methods", "paths")
    for name in (field, f"not{field[0].upper()}{field[1:]}")
}


def check(world: World) -> Iterator[Fault]:
    """Yield what is wrong with policies, whatever else exists."""
    for item, policy in policies(world):
        if policy.is_plain:
            continue
        yield from refused.of_policy(item, policy)
        if policy.in_force:
            yield from openness.of_policy(item, policy)
            yield from _never_matching(item, policy)


def _never_matching(item: Item, policy: Policy) -> Iterator[Fault]:
    """Yield values that never match."""
    for rule in policy.rules:
        for part in (*rule.sources, *rule.operations):
            for name, values in part.fields.items():
                for i, value in enumerate(values) if name in _FIELDS else ():
                    if isinstance(value, str) and (found := why_never(_FIELDS[name], value)):
                        why, cure = found
                        yield Fault("PC5246", item, (*part.path, name, i), f"`{value}` never matches: {why}", cure)
