"""Rules about the program and how it runs, each within one manifest."""

from collections.abc import Callable, Mapping

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.containers import check_containers
from platform_compiler.layers.identity import check_marks, check_roles
from platform_compiler.layers.model import Settings
from platform_compiler.layers.probes import check_probes
from platform_compiler.layers.replicas import check_replicas, check_rollout
from platform_compiler.layers.times import check_times

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
