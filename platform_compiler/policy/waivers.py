"""Waivers: dated exceptions to policies. A waived violation is still shown; an expired waiver excepts nothing.

A waiver names objects as they are written. One for a workload also counts for the pods that the workload will make.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from platform_compiler.load import Manifest
from platform_compiler.load.days import day_at
from platform_compiler.objects import Body, a_list, a_map, text, texts
from platform_compiler.policy.evaluate import Result
from platform_compiler.policy.globs import fits, fits_any
from platform_compiler.policy.judge import Verdict
from platform_compiler.source.node import MapNode, plain
from platform_compiler.verify.item import Item
from platform_compiler.verify.places import InFile

_ANY = ("*",)


class State(StrEnum):
    """Whether a waiver holds on a day."""

    NOT_YET = "not yet"
    IN_FORCE = "in force"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception; `validations` is empty for all of the policy's, globs for any. `expires` is its last day."""

    name: str
    policy: str
    validations: frozenset[int]
    kind: str
    names: str
    namespaces: str
    environments: tuple[str, ...]
    clusters: tuple[str, ...]
    reason: str
    ticket: str
    owner: str
    granted: date
    expires: date
    document: MapNode

    def state(self, as_of: date) -> State:
        """Whether it holds on a day."""
        if as_of < self.granted:
            return State.NOT_YET
        return State.IN_FORCE if as_of <= self.expires else State.EXPIRED

    def is_for(self, kind: str, namespace: str, name: str) -> bool:
        """Whether an object is meant, wherever it is."""
        return kind == self.kind and fits(name, self.names) and fits(namespace, self.namespaces)

    def holds_on(self, cluster: str, environment: str) -> bool:
        """Whether objects of a cluster are meant."""
        return fits_any(cluster, self.clusters) and fits_any(environment, self.environments)

    def item(self) -> Item:
        """Return it as something that findings point at."""
        return Item(plain(self.document), "", InFile(self.document))


class Weighed(NamedTuple):
    """A verdict, and the waiver for it, if any, with whether that holds."""

    verdict: Verdict
    waiver: Waiver | None = None
    state: State | None = None

    @property
    def is_waived(self) -> bool:
        """Whether nothing comes of it."""
        return self.state is State.IN_FORCE


def read_waivers(manifests: Mapping[str, Manifest]) -> tuple[Waiver, ...]:
    """Return manifests of waivers as waivers, by name, without those whose days are none (`check_waivers` says so)."""
    return tuple(waiver for _, manifest in sorted(manifests.items()) if (waiver := _waiver_of(manifest)))


def _waiver_of(manifest: Manifest) -> Waiver | None:
    granted, expires = (day_at(manifest.document, "spec", key) for key in ("granted", "expires"))
    if granted is None or expires is None:
        return None
    spec: Body = plain(manifest.spec)
    match = a_map(spec, "match")
    return Waiver(
        name=manifest.name,
        policy=text(spec, "policy"),
        validations=frozenset(a_list(spec, "validations")),
        kind=text(match, "kind"),
        names=text(match, "name"),
        namespaces=text(match, "namespace") or "*",
        environments=tuple(texts(match, "environments")) or _ANY,
        clusters=tuple(texts(match, "clusters")) or _ANY,
        reason=text(spec, "reason"),
        ticket=text(spec, "ticket"),
        owner=text(spec, "owner"),
        granted=granted,
        expires=expires,
        document=manifest.document,
    )


def in_force(waivers: Iterable[Waiver], cluster: str, environment: str, as_of: date) -> tuple[Waiver, ...]:
    """Return the waivers that hold on a cluster on a day."""
    return tuple(w for w in waivers if w.state(as_of) is State.IN_FORCE and w.holds_on(cluster, environment))


def waived(
    verdicts: Iterable[Verdict], waivers: Iterable[Waiver], as_of: date, environment_of: Callable[[str], str]
) -> Iterator[Weighed]:
    """Yield every verdict with the waiver for it: one in force if there is any, else the one that ended last."""
    by_policy: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_policy.setdefault(waiver.policy, []).append(waiver)
    for verdict in verdicts:
        known = by_policy.get(verdict.policy.name, ())
        cluster = verdict.subject.item.cluster
        found = [w for w in known if is_for(w, verdict) and w.holds_on(cluster, environment_of(cluster))]
        best = max(found, key=lambda waiver: _rank(waiver, as_of), default=None)
        yield Weighed(verdict, best, best.state(as_of)) if best else Weighed(verdict)


def _rank(waiver: Waiver, as_of: date) -> tuple[int, date]:
    order = (State.NOT_YET, State.EXPIRED, State.IN_FORCE)
    return order.index(waiver.state(as_of)), waiver.expires


def is_for(waiver: Waiver, verdict: Verdict) -> bool:
    """Whether a waiver is for what a verdict objects to, leaving aside where and when it holds.

    A policy that lacks its parameters is not waived: the API server finds that out before it asks any condition.
    """
    outcome, subject = verdict.outcome, verdict.subject
    if outcome.result not in {Result.DENY, Result.ERROR} or _lacks_parameters(verdict):
        return False
    if waiver.validations and outcome.index not in waiver.validations:
        return False
    return waiver.is_for(subject.item.kind, subject.namespace_name, subject.item.name)


def _lacks_parameters(verdict: Verdict) -> bool:
    wanted = verdict.policy.param_kind is not None and verdict.params is None
    return wanted and verdict.outcome.index is None
