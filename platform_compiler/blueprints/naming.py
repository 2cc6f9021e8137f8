"""Names that a compiler gives: `generateName` becomes a name that ends with a digest of what cannot change in place.

A one-off Job runs again exactly when its pods' template says something else: a cluster refuses to change a Job.
"""

import hashlib
import json
from typing import Any

from platform_compiler.source.node import Pointer

_LENGTH = 10
_NAME, _PREFIX = ("metadata", "name"), "generateName"
_FIXED = ("template", "completions")


def named(body: Any) -> Any:
    """Return a resource under its name: as it stands, or made of `generateName` and a digest."""
    metadata = body.get("metadata") if isinstance(body, dict) else None
    if not isinstance(metadata, dict) or _PREFIX not in metadata or "name" in metadata:
        return body
    spec = body.get("spec", {})
    text = json.dumps([spec.get(word) for word in _FIXED], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
    others = {key: value for key, value in metadata.items() if key != _PREFIX}
    return {**body, "metadata": {"name": f"{metadata[_PREFIX]}{digest}", **others}}


def pointer_in_template(pointer: Pointer, body: Any) -> Pointer:
    """Return where a template holds what stands at `pointer` of a named resource; `body` is what it made."""
    made = pointer == _NAME and _PREFIX in body.get("metadata", {})
    return ("metadata", _PREFIX) if made else pointer
