"""Names that the API server refuses: which rule holds depends on the kind."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.workloads import GroupKind
from platform_compiler.verify.world import World

_CODE = "PC5101"
_Rule: TypeAlias = Callable[[str], object]
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z").match
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z").match
_SERVICE = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?\Z").match
_PATH = re.compile(r"(?!\.{1,2}\Z)[^/%]+\Z").match
_LONGEST = 253
_LONGEST_LABEL = 63
_SHORTER = {("batch", "CronJob"): 52, ("batch", "Job"): 63, ("apps", "StatefulSet"): 52}
"""Kinds that put more after their own name into a label or a host name of at most 63 characters."""
_LABELS = frozenset({("", "Service"), ("", "Namespace")})
_RBAC = "rbac.authorization.k8s.io"
_FREE = ("openshift.io", "kustomize.config.k8s.io")
"""Groups whose kinds follow rules of their own, or are no objects of the API server."""


def names(world: World) -> Iterator[Fault]:
    """Yield objects whose name is none for their kind."""
    for kind, items in world.by_kind.items():
        if not kind[0].endswith(_FREE):
            rule, most = _rule(kind)
            for item in items:
                if item.name and not (len(item.name) <= most and rule(item.name)):
                    yield Fault(_CODE, item, ("metadata", "name"), *_wrong(item, kind, most))


def namespaces(world: World) -> Iterator[Fault]:
    """Yield namespaces whose name is none, each with one of the objects that name it."""
    for namespace, item in {item.namespace: item for item in world.items}.items():
        if namespace and not (_LABEL(namespace) and len(namespace) <= _LONGEST_LABEL):
            message = f"`{namespace}` is no name of a namespace"
            yield Fault(_CODE, item, ("metadata", "namespace"), message, _cure(_LONGEST_LABEL))


def _rule(kind: GroupKind) -> tuple[_Rule, int]:
    """Return what names of a kind must be like, and their greatest length."""
    most = _LONGEST_LABEL if kind in _LABELS else _SHORTER.get(kind, _LONGEST)
    if kind[0] == _RBAC:
        return _PATH, most
    return (_SERVICE if kind == ("", "Service") else _LABEL if kind in _LABELS else _SUBDOMAIN), most


def _wrong(item: Item, kind: GroupKind, most: int) -> tuple[str, str]:
    """Return what is wrong with the name of an object and the cure."""
    if len(item.name) > most:
        return f"a name of {len(item.name)} characters is too long for a {item.kind}", f"use at most {most}"
    message = f"`{item.name}` is no name for a {item.kind}"
    if kind[0] == _RBAC:
        return message, "leave out `/` and `%`"
    cure = _cure(most, dots=kind not in _LABELS)
    return message, f"begin with a letter; {cure}" if kind == ("", "Service") else cure


def _cure(most: int, *, dots: bool = False) -> str:
    signs = "`-` and `.`" if dots else "and `-`"
    return f"use lower-case letters, digits, {signs}, a letter or digit at both ends, at most {most} characters"
