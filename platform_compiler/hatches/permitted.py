"""What a patch may change: what the blueprint's contract says, and never what the compiler itself goes by.

Identity, selectors and labels tell the compiler, clusters and policies which object is which. What a program may do on
its node is changed only where the contract names that very field: a wide field such as `spec.template.spec` is not
enough.
"""

from collections.abc import Iterable
from typing import Any

from platform_compiler.hatches.differences import Difference
from platform_compiler.objects import at
from platform_compiler.source.node import Pointer

Fields = Iterable[tuple[str, ...]]
_IDENTITY = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
_SELECTORS = frozenset({"selector", "podSelector", "workloadSelector", "scaleTargetRef", "targetRef", "targetRefs"})
_POWER = frozenset(
    {
        "automountServiceAccountToken",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "hostPort",
        "hostPath",
        "hostUsers",
        "image",
        "maxReplicas",
        "minReplicas",
        "replicas",
        "securityContext",
        "serviceAccount",
        "serviceAccountName",
        "shareProcessNamespace",
    }
)
_PREFIX = "platformc.dev/"


def refusal(difference: Difference, before: Any, after: Any, fields: Fields) -> str | None:  # noqa: PLR0911 -- a reason each
    """Return in words why a field may not be changed, or None where it may."""
    pointer = difference.pointer
    if any(pointer[: len(own)] == own for own in _IDENTITY):
        return "it is the resource's identity"
    if _is_label(pointer, before):
        return "labels that are compiled are what selectors and policies go by"
    if "annotations" in pointer and str(pointer[-1]).startswith(_PREFIX):
        return "such annotations are the compiler's own"
    if not _SELECTORS.isdisjoint(pointer):
        return "selectors say which object is which"
    named = [step for step in _steps(pointer, before, after) if step in _POWER]
    fitting = [field for field in fields if _covers(field, pointer)]
    if not fitting:
        return "the blueprint does not let it be patched"
    if named and not any(named[0] in field for field in fitting):
        return f"`{named[0]}` is only patched where the blueprint says `{named[0]}` itself"
    return None


def _steps(pointer: Pointer, before: Any, after: Any) -> Iterable[str]:
    """Yield the keys on the way to a field, and those inside it: what comes or goes as a whole is looked into."""
    yield from (str(step) for step in pointer)
    for body in (before, after):
        yield from _keys(at(body, *pointer))


def _keys(value: Any) -> Iterable[str]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield str(key)
        yield from _keys(child)


def _covers(field: tuple[str, ...], pointer: Pointer) -> bool:
    return len(field) <= len(pointer) and all(
        own in ("*", str(step)) for own, step in zip(field, pointer, strict=False)
    )


def _is_label(pointer: Pointer, before: Any) -> bool:
    """Whether a label that is there, or one of ours, would become another or go."""
    if "labels" not in pointer:
        return False
    place = pointer.index("labels") + 1
    if len(pointer) <= place:
        return bool(at(before, *pointer))
    key = str(pointer[place])
    known = at(before, *pointer[:place]) or {}
    return key in known or key.startswith((_PREFIX, "app.kubernetes.io/")) or "istio.io/" in key
