"""Promote applications: edit their manifests, and judge the repository as it would be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from platform_compiler.checked import Checked
from platform_compiler.diagnostics import Bag, Diagnostic, Severity
from platform_compiler.load import Manifest
from platform_compiler.pipeline import check
from platform_compiler.promote.edit import pin_image
from platform_compiler.promote.source import clusters_of
from platform_compiler.source.node import key_span, nearest
from platform_compiler.source.tree import FileTree, Overlaid


@dataclass(frozen=True, slots=True)
class Pin:
    """An image that is to be pinned in an application's manifest for an environment."""

    manifest: Manifest
    environment: str
    image: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """Manifests as they would be, by path, and what would be found then.

    `found` are the findings that the edits would bring, and every error of the manifests: with an error, nothing may
    be written. `texts` are the bytes that they point at.
    """

    edited: dict[str, bytes]
    found: tuple[Diagnostic, ...]
    texts: dict[str, bytes]

    @property
    def is_refused(self) -> bool:
        """Whether an edited manifest would have errors."""
        return any(d.severity is Severity.ERROR for d in self.found)


def promote(tree: FileTree, checked: Checked, known: Bag, pins: Sequence[Pin], as_of: date) -> Promotion:
    """Return what pinning would do to the repository, all pins at once since applications may need each other.

    `checked` and the findings `known` are of `tree` as it is.
    """
    bag, edited = Bag(), {}
    for pin in pins:
        document = pin.manifest.document
        changed = pin_image(checked.loaded.texts[pin.manifest.path], document, pin.environment, pin.image)
        if changed is None:
            _report_form(pin, bag)
        else:
            edited[pin.manifest.path] = changed
    if bag.has_errors:
        return Promotion({}, bag.sorted(), checked.texts)
    after = check(Overlaid(tree, edited), as_of, bag)
    if not bag.has_errors:
        for pin in pins:
            _check_placed(after, pin, bag)
    old = {(d.code, d.message) for d in known.sorted()}
    found = tuple(d for d in bag.sorted() if (d.code, d.message) not in old or _is_error_of(d, edited))
    return Promotion(edited, found, after.texts)


def _is_error_of(diagnostic: Diagnostic, paths: dict[str, bytes]) -> bool:
    return diagnostic.severity is Severity.ERROR and any(label.span.path in paths for label in diagnostic.labels)


def _check_placed(after: Checked, pin: Pin, bag: Bag) -> None:
    """Report a pin for an environment on none of whose clusters the application is placed."""
    clusters = clusters_of(after.loaded, pin.environment)
    if not any(pin.manifest.ref in after.resolved.by_cluster[cluster] for cluster in clusters):
        bag.add(
            "PC3203",
            f"`{pin.manifest.ref}` is placed on no cluster of `{pin.environment}`: promoting it has no effect",
            key_span(pin.manifest.spec, "placement"),
            help=f"add `{pin.environment}` to `placement.environments`, or promote it elsewhere",
        )


def _report_form(pin: Pin, bag: Bag) -> None:
    bag.add(
        "PC3204",
        f"`{pin.manifest.path}` is written in a form in which no image can be added",
        nearest(pin.manifest.document, "spec", "environments", pin.environment),
        help=f'write it yourself: `environments: {{{pin.environment}: {{image: "{pin.image}"}}}}`',
    )
