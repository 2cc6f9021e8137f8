"""What can be said only when everything is linked: promises of a manifest that its cluster cannot keep."""

from collections.abc import Callable, Iterable

from platform_compiler.diagnostics import Bag
from platform_compiler.link.alike import Alike
from platform_compiler.link.facts import entries
from platform_compiler.link.failover import check_failover
from platform_compiler.link.limits import check_replica_limit
from platform_compiler.link.mesh_checks import (
    check_addresses_let_in,
    check_denials,
    check_identities,
    check_narrowing,
    check_traffic,
    check_version_names,
    reads_nothing,
)
from platform_compiler.link.model import Interface, Linked, RefSource, Target
from platform_compiler.link.secrets import check_secret_stores
from platform_compiler.link.strangers import check_strangers
from platform_compiler.link.token_checks import check_tokens
from platform_compiler.load import Loaded
from platform_compiler.source.node import MapNode

Check = Callable[[Target, Linked, Loaded, Bag], None]


def _asks_for_tokens(interface: Interface) -> bool:
    return bool(interface.exposes) or any(rule.jwt for rule in interface.access)


def _lets_strangers_in(interface: Interface) -> bool:
    return not {type(source) for rule in interface.access for source in rule.sources} <= {RefSource}


def _denies(interface: Interface) -> bool:
    return bool(interface.deny)


OF_INTERFACES: tuple[tuple[Callable[[Interface], bool], tuple[Check, ...]], ...] = (
    (_asks_for_tokens, (check_tokens,)),
    (_lets_strangers_in, (check_addresses_let_in, check_identities, check_strangers)),
    (_denies, (check_denials,)),
    (reads_nothing, (check_traffic,)),
)
"""Checks of applications, beside what an interface must be for them to have anything to tell, on any cluster."""
OF_TREES: tuple[Check, ...] = (check_failover, check_replica_limit, check_secret_stores)
_OF_RESILIENCE = frozenset({"failover", "rateLimit"})
"""What these are about, beside `secrets`."""


def is_about_tree(spec: MapNode) -> bool:
    """Whether a tree says anything that checks of trees are about."""
    return "secrets" in spec.entries or not _OF_RESILIENCE.isdisjoint(entries(spec.entries.get("resilience")))


def check_linked(every: Iterable[Alike], linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Judge every application by every check, and machines of the mesh by what they ask of tokens."""
    applications = [targets for targets in every if targets[0].interface.kind == "app"]
    for is_about, checks in OF_INTERFACES:
        for target in (one for targets in applications if is_about(targets[0].interface) for one in targets):
            for check in checks:
                check(target, linked, loaded, bag)
    for target in (one for targets in applications for one in targets if is_about_tree(one.spec)):
        for check in OF_TREES:
            check(target, linked, loaded, bag)
    for cluster in linked.targets:
        check_version_names(cluster, linked, loaded, bag)
    for target in (one for targets in every for one in targets if not one.interface.meshed):
        check_narrowing(target, linked, bag)
    outside = (targets for targets in every if targets[0].interface.kind == "external")
    for target in (one for targets in outside for one in targets if one.interface.meshed):
        check_tokens(target, linked, loaded, bag)
