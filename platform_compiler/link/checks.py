"""What can be said only when everything is linked: promises of a manifest that its cluster cannot keep."""

from collections.abc import Callable

from platform_compiler.diagnostics import Bag
from platform_compiler.link.failover import check_failover
from platform_compiler.link.limits import check_replica_limit
from platform_compiler.link.mesh_checks import (
    check_addresses_let_in,
    check_denials,
    check_identities,
    check_narrowing,
    check_traffic,
    check_version_names,
)
from platform_compiler.link.model import Linked, Target
from platform_compiler.link.secrets import check_secret_stores
from platform_compiler.link.strangers import check_strangers
from platform_compiler.link.token_checks import check_tokens
from platform_compiler.load import Loaded

Check = Callable[[Target, Linked, Loaded, Bag], None]
_CHECKS: tuple[Check, ...] = (
    check_tokens,
    check_narrowing,
    check_addresses_let_in,
    check_identities,
    check_strangers,
    check_denials,
    check_traffic,
    check_failover,
    check_replica_limit,
    check_secret_stores,
)


def check_linked(linked: Linked, loaded: Loaded, bag: Bag) -> None:
    """Judge every application by every check, and machines of the mesh by what they ask of tokens.

    One check at a time: they are short, and taking turns drives them out of the processor's caches.
    """
    every = [target for targets in linked.targets.values() for target in targets.values()]
    applications = [target for target in every if target.interface.kind == "app"]
    for check in _CHECKS:
        for target in applications:
            check(target, linked, loaded, bag)
    for cluster in linked.targets:
        check_version_names(cluster, linked, loaded, bag)
    for target in every:
        if target.interface.kind == "external" and target.interface.meshed:
            check_tokens(target, linked, loaded, bag)
