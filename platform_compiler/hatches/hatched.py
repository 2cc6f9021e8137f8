"""Resources as the ways out of blueprints leave them: checked where written by hand, changed where patched."""

from collections.abc import Callable, Sequence
from typing import Any

from platform_compiler.blueprints.resource import Batch, resources_in
from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag
from platform_compiler.hatches.patches import patched
from platform_compiler.hatches.raw import check_raw_resources
from platform_compiler.schema.unique import Way
from platform_compiler.verify.schemas import Schemas


def hatched(checked: Checked, batches: Sequence[Batch], schemas: Callable[[str], Schemas], bag: Bag) -> list[Batch]:
    """Return resources as patches make them; patches and raw resources that must not be are reported."""
    raw = [batch for batch in batches if batch.unit.scope == "raw"]
    check_raw_resources(resources_in(raw), checked.loaded, checked.catalog, schemas, bag)

    def ways(cluster: str, body: dict[str, Any]) -> Way | None:
        judge = schemas(cluster).usable(body["apiVersion"], body["kind"])
        return judge.ways if judge else None

    made = patched(batches, checked.resolved, checked.catalog, ways, bag)
    # What repeats another is told of the raw one.
    return [*(batch for batch in made if batch.unit.scope != "raw"), *raw]
