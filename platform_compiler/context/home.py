"""Applications that have to do with nobody on another cluster: one record for all clusters that look alike.

What tells clusters apart is not in what such a record is made from, so it cannot depend on it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from platform_compiler.context.app import dealings_record
from platform_compiler.context.program import OF_PROGRAMS, program_record
from platform_compiler.context.surroundings import Surroundings
from platform_compiler.link.model import Link, Target
from platform_compiler.link.observers import PROMETHEUS
from platform_compiler.source.node import MapNode

Record = dict[str, Any]
Key = tuple[object, ...]
_ITS_OWN = frozenset({"name", "environment", "region", "zones", "versions", "delivery"})
_BELOW = {"mesh": frozenset({"id", "network", "eastWest"}), "parts": frozenset({"delivery"})}


class Home:
    """One cluster as those of its applications see it that are `at_home` there."""

    def __init__(self, cluster: str, around: Surroundings) -> None:
        # Gateways are read for exposures alone, and who is exposed is not at home.
        record = _less(around.cluster, _ITS_OWN | {"gateways"})
        spec = _less(around.specs[cluster], _ITS_OWN)
        self._around = replace(around, cluster=record, specs={cluster: spec})
        self._looks = around.once.number([record, spec, around.providers, around.services])
        self._reader = around.cluster.get(PROMETHEUS, {}).get("ref")
        self._cluster = cluster
        self._here = [cluster]

    def record(self, target: Target) -> Record | None:
        """Return an application's record, or None where it has to do with other clusters."""
        once, linked, key = self._around.once, self._around.linked, (target.cluster, target.ref)
        into, out = linked.links_in.get(key, ()), linked.links_out.get(key, ())
        if not self._is_at_home(target, into, out):
            return None
        links = (key in linked.waypoints, *self._links(into, out))
        made = once(("home", once.alike(target), links), lambda: self._made(target, links))
        calls = [{**call, "clusters": self._here} if "clusters" in call else call for call in made["calls"]]
        return made | {"calls": calls}

    def _is_at_home(self, target: Target, into: Iterable[Link], out: Iterable[Link]) -> bool:
        """Whether an application has links here alone, and neither is exposed nor denies or reads others."""
        cluster, ref = self._cluster, target.ref
        return (
            (cluster, ref) not in self._around.linked.routes
            and {cluster}.issuperset([link.caller.cluster for link in into])
            and {cluster}.issuperset([link.callee.cluster for link in out])
            and not any(rule.sources for rule in target.interface.deny)
            and self._reader != ref
        )

    def _made(self, target: Target, links: Key) -> Record:
        """Return a record: whom an application deals with is mostly the same where its program is another."""
        around, settings = self._around, self._around.once.plain(target.spec)
        others = {word: node for word, node in target.spec.entries.items() if word not in OF_PROGRAMS}
        spec = MapNode(others, target.spec.keys, target.spec.span)
        without = Target(target.cluster, target.path, spec, target.interface)
        dealings = around.once(
            ("dealings", around.once.looks(target), links, *others, *[id(settings[word]) for word in others]),
            lambda: dealings_record(without, around),
        )
        return {**dealings, **program_record(target, around, "full")}

    def _links(self, into: Iterable[Link], out: Iterable[Link]) -> Key:
        """Return what decides a record besides the application: its links, and what the cluster looks like."""
        once, behind = self._around.once, self._around.linked.waypoints
        looks, equal = once.looks, once.equal
        return (
            self._looks,
            tuple([(looks(link.caller), equal(link.grants)) for link in into]),
            tuple([(link.call.ref, looks(link.callee), equal(link.grants)) for link in out]),
            *[(link.callee.cluster, link.callee.ref) in behind for link in out if behind],
        )


def _less(facts: Mapping[str, Any], own: frozenset[str], below: Mapping[str, frozenset[str]] = _BELOW) -> Record:
    """Return facts of a cluster without those that are its own."""
    return {
        word: _less(fact, below[word], {}) if word in below else fact for word, fact in facts.items() if word not in own
    }
