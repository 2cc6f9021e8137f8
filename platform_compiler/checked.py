"""What reading, merging and linking a platform repository yields, and what the second half of a compile asks of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from platform_compiler.diagnostics import Bag
from platform_compiler.layers.published import Forms
from platform_compiler.source.node import at, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from platform_compiler.blueprints.catalog import Catalog
    from platform_compiler.blueprints.resource import Resource
    from platform_compiler.blueprints.written import TemplateLines
    from platform_compiler.context.model import UnitContext
    from platform_compiler.context.unit import Unit
    from platform_compiler.diagnostics import Span
    from platform_compiler.layers.model import Resolved
    from platform_compiler.link.model import Linked
    from platform_compiler.load import Loaded
    from platform_compiler.objects import Path
    from platform_compiler.policy.stages import Court
    from platform_compiler.policy.waivers import Weighed
    from platform_compiler.schema.store import Store
    from platform_compiler.verify.schemas import Schemas
    from platform_compiler.verify.world import Facts


class Checked(NamedTuple):
    """A platform repository that was read, merged and linked; complete even when the bag holds errors."""

    loaded: Loaded
    catalog: Catalog
    resolved: Resolved
    linked: Linked
    schemas: Store
    court: Court | None = None
    """The policies, where there are any."""
    told: tuple[Weighed, ...] = ()
    """What they said of manifests."""

    @property
    def texts(self) -> dict[str, bytes]:
        """The bytes of every file that a finding may point at."""
        policies = self.court.policies.texts if self.court else {}
        return {**self.loaded.texts, **self.catalog.texts, **policies}


def known_of(checked: Checked) -> tuple[Mapping[str, Facts], Callable[[str], Schemas]]:
    """Return what is known of each cluster, and what gives its schemas."""
    from platform_compiler.verify.compiled import facts_of, schemas_of  # noqa: PLC0415

    facts = facts_of(checked.loaded, checked.linked)
    return facts, schemas_of(facts, checked.schemas)


def lines_of(checked: Checked) -> Callable[[Resource, Path], Span]:
    """Return what finds the line of a blueprint, or of a policy that is shipped, that wrote a field of a resource."""

    def context_of(unit: Unit) -> UnitContext:
        from platform_compiler.context.build import build_contexts  # noqa: PLC0415

        return next(
            build_contexts(checked.loaded, checked.resolved, checked.linked, Bag(), lambda other: other == unit)
        )

    @cache
    def lines() -> TemplateLines:
        from platform_compiler.blueprints.written import TemplateLines  # noqa: PLC0415 -- only where something is found

        return TemplateLines(checked.catalog, context_of)

    def line(resource: Resource, path: Path) -> Span:
        return lines().line(resource, path)

    return checked.court.lines(line) if checked.court else line


def published_of(checked: Checked, units: Iterable[Unit]) -> dict[Unit, dict[str, Any]]:
    """Return what others may know of those units that are targets; the same settings on many clusters share it."""
    from platform_compiler.context.unit import OWNED  # noqa: PLC0415 -- a hook does without

    forms = Forms()
    found: dict[Unit, dict[str, Any]] = {}
    for unit in units:
        settings = checked.resolved.by_cluster[unit.cluster].get(unit.id) if unit.scope in OWNED else None
        if settings is not None:
            found[unit] = forms.of(settings)
    return found


def unsupported_of(loaded: Loaded) -> dict[str, str]:
    """Return how bad a setting without effect is, by its first word, where the platform says so."""
    node = at(loaded.platform.spec, "unsupported") if loaded.platform else None
    return plain(node) if node else {}
