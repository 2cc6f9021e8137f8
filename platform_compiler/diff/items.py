"""How the items of a list are told apart: by the fields that Kubernetes and Istio merge them by, else by position.

Source: the `x-kubernetes-list-map-keys` and patch merge keys of the Kubernetes API, and the names of Istio's routes.
"""

from collections.abc import Sequence
from typing import Any

from platform_compiler.diff.model import Item

_BY_PORT = (("containerPort", "protocol"), ("port", "protocol"))
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ports": _BY_PORT,
    "volumeMounts": (("mountPath",),),
    "volumeDevices": (("devicePath",),),
    "hostAliases": (("ip",),),
    "topologySpreadConstraints": (("topologyKey", "whenUnsatisfiable"),),
    "conditions": (("type",),),
}
_BY_NAME = (("name",),)
_DEFAULTS = {"protocol": "TCP"}


def steps_of(old: Sequence[Any], new: Sequence[Any], field: str) -> tuple[list[Item], list[Item]] | None:
    """Return what tells the items of both lists apart, or None where only their position does.

    `field` is the name of the list; text and whole numbers are told apart by their value when none stands twice.
    """
    if all(type(item) is str or type(item) is int for item in (*old, *new)):
        return _unique([Item((("", item),)) for item in old], [Item((("", item),)) for item in new])
    if not all(type(item) is dict for item in (*old, *new)):
        return None
    for keys in _KEYS.get(field, _BY_NAME):
        named = [[_item(item, keys) for item in side] for side in (old, new)]
        if all(item is not None for side in named for item in side):
            return _unique(*([item for item in side if item is not None] for side in named))
    return None


def holds(item: Any, step: Item) -> bool:
    """Whether `step` names this item."""
    if type(item) is not dict:
        return step == Item((("", item),))
    return all(item.get(name, _DEFAULTS.get(name)) == value for name, value in step.key)


def _item(item: dict[str, Any], keys: tuple[str, ...]) -> Item | None:
    found = tuple((key, item.get(key, _DEFAULTS.get(key))) for key in keys)
    if all(type(value) is str or type(value) is int for _, value in found):
        return Item(found)  # type: ignore[arg-type]  # the line above has just looked
    return None


def _unique(old: list[Item], new: list[Item]) -> tuple[list[Item], list[Item]] | None:
    return (old, new) if len(set(old)) == len(old) and len(set(new)) == len(new) else None
