"""What is said of a plain policy without reading its rules in full is what is found in them."""

from pathlib import Path

from platform_compiler.diagnostics import Bag
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.istio import openness, refused
from platform_compiler.verify.istio.literals import why_never
from platform_compiler.verify.istio.rules import named, policies
from platform_compiler.verify.world import Facts, World

FIXTURES = Path(__file__).parents[3] / "fixtures"


def test_nothing_is_found_in_the_rules_of_a_plain_policy() -> None:
    files = sorted(FIXTURES.glob("**/authorizationpolicy-*.yaml"))
    items = [item for file in files for item in items_of(file.name, file.read_bytes(), Bag())]
    plain = [(item, policy) for item, policy in policies(World(items, Facts(), whole=False)) if policy.is_plain]
    for item, policy in plain:
        assert not [*refused.of_policy(item, policy), *openness.of_policy(item, policy)], item.place.file
        for field in ("principals", "hosts", "methods", "paths"):
            listed = [value for _, value in named(policy, field)]
            assert not any(why_never(field, value) for value in listed), item.place.file
        assert {port for _, port in named(policy, "ports")} == policy.ports
    assert len(plain) > 20
