"""Objects that hold more than the API server takes."""

from collections.abc import Iterator

from platform_compiler.objects import a_map
from platform_compiler.verify.item import Fault
from platform_compiler.verify.world import World

_CODE = "PC5104"
_ANNOTATIONS = 256 * 1024
_DATA = 1024 * 1024
_BASE64 = 4 / 3
_HELP = "move what is large out of the cluster's objects: into a volume, an image or a store"


def sizes(world: World) -> Iterator[Fault]:
    """Yield objects whose annotations, or whose data, are too large."""
    for item in world.items:
        taken = _size(a_map(item.body, "metadata", "annotations"))
        if taken > _ANNOTATIONS:
            message = f"annotations of {taken:,} bytes are more than the {_ANNOTATIONS:,} that are taken"
            yield Fault(_CODE, item, ("metadata", "annotations"), message, _HELP, on_key=True)
    for kind, field in (
        ("ConfigMap", "data"),
        ("Secret", "stringData"),
        ("Secret", "data"),
        ("ConfigMap", "binaryData"),
    ):
        for item in world.of("", kind):
            taken = _size(a_map(item.body, field))
            if taken / (_BASE64 if (kind, field) in _ENCODED else 1) > _DATA:
                message = f"`{field}` of {taken:,} bytes is more than a {kind} holds"
                yield Fault(_CODE, item, (field,), message, _HELP, on_key=True)


_ENCODED = frozenset({("Secret", "data"), ("ConfigMap", "binaryData")})


def _size(data: dict[str, object]) -> int:
    """Return the bytes of keys and values; text that is all ASCII, as almost all is, is not encoded for it."""
    return sum(_bytes(key) + _bytes(value) for key, value in data.items())


def _bytes(value: object) -> int:
    if not isinstance(value, str):
        return 0
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
