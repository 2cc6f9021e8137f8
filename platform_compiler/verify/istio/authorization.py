"""Everything that AuthorizationPolicies say by themselves."""

from collections.abc import Iterator

from platform_compiler.verify.istio import literals, openness, refused
from platform_compiler.verify.istio.rules import policies
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World


def check(world: World) -> Iterator[Fault]:
    """Yield what is wrong with policies, whatever else exists."""
    for policy in policies(world):
        yield from refused.of_policy(policy)
        if policy.in_force:
            yield from openness.of_policy(policy)
            yield from literals.of_policy(policy)
