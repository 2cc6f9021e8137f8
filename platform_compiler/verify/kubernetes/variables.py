"""References in text: `$(VAR)` in the environment, the command and the arguments of a container.

One that nothing answers stays in the text as it is, without a word.
"""

import re
from collections.abc import Iterator

from platform_compiler.objects import Path, a_list
from platform_compiler.verify.item import Fault
from platform_compiler.verify.workloads import Container, Workload
from platform_compiler.verify.world import World

_CODE = "PC5110"
_REFERENCE = r"\$(\$|\(([A-Z_][A-Z0-9_]*)\))"
_INJECTED = r"KUBERNETES_|.*_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT(?:_[0-9]+_\w+)?)\Z"
"""Variables that Kubernetes sets itself, for Services."""


def undefined_variables(world: World) -> Iterator[Fault]:
    """Yield references to variables that the container does not set, or sets only later."""
    for workload in world.workloads:
        for container in workload.containers:
            if not a_list(container.body, "envFrom"):
                yield from _in_container(workload, container)


def _in_container(workload: Workload, container: Container) -> Iterator[Fault]:
    every = {name for _, name, _ in container.env}
    before: set[str] = set()
    for i, own, entry in container.env:
        for name in _named(entry.get("value")):
            if name not in before:
                yield _fault(workload, (*container.path, "env", i, "value"), name, later=name in every)
        before.add(own)
    for field in ("command", "args"):
        for i, word in enumerate(a_list(container.body, field)):
            for name in _named(word):
                if name not in every:
                    yield _fault(workload, (*container.path, field, i), name, later=False)


def _named(value: object) -> list[str]:
    """Return the variables that a text refers to, but for those that Kubernetes sets; `$$(VAR)` is no reference."""
    if not isinstance(value, str) or "$(" not in value:
        return []
    return [name for _, name in re.findall(_REFERENCE, value) if name and not re.match(_INJECTED, name)]


def _fault(workload: Workload, path: Path, name: str, *, later: bool) -> Fault:
    if later:
        message = f"`$({name})` stays as it is: `{name}` is set further down"
        return Fault(_CODE, workload.item, path, message, f"move `{name}` up")
    message = f"`$({name})` stays as it is: the container sets no `{name}`"
    return Fault(_CODE, workload.item, path, message, f"set it in `env`, or write `$$({name})` if the text is meant")
