"""Rules about the program and how it runs, each within one manifest."""

from collections.abc import Callable

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.containers import check_containers, check_sources
from platform_compiler.layers.identity import check_marks, check_roles
from platform_compiler.layers.model import Settings
from platform_compiler.layers.probes import check_probes
from platform_compiler.layers.replicas import check_replicas, check_rollout
from platform_compiler.layers.times import check_times

_RULES: tuple[Callable[[Settings, Bag], None], ...] = (
    check_replicas,
    check_rollout,
    check_times,
    check_probes,
    check_containers,
    check_sources,
    check_roles,
    check_marks,
)


def check_program(settings: Settings, bag: Bag) -> None:
    """Judge the program of one target by every rule."""
    for rule in _RULES:
        rule(settings, bag)
