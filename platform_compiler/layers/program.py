"""Rules about the program and how it runs, each within one manifest."""

from collections.abc import Callable, Collection, Mapping

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.containers import check_containers, check_sources
from platform_compiler.layers.identity import check_labels, check_marks, check_roles
from platform_compiler.layers.model import Settings
from platform_compiler.layers.probes import check_probes
from platform_compiler.layers.replicas import check_replicas, check_rollout
from platform_compiler.layers.times import check_times
from platform_compiler.layers.written import rules_about

_CONTAINERS = ("init", "sidecars")
RULES: Mapping[Callable[[Settings, Bag], None], tuple[str, ...]] = {
    check_replicas: ("scale", "versions"),
    check_rollout: ("strategy",),
    check_times: ("cron", "files", "health", "scale", "versions", *_CONTAINERS),
    check_probes: ("health", "sidecars"),
    check_containers: ("ports", *_CONTAINERS),
    check_roles: ("serviceAccount",),
    check_marks: ("pod",),
}
"""Each rule with the words that it is about: where none of them is written, it has nothing to say."""


def check_program(settings: Settings, shown: Collection[str], bag: Bag) -> None:
    """Judge the program of one target by every rule; `shown` are secrets that external services ask of proxies."""
    check_sources(settings, shown, bag)
    check_labels(settings, bag)
    for rule in rules_about(settings.spec, RULES):
        rule(settings, bag)
