"""Names of environment variables and of the entries of ConfigMaps and Secrets."""

import re
from collections.abc import Iterator

from platform_compiler.objects import Path, a_map, maps, text
from platform_compiler.verify.item import Fault
from platform_compiler.verify.versions import Version
from platform_compiler.verify.world import World

_CODE = "PC5109"
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z").match
_PRINTABLE = re.compile(r"[ -<>-~]+\Z").match
_RELAXED: Version = (1, 32)
"""Since when a variable may be called anything that can be printed (KEP-4369)."""
_ENTRY = re.compile(r"[-._a-zA-Z0-9]+\Z").match
_LONGEST = 253


def variables(world: World) -> Iterator[Fault]:
    """Yield environment variables, and prefixes of them, that no variable can be called."""
    right = _PRINTABLE if world.facts.versions.kubernetes >= _RELAXED else _VARIABLE
    for workload in world.workloads:
        for path, container, _, env in workload.containers:
            wrong: list[tuple[Path, str]] = [(("env", i, "name"), name) for i, name, _ in env if not right(name or "_")]
            for i, entry in maps(container, "envFrom"):
                if not right(prefix := text(entry, "prefix") or "_"):
                    wrong.append((("envFrom", i, "prefix"), prefix))
            for place, name in wrong:
                message = f"no environment variable can be called `{name}`"
                cure = "use letters, digits, `_`, `-` and `.`, with no digit first"
                yield Fault(_CODE, workload.item, (*path, *place), message, cure)


def entries(world: World) -> Iterator[Fault]:
    """Yield entries of ConfigMaps and Secrets that the API server refuses."""
    for kind, others in (("ConfigMap", "binaryData"), ("Secret", "stringData")):
        for item in world.of("", kind):
            for field in ("data", others):
                for key in a_map(item.body, field):
                    if not _ENTRY(key) or key in (".", "..") or len(key) > _LONGEST:
                        message = f"no entry of a {kind} can be called `{key}`"
                        cure = f"use letters, digits, `_`, `-` and `.`, at most {_LONGEST}"
                        yield Fault(_CODE, item, (field, key), message, cure, on_key=True)
            if kind == "ConfigMap":
                for key in a_map(item.body, "data").keys() & a_map(item.body, "binaryData").keys():
                    message = f"`{key}` stands in `data` and in `binaryData`"
                    yield Fault(_CODE, item, ("binaryData", key), message, "keep one of them", on_key=True)
