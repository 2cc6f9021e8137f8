"""Names that the API server refuses: which rule holds depends on the kind."""

import re
from collections.abc import Iterator

from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.world import World

_CODE = "PC5101"
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z").match
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z").match
_SERVICE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?\Z").match
_LONGEST = 253
_LONGEST_LABEL = 63
_SHORTER = {("batch", "CronJob"): 52, ("batch", "Job"): 63, ("apps", "StatefulSet"): 52}
"""Kinds that put more after their own name into a label or a host name of at most 63 characters."""
_LABELS = frozenset({("", "Service"), ("", "Namespace")})
_RBAC = "rbac.authorization.k8s.io"
_FREE = ("openshift.io", "kustomize.config.k8s.io")
"""Groups whose kinds follow rules of their own, or are no objects of the API server."""


def names(world: World) -> Iterator[Fault]:
    """Yield objects whose name, or whose namespace's, is none for their kind."""
    for item in world.items:
        if item.name and not item.group.endswith(_FREE) and (wrong := _wrong(item)):
            message, cure = wrong
            yield Fault(_CODE, item, ("metadata", "name"), message, cure)
        if item.namespace and not (_LABEL(item.namespace) and len(item.namespace) <= _LONGEST_LABEL):
            message = f"`{item.namespace}` is no name of a namespace"
            yield Fault(_CODE, item, ("metadata", "namespace"), message, _cure(_LONGEST_LABEL))


def _wrong(item: Item) -> tuple[str, str] | None:
    """Return what is wrong with the name of an object and the cure."""
    name, kind = item.name, (item.group, item.kind)
    if item.group == _RBAC:
        bad = name in (".", "..") or "/" in name or "%" in name
        return (f"`{name}` is no name for a {item.kind}", "leave out `/` and `%`") if bad else None
    most = _LONGEST_LABEL if kind in _LABELS else _SHORTER.get(kind, _LONGEST)
    if len(name) > most:
        return f"a name of {len(name)} characters is too long for a {item.kind}", f"use at most {most}"
    if kind == ("", "Service"):
        return None if _SERVICE(name) else (f"`{name}` is no name for a Service", f"begin with a letter; {_cure(most)}")
    if (_LABEL if kind in _LABELS else _SUBDOMAIN)(name):
        return None
    return f"`{name}` is no name for a {item.kind}", _cure(most, dots=kind not in _LABELS)


def _cure(most: int, *, dots: bool = False) -> str:
    signs = "`-` and `.`" if dots else "and `-`"
    return f"use lower-case letters, digits, {signs}, a letter or digit at both ends, at most {most} characters"
