"""Objects that hold more than the API server takes."""

from collections.abc import Iterator

from platform_compiler.objects import Body, a_map
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_CODE = "PC5104"
_ANNOTATIONS = 256 * 1024
_DATA = 1024 * 1024
_MOST = 4
"""So many bytes a letter takes at most, so that letters, which are known at once, tell who is worth measuring."""
_LONGEST_KEY = 317
_FIELDS = (
    ("ConfigMap", "data", 1.0),
    ("ConfigMap", "binaryData", 0.75),
    ("Secret", "stringData", 1.0),
    ("Secret", "data", 0.75),
)
"""What holds data, and how much of its text counts: of Base64 three bytes in four."""
_HELP = "move what is large out of the cluster's objects: into a volume, an image or a store"


def sizes(world: World) -> Iterator[Fault]:
    """Yield objects whose annotations, or whose data, are too large."""
    for item in world.items:
        annotations = a_map(item.body, "metadata", "annotations")
        letters = sum([len(value) for value in annotations.values() if isinstance(value, str)])
        if (letters + len(annotations) * _LONGEST_KEY) * _MOST > _ANNOTATIONS:
            taken = _size(annotations)
            if taken > _ANNOTATIONS:
                message = f"annotations of {taken:,} bytes are more than the {_ANNOTATIONS:,} that are taken"
                yield Fault(_CODE, item, ("metadata", "annotations"), message, _HELP, on_key=True)
    for kind, field, share in _FIELDS:
        for item in world.of("", kind):
            taken = _size(a_map(item.body, field))
            if taken * share > _DATA:
                message = f"`{field}` of {taken:,} bytes is more than a {kind} holds"
                yield Fault(_CODE, item, (field,), message, _HELP, on_key=True)


def _size(data: Body) -> int:
    return sum(_bytes(key) + _bytes(value) for key, value in data.items())


def _bytes(value: object) -> int:
    if not isinstance(value, str):
        return 0
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
