"""What is made of some clusters: files, and what has to be said, as plain values that any process may work out.

Findings are kept by the stage that they belong to, since whether a later stage is told depends on all clusters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from platform_compiler.blueprints.resource import Batch
from platform_compiler.diagnostics import Bag, Diagnostic, Severity, Span
from platform_compiler.emit.layout import Output, in_folders
from platform_compiler.emit.limits import check_names, check_sizes, names_in
from platform_compiler.verify.report import Told, report_told

if TYPE_CHECKING:
    from platform_compiler.policy.stages import Judgement


class Laid(NamedTuple):
    """The files of some clusters; `shared` are findings about files that share a path, `limits` those about sizes."""

    output: Output
    shared: tuple[Diagnostic, ...]
    limits: tuple[Diagnostic, ...]
    names: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Part:
    """Some clusters. `made` is said by making resources, `told` by judging them, `judgement` by policies.

    `whole` says that they were judged as all that their clusters have. Nothing is laid out where there are errors.
    """

    made: tuple[Diagnostic, ...] = ()
    whole: bool = False
    told: tuple[Told, ...] = ()
    judgement: "Judgement | None" = None
    laid: Laid | None = field(default=None, repr=False)

    @property
    def is_broken(self) -> bool:
        """Whether resources could not be made as they are meant."""
        return any(one.severity is Severity.ERROR for one in self.made)

    @property
    def has_errors(self) -> bool:
        """Whether there is an error, whatever the other clusters have."""
        bag = Bag()
        bag.take(self.made)
        report_told(self.told, bag)
        if self.judgement:
            bag.take(self.judgement.flaws)
            report_told(self.judgement.told, bag)
        return bag.has_errors

    def without_resources(self) -> "Part":
        """Return the part with bytes and findings alone, which is all that other processes ask for."""
        if self.laid is None:
            return self
        output = replace(self.laid.output, resources={}, published=dict(self.laid.output.published))
        return replace(self, laid=self.laid._replace(output=output))


def laid_out(batches: Iterable[Batch]) -> Laid:
    """Return the files of resources, and what is said of them."""
    shared, limits = Bag(), Bag()
    output, folders = in_folders(batches, shared)
    check_sizes(output, folders, limits)
    return Laid(output, shared.sorted(), limits.sorted(), names_in(output, folders))


def joined(parts: Iterable[Laid], bag: Bag) -> Output | None:
    """Return the files of all clusters; None where there is an error."""
    found = tuple(parts)
    bag.take(one for part in found for one in part.shared)
    if bag.has_errors:
        return None
    names: dict[str, Span] = {}
    for part in found:
        bag.take(part.limits)
        for name, span in part.names.items():
            names[name] = min(names.get(name, span), span)
    check_names(names, bag)
    if bag.has_errors:
        return None
    if len(found) == 1:
        return found[0].output
    outputs = [part.output for part in found]
    return Output(
        files={path: data for output in outputs for path, data in output.files.items()},
        units={unit: paths for output in outputs for unit, paths in output.units.items()},
        resources={path: resource for output in outputs for path, resource in output.resources.items()},
        owners={unit: owner for output in outputs for unit, owner in output.owners.items()},
        published={unit: form for output in outputs for unit, form in output.published.items()},
    )
