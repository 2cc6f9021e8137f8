"""The golden clusters, read once, and whether damage to one of their objects is found.

An object is judged as `verify --strict` and `compile` judge it: by its shape, and if that is sound by every check, in
its whole cluster. Undamaged clusters are without findings, so each error or warning comes of the damage.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from platform_compiler.diagnostics import CODES, Bag
from platform_compiler.verify.checks import ALONE, WHOLE
from platform_compiler.verify.documents import items_of
from platform_compiler.verify.identity import twice
from platform_compiler.verify.index import grouped
from platform_compiler.verify.item import Item
from platform_compiler.verify.retired import retired
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.shape import fits
from platform_compiler.verify.versions import LATEST
from platform_compiler.verify.world import Facts, World

CLUSTERS = Path(__file__).parents[3] / "fixtures/expected/online-boutique/clusters"
SCHEMAS = Schemas(LATEST)


@cache
def texts() -> Mapping[Item, str]:
    """Return every golden object with the text of its file, but policies and their parameters: they have tests."""
    found = {}
    for file in sorted(CLUSTERS.rglob("*.yaml")):
        (item,) = items_of(file.as_posix(), file.read_bytes(), Bag())
        if not _is_of_policies(item):
            found[item] = file.read_text()
    return found


def _is_of_policies(item: Item) -> bool:
    return item.group == "admissionregistration.k8s.io" or (item.kind, item.name) == ("ConfigMap", "registries")


@cache
def clusters() -> Mapping[str, Sequence[Item]]:
    """Return the golden objects by cluster."""
    return grouped(texts(), lambda item: item.cluster)


@cache
def distinct() -> Sequence[tuple[Item, int]]:
    """Return one object of those that are the same but for the name of their cluster, and how many they are."""
    same = grouped(texts(), lambda item: json.dumps(item.body).replace(item.cluster, "CLUSTER"))
    return [(items[0], len(items)) for items in same.values()]


@cache
def facts(cluster: str) -> Facts:
    """Return what `compile` knows of a golden cluster."""
    files = frozenset(item.place.file for item in clusters()[cluster])
    return Facts(trust_domains=(f"{cluster}.boutique.example",), files=files)


def text_is_caught(item: Item, text: str) -> bool:
    """Whether damage to the text of an object is found."""
    bag = Bag()
    bodies = tuple(other.body for other in items_of("damaged.yaml", text.encode(), bag))
    return bool(bag.sorted()) or is_caught(item, bodies)


def is_caught(item: Item, body: Any) -> bool:
    """Whether an object is at fault once it has another body; a tuple stands for several objects instead of one."""
    bodies = body if isinstance(body, tuple) else (body,)
    if not all(_is_object(one) for one in bodies):
        return True
    damaged = [Item(one, item.cluster, item.place) for one in bodies]
    return not all(map(_is_sound, damaged)) or _is_found(item, damaged)


def _is_object(body: Any) -> bool:
    """Whether reading takes it for an object at all."""
    return isinstance(body, dict) and all(isinstance(body.get(key), str) for key in ("apiVersion", "kind"))


def _is_sound(item: Item) -> bool:
    judge = SCHEMAS.judge(item.body["apiVersion"], item.kind)
    return retired(item, LATEST.kubernetes) is None and judge is not None and fits(item, judge, SCHEMAS.metadata)


def _is_found(item: Item, damaged: Sequence[Item]) -> bool:
    own = [*(other for other in clusters()[item.cluster] if other is not item), *damaged]
    if next(iter(twice(own)), None) is not None:
        return True
    world = World(own, facts(item.cluster), whole=True)
    return any(CODES[fault.code].severity != "note" for check in (*ALONE, *WHOLE) for fault in check(world))
