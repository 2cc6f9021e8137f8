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
        self._is_alone = not around.linked.reached.get(cluster)
        self._here = [cluster]
        self._calls: dict[int, Record] = {}

    def record(self, target: Target) -> Record | None:
        """Return an application's record, a new one, or None where it has to do with other clusters."""
        linked, key = self._around.linked, (target.cluster, target.ref)
        into, out = linked.links_in.get(key, ()), linked.links_out.get(key, ())
        if key in linked.routes or not self._is_at_home(target, into, out):
            return None
        once = self._around.once
        links = (self._looks, *self._behind(key, out), *once.links(into, out))
        made = once(("home", once.alike(target), links), lambda: self._made(target, links))
        calls = self._calls
        return {**made, "calls": [calls.get(id(call)) or self._from_here(call) for call in made["calls"]]}

    def _is_at_home(self, target: Target, into: Iterable[Link], out: Iterable[Link]) -> bool:
        """Whether an application that is not exposed has links here alone, and neither denies nor reads others."""
        cluster, deny = self._cluster, target.interface.deny
        return (
            self._reader != target.ref
            and not (deny and any(rule.sources for rule in deny))
            and (
                self._is_alone
                or {link.caller.cluster for link in into} | {link.callee.cluster for link in out} <= {cluster}
            )
        )

    def _from_here(self, call: Record) -> Record:
        """Return a call as it is on this cluster: the same for all records that have the same one."""
        found = self._calls[id(call)] = {**call, "clusters": self._here} if "clusters" in call else call
        return found

    def _made(self, target: Target, links: Key) -> Record:
        """Return a record: whom an application deals with is mostly the same where its program is another."""
        around, once = self._around, self._around.once
        spec = once.without(target.spec, OF_PROGRAMS)
        dealings = once(
            ("dealings", once.looks(target), id(spec), links),
            lambda: dealings_record(target._replace(spec=spec), around),
        )
        return {**dealings, **program_record(target, around, "full")}

    def _behind(self, key: tuple[str, str], out: Iterable[Link]) -> Key:
        """Return which of an application and those that it calls stand behind a waypoint: nothing where nobody does."""
        waypoints = self._around.linked.waypoints
        if not waypoints:
            return ()
        return key in waypoints, *[(link.callee.cluster, link.callee.ref) in waypoints for link in out]


def _less(facts: Mapping[str, Any], own: frozenset[str], below: Mapping[str, frozenset[str]] = _BELOW) -> Record:
    """Return facts of a cluster without those that are its own."""
    return {
        word: _less(fact, below[word], {}) if word in below else fact for word, fact in facts.items() if word not in own
    }
