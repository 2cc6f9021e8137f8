"""Everything that AuthorizationPolicies say by themselves, with their rules read once."""

from collections.abc import Iterator

from platform_compiler.verify.istio import literals, openness, refused
from platform_compiler.verify.istio.rules import in_force, rules_of
from platform_compiler.verify.istio.scope import SECURITY
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World


def check(world: World) -> Iterator[Fault]:
    """Yield what is wrong with policies, whatever else exists."""
    for policy in world.of(SECURITY, "AuthorizationPolicy"):
        rules = rules_of(policy)
        yield from refused.of_rules(policy, rules)
        if in_force(policy):
            yield from openness.of_rules(policy, rules)
            yield from literals.of_rules(policy, rules)
