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
_MARK = "$("
"""What every reference begins with."""
_INJECTED = r"KUBERNETES_|.*_(?:SERVICE_HOST|SERVICE_PORT\w*|PORT(?:_[0-9]+_\w+)?)\Z"
"""Variables that Kubernetes sets itself, for Services."""


def undefined_variables(world: World) -> Iterator[Fault]:
    """Yield references to variables that the container does not set, or sets only later."""
    for workload in world.workloads:
        for container in workload.containers:
            if not a_list(container.body, "envFrom"):
                yield from _in_container(workload, container)


def _in_container(workload: Workload, container: Container) -> Iterator[Fault]:
    before: set[str] = set()
    for i, own, entry in container.env:
        value = entry.get("value")
        for name in _named(value) if isinstance(value, str) and _MARK in value else ():
            if name not in before:
                place = (*container.path, "env", i, "value")
                yield _fault(workload, place, name, later=_is_set(container, name))
        before.add(own)
    for field in ("command", "args"):
        for i, word in enumerate(a_list(container.body, field)):
            for name in _named(word) if isinstance(word, str) and _MARK in word else ():
                if not _is_set(container, name):
                    yield _fault(workload, (*container.path, field, i), name, later=False)


def _named(value: str) -> list[str]:
    """Return the variables that a text refers to, but for those that Kubernetes sets; `$$(VAR)` is no reference."""
    return [name for _, name in re.findall(_REFERENCE, value) if name and not re.match(_INJECTED, name)]


def _is_set(container: Container, wanted: str) -> bool:
    return any(name == wanted for _, name, _ in container.env)


def _fault(workload: Workload, path: Path, name: str, *, later: bool) -> Fault:
    if later:
        message = f"`$({name})` stays as it is: `{name}` is set further down"
        return Fault(_CODE, workload.item, path, message, f"move `{name}` up")
    message = f"`$({name})` stays as it is: the container sets no `{name}`"
    return Fault(_CODE, workload.item, path, message, f"set it in `env`, or write `$$({name})` if the text is meant")
