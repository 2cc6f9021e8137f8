"""Reading back what was written: the resource of a file in an output."""

from platform_compiler.diagnostics import Bag
from platform_compiler.objects import Body
from platform_compiler.source.node import plain
from platform_compiler.source.reader import read_tree


def resource_in(path: str, data: bytes) -> Body | None:
    """Return the resource that a file holds, or None where it holds none."""
    node = read_tree(path, data, Bag())
    body = plain(node) if node is not None else None
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in ("apiVersion", "kind")):
        return None
    metadata = body.get("metadata")
    named = (
        isinstance(metadata, dict)
        and all(isinstance(metadata.get(key, ""), str) for key in ("name", "namespace"))
        and "name" in metadata
    )
    return body if named else None
