"""What expanding blueprints yields: resources, each with the unit it belongs to and the lines it came from."""

from dataclasses import dataclass
from typing import Any

from platform_compiler.context.unit import Unit
from platform_compiler.diagnostics import Span


@dataclass(frozen=True, slots=True)
class Resource:
    """A generated Kubernetes object; `template` is the blueprint line, `manifest` the document behind it."""

    unit: Unit
    body: dict[str, Any]
    template: Span
    manifest: Span
