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
        self._here = [cluster]

    def record(self, target: Target) -> Record | None:
        """Return an application's record, or None where it has to do with other clusters."""
        around, key = self._around, (target.cluster, target.ref)
        into, out = (links.get(key, ()) for links in (around.linked.links_in, around.linked.links_out))
        if not _at_home(target, into, out, around):
            return None
        once, links = around.once, (key in around.linked.waypoints, *self._links(into, out))
        made = once(lambda: self._made(target, links), "home", by=(once.alike(target), links))
        calls = [{**call, "clusters": self._here} if "clusters" in call else call for call in made["calls"]]
        return {**made, "calls": calls}

    def _made(self, target: Target, links: Key) -> Record:
        """Return a record: whom an application deals with is mostly the same where its program is another."""
        around, settings = self._around, self._around.once.plain(target.spec)
        others = {word: node for word, node in target.spec.entries.items() if word not in OF_PROGRAMS}
        without = target._replace(spec=replace(target.spec, entries=others))
        dealings = around.once(
            lambda: dealings_record(without, around),
            "dealings",
            by=(around.once.looks(target), *[(word, id(settings[word])) for word in others], links),
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


def _at_home(target: Target, into: Iterable[Link], out: Iterable[Link], around: Surroundings) -> bool:
    """Whether an application has links on its own cluster alone, and neither is exposed nor denies or reads others."""
    cluster, ref = target.cluster, target.ref
    return (
        not around.linked.routes.get((cluster, ref))
        and {link.caller.cluster for link in into} | {link.callee.cluster for link in out} <= {cluster}
        and not any(rule.sources for rule in target.interface.deny)
        and around.cluster.get(PROMETHEUS, {}).get("ref") != ref
    )


def _less(facts: Mapping[str, Any], own: frozenset[str], below: Mapping[str, frozenset[str]] = _BELOW) -> Record:
    """Return facts of a cluster without those that are its own."""
    return {
        word: _less(fact, below[word], {}) if word in below else fact for word, fact in facts.items() if word not in own
    }
