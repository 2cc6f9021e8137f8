"""Whose name an object has: one that is not told by its unit may be another's too, which a part does not show.

Of raw resources nothing tells it, but a part in which they change holds all of their team, and so of their namespace.
"""

from platform_compiler.blueprints.resource import Resource
from platform_compiler.context.unit import OWNED
from platform_compiler.link.model import Linked


def is_its_own(resource: Resource, linked: Linked) -> bool:
    """Whether no other unit can make an object of this name, as far as the name tells.

    In the namespace of its application the name holds that of the application; anywhere else that of the team too.
    """
    unit, metadata = resource.unit, resource.body.get("metadata", {})
    if unit.scope not in OWNED or "name" not in metadata:
        return True
    team, _, name = unit.id.partition("/")
    target = linked.targets[unit.cluster].get(unit.id)
    is_at_home = target is not None and metadata.get("namespace") == target.interface.namespace
    if unit.scope == "raw" and is_at_home:
        return True
    return all(word in metadata["name"] for word in ((name,) if is_at_home else (team, name)))
