"""The fields that `request` and `namespaceObject` have: the API server knows their types, and compiles nothing else.

Source: AdmissionRequest (admission.k8s.io/v1) without `uid`, `object` and `oldObject`, and Namespace (v1) with the
fields that its documentation of policies lists.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from platform_compiler.cel.tree import Part, Tree, offsets_of, parts
from platform_compiler.objects import Path

_Fields: TypeAlias = "Mapping[str, _Fields | None]"
"""Fields by name, with the fields below them; None where anything may stand below."""


def _any(*names: str) -> _Fields:
    return dict.fromkeys(names)


_KIND = _any("group", "version", "kind")
_RESOURCE = _any("group", "version", "resource")
_METADATA = _any(
    *("name", "generateName", "namespace", "labels", "annotations", "UID", "creationTimestamp", "generation"),
    *("deletionGracePeriodSeconds", "deletionTimestamp", "resourceVersion", "finalizers"),
)
_KNOWN: Mapping[str, _Fields] = {
    "request": {
        **_any("subResource", "requestSubResource", "name", "namespace", "operation", "dryRun", "options"),
        "kind": _KIND,
        "requestKind": _KIND,
        "resource": _RESOURCE,
        "requestResource": _RESOURCE,
        "userInfo": _any("username", "uid", "groups", "extra"),
    },
    "namespaceObject": {
        "metadata": _METADATA,
        "spec": _any("finalizers"),
        "status": _any("conditions", "phase"),
    },
}


def unknown_fields(tree: Tree) -> Iterator[tuple[str, int]]:
    """Yield every field that is read and does not exist, dotted, with its offset in the text."""
    offsets = offsets_of(tree)
    for part in parts(tree.expr):
        path = _path(part)
        if len(path) > 1 and not _exists(path) and _exists(path[:-1]):
            yield ".".join(map(str, path)), offsets.get(part.id, 0)


def _path(part: Part) -> Path:
    """Return the name and the fields that a part reads one below the other; nothing where it is more than that."""
    if part.HasField("ident_expr"):
        return (part.ident_expr.name,)
    above = _path(part.select_expr.operand) if part.HasField("select_expr") else ()
    return (*above, part.select_expr.field) if above else ()


def _exists(path: Path) -> bool:
    fields: _Fields | None = _KNOWN
    for name in path:
        if fields is None:
            return True
        if name not in fields:
            return fields is _KNOWN  # another name than these two
        fields = fields[str(name)]
    return True
