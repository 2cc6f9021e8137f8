"""Resources as the ways out of blueprints leave them: checked where written by hand, changed where patched."""

from collections.abc import Callable, Sequence
from typing import Any

from platform_compiler.blueprints.resource import Resource
from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.hatches.patches import patched
from platform_compiler.hatches.raw import check_raw_resources
from platform_compiler.schema.unique import Way
from platform_compiler.verify.schemas import Schemas


def hatched(
    checked: Checked, resources: Sequence[Resource], schemas: Callable[[str], Schemas], bag: Bag
) -> list[Resource]:
    """Return resources as patches make them; patches and raw resources that must not be are reported."""
    check_raw_resources(resources, checked.loaded, checked.catalog, schemas, bag)

    def ways(cluster: str, body: dict[str, Any]) -> Way | None:
        judge = schemas(cluster).usable(body["apiVersion"], body["kind"])
        return judge.ways if judge else None

    made = patched(resources, checked.resolved, checked.catalog, ways, bag)
    # What repeats another is told of the raw one.
    return sorted(made, key=lambda resource: resource.unit.scope == "raw")
