"""What is known of kinds where only files tell of objects: whether their objects are in namespaces."""

from functools import cache

from platform_compiler.verify.item import Item
from platform_compiler.verify.schemas import Schemas
from platform_compiler.verify.versions import LATEST


def is_namespaced(item: Item) -> bool:
    """Whether objects of its kind are in namespaces: what the profile says, else what the object itself says."""
    known = _schemas().judge(str(item.body["apiVersion"]), item.kind)
    return known.kind.namespaced if known else bool(item.namespace)


@cache
def _schemas() -> Schemas:
    return Schemas(LATEST)
