"""Every exception that a repository makes, in one list: what goes round the vocabulary, or round a policy."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from platform_compiler.diagnostics import Span
from platform_compiler.layers.model import Resolved, Settings
from platform_compiler.layers.placement import environment_of, strings, text
from platform_compiler.link.raws import kind_word, objects_of
from platform_compiler.load import Loaded, Manifest
from platform_compiler.load.days import day_at
from platform_compiler.policy.waivers import Waiver
from platform_compiler.source.node import MapNode, at, key_span
from platform_compiler.verify.places import field_span


class ExceptionKind(StrEnum):
    """How an exception is made."""

    PATCH = "patch"
    RAW = "raw"
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class Listed:
    """One exception. `of` is who makes it, `about` what it changes, writes or excepts; `expires` its last day."""

    kind: ExceptionKind
    of: str
    about: str
    clusters: tuple[str, ...]
    owner: str
    reason: str
    expires: date | None
    span: Span

    def is_over(self, as_of: date) -> bool:
        """Whether its last day has passed."""
        return self.expires is not None and self.expires < as_of


def exceptions(loaded: Loaded, resolved: Resolved, waivers: Iterable[Waiver]) -> list[Listed]:
    """Return every exception once, patches first; those that are alike on several clusters are one."""
    found = [*_of_targets(loaded, resolved), *_waivers(loaded, waivers)]
    return sorted(found, key=lambda one: (list(ExceptionKind).index(one.kind), one.of, one.about, one.span))


def _of_targets(loaded: Loaded, resolved: Resolved) -> Iterator[Listed]:
    folded: dict[tuple[object, ...], tuple[Listed, list[str]]] = {}
    for cluster, targets in sorted(resolved.by_cluster.items()):
        for settings in targets.values():
            for one in (*_patches(settings, loaded), *_raw(settings, loaded)):
                key = (one.kind, one.of, one.about, one.reason, one.expires, one.span)
                folded.setdefault(key, (one, []))[1].append(cluster)
    for one, clusters in folded.values():
        yield Listed(one.kind, one.of, one.about, tuple(clusters), one.owner, one.reason, one.expires, one.span)


def _patches(settings: Settings, loaded: Loaded) -> Iterator[Listed]:
    patches = at(settings.spec, "patches")
    if not isinstance(patches, MapNode):
        return
    for name, patch in patches.entries.items():
        yield Listed(
            ExceptionKind.PATCH,
            f"{settings.manifest.ref} {name}",
            text(patch, "target") or "",
            (),
            _owner(settings.manifest.team or "", loaded),
            text(patch, "reason") or "",
            day_at(patch, "expires"),
            key_span(patches, name),
        )


def _raw(settings: Settings, loaded: Loaded) -> Iterator[Listed]:
    if settings.manifest.kind != "RawResources":
        return
    for _, node in objects_of(settings.spec):
        yield Listed(
            ExceptionKind.RAW,
            settings.manifest.ref,
            f"{kind_word(node).rpartition('/')[2]}/{text(node, 'metadata', 'name')}",
            (),
            _owner(settings.manifest.team or "", loaded),
            text(settings.spec, "description") or "",
            None,
            field_span(node, ("metadata", "name"), on_key=False),
        )


def _waivers(loaded: Loaded, waivers: Iterable[Waiver]) -> Iterator[Listed]:
    for waiver in waivers:
        yield Listed(
            ExceptionKind.WAIVER,
            waiver.name,
            f"{waiver.policy} for {waiver.kind}/{waiver.names}",
            tuple(name for name, cluster in sorted(loaded.clusters.items()) if _holds_on(waiver, cluster)),
            text(waiver.document, "spec", "owner") or "",
            waiver.reason,
            waiver.expires,
            field_span(waiver.document, ("spec", "policy"), on_key=False),
        )


def _holds_on(waiver: Waiver, cluster: Manifest) -> bool:
    return waiver.holds_on(cluster.name, environment_of(cluster))


def _owner(team: str, loaded: Loaded) -> str:
    """Return whom to ask: the team's people as its manifest names them."""
    owners = at(loaded.teams[team].spec, "owners") if team in loaded.teams else None
    named = [*strings(at(owners, "github")), *(text(owners, key) or "" for key in ("slack", "email", "oncall"))]
    return next(filter(None, named), team)
