"""Many contents as one entry: a line of JSON with names and sizes, then the contents one after the other."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet


def framed(contents: Mapping[str, bytes]) -> bytes:
    """Return contents by name as the bytes of one entry."""
    sizes = json.dumps({name: len(data) for name, data in contents.items()}, separators=(",", ":"))
    return b"\n".join((sizes.encode(), b"".join(contents.values())))


def unframed(entry: bytes, wanted: AbstractSet[str] | None = None) -> dict[str, bytes]:
    """Return the contents that `framed` put together, or those of them that are wanted."""
    head = entry.index(b"\n") + 1
    found: dict[str, bytes] = {}
    for name, size in json.loads(entry[:head]).items():
        if wanted is None or name in wanted:
            found[name] = entry[head : head + size]
        head += size
    return found
