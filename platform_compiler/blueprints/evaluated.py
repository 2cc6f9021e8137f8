"""Running a template for one unit; what is wrong is worded by the reference evaluator, which knows where it is."""

from typing import Any

from platform_compiler.blueprints import reference
from platform_compiler.blueprints.operations import EvaluationError
from platform_compiler.blueprints.program import Compiled
from platform_compiler.context.model import UnitContext
from platform_compiler.diagnostics import Bag, Label


def evaluated(template: Compiled, scope: dict[str, Any], context: UnitContext, bag: Bag) -> list[Any]:
    """Return what a template makes; the reference evaluator words what is wrong with it."""
    try:
        return template.run(scope)
    except EvaluationError:
        try:
            return reference.expand(template.template, scope, template.includes)
        except reference.TemplateError as wrong:
            bag.add(
                "PC4201",
                f"{wrong} (for `{context.unit.id}` on `{context.unit.cluster}`)",
                wrong.span,
                also=[Label(context.manifest, "for this manifest")],
                help="use `${{? }}`, `default` or `is defined` where a value may be absent",
            )
            return []
