"""Applications that deal with nothing of which each cluster has its own: one record for all clusters that look alike.

What tells clusters apart is not in what such a record is made from, so it cannot depend on it. Of other clusters of a
mesh that is whom they trust; which clusters calls go to, and by which addresses, is written in last. Gateways, which
know all their hosts, are only looked at for those that are exposed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from platform_compiler.context.across import routes_from_afar, with_ways_out
from platform_compiler.context.app import dealings_record
from platform_compiler.context.calls import on_clusters
from platform_compiler.context.host import host_record
from platform_compiler.context.owned import Owned
from platform_compiler.context.program import OF_PROGRAMS, program_record
from platform_compiler.context.surroundings import Surroundings
from platform_compiler.link.model import Link, Route, Target
from platform_compiler.link.observers import PROMETHEUS
from platform_compiler.link.tls import owner_of_host

_HERE = -1
"""The place of a cluster itself, before the numbers of all others."""
Record = dict[str, Any]
Key = tuple[object, ...]
_ITS_OWN = frozenset({"name", "environment", "region", "zones", "versions", "delivery"})
_BELOW = {"mesh": frozenset({"id", "network", "eastWest"}), "parts": frozenset({"delivery"})}


class Home:
    """One cluster as its hosts see it, and those of its applications that are `at_home` there."""

    def __init__(self, cluster: str, around: Surroundings) -> None:
        record, spec = _less(around.cluster, _ITS_OWN), _less(around.specs[cluster], _ITS_OWN)
        gateways = record.pop("gateways")
        others = {name: _trust(around.specs[name]) for name in around.linked.reached.get(cluster, ())}
        if others:
            spec["mesh"]["eastWest"] = around.specs[cluster]["mesh"]["eastWest"] | {"address": None}
        self._around = replace(around, cluster=record, specs={cluster: spec, **others})
        self._looks = around.once.number([record, spec, around.providers, around.services])
        doors = {name: trust | _doors(around.specs[name]) for name, trust in others.items()}
        self._exposed = replace(around, cluster={**record, "gateways": gateways}, specs={cluster: spec, **doors})
        self._doors = {cluster: around.once.number(gateways), **{n: around.once.number(d) for n, d in doors.items()}}
        self._is_alone = not others
        self._places = {cluster: _HERE, **{name: around.once.number(trust) for name, trust in others.items()}}
        self._is_of_one_trust = all(trust == _trust(spec) for trust in others.values())
        self._specs = around.specs
        self._reader = around.cluster.get(PROMETHEUS, {}).get("ref")
        self._cluster = cluster
        self._here = [cluster]
        self._calls: dict[int, Record] = {}

    def shared(self, target: Target, owned: Owned) -> Record | None:
        """Return an application's record as all clusters have it that look alike, with what its team owns.

        None where facts of its cluster alone decide it.
        """
        if not self._is_at_home(target):
            return None
        linked, once, interface = self._around.linked, self._around.once, target.interface
        key = (target.cluster, interface.ref)
        into, out = linked.links_in.get(key, ()), linked.links_out.get(key, ())
        sides = once.links(into, out)
        routes = self._routes(target) if key in linked.routes else ()
        behind = self._behind(key, out) if linked.waypoints else ()
        links = (self._looks, routes, *behind, *(() if self._is_alone else self._beyond(into, out, sides)), *sides)
        owner = owned.owner(interface.namespace, interface.team)
        return once(
            ("home", once.alike(target), id(owner), links),
            lambda: self._made(target, links, owned.by_owner(target, owner)),
        )

    def apart(self, target: Target, shared: Record) -> Record:
        """Return what is each cluster's own of such a record."""
        if self._is_alone:
            calls = self._calls
            return {"calls": [calls.get(id(call)) or self._from_here(call) for call in shared["calls"]]}
        linked, once = self._around.linked, self._around.once
        out = linked.links_out.get((target.cluster, target.ref), ())
        across = with_ways_out(shared["across"], self._cluster, out, self._specs, once)
        return {"calls": on_clusters(shared["calls"], self._cluster, out, once), "across": across}

    def host(self, fqdn: str, routes: tuple[Route, ...], owned: Record) -> Record:
        """Return a host and its gateway, with what its owner gives, as all clusters have them that look alike there."""
        around = self._exposed

        def made() -> Record:
            gateway = around.cluster["gateways"][owner_of_host(routes).gateway]
            return {**owned, "host": host_record(fqdn, routes, gateway, around), "gateway": gateway}

        return around.once(("host", fqdn, self._looks, *map(self._route, routes)), made)

    def _is_at_home(self, target: Target) -> bool:
        """Whether an application neither denies nor reads others."""
        deny = target.interface.deny
        return self._reader != target.interface.ref and not (deny and any(rule.sources for rule in deny))

    def _routes(self, target: Target) -> Key:
        """Return how an application is exposed, here and where gateways find it too, beside whom, by which doors."""
        linked = self._around.linked
        here = linked.routes[target.cluster, target.ref]
        beside = [tuple(map(self._route, linked.hosts[target.cluster, route.host])) for route in here]
        routes = map(self._route, (*here, *routes_from_afar(target, linked)))
        return bool(linked.elsewhere(target)), *beside, *routes

    def _route(self, route: Route) -> Key:
        """Return what is equal for the same exposure by a door that looks the same."""
        target, linked = route.target, self._around.linked
        where = (self._doors[target.cluster], (target.cluster, target.ref) in linked.waypoints)
        what = (self._around.once.alike(target), route.exposure.name, route.port.name)
        return *where, *what, route.gateway, route.host, route.owner, route.closed

    def _beyond(self, into: Sequence[Link], out: Iterable[Link], sides: Key) -> Key:
        """Return which links come from other clusters or lead there, and whom those trust."""
        whence = [self._places[one.caller.cluster] for one in into]
        if self._is_of_one_trust and all(one.caller.interface.kind == "app" for one in into):
            whence = list(_near_first(whence, zip(sides[1::2], sides[2::2], strict=False)))
        called = sides[1 + 2 * len(into) :]
        whither = [self._places[one.callee.cluster] for one in out]
        return *whence, *_near_first(whither, zip(called[::3], called[1::3], called[2::3], strict=True))

    def _from_here(self, call: Record) -> Record:
        """Return a call as it is on this cluster: the same for all records that have the same one."""
        found = self._calls[id(call)] = {**call, "clusters": self._here} if "clusters" in call else call
        return found

    def _made(self, target: Target, links: Key, owned: Record) -> Record:
        """Return a record with what is `owned`: whom it deals with is mostly the same where its program is another."""
        is_exposed = (target.cluster, target.interface.ref) in self._around.linked.routes
        around, once = self._exposed if is_exposed else self._around, self._around.once
        kept = {word: part for word, part in once.plain(target.spec).items() if word not in OF_PROGRAMS}
        dealings = once(
            ("dealings", once.looks(target), links, *kept, *map(id, kept.values())),
            lambda: dealings_record(target._replace(spec=once.cut(target.spec, kept)), around),
        )
        return {**owned, **dealings, **program_record(target, around, "full")}

    def _behind(self, key: tuple[str, str], out: Iterable[Link]) -> Key:
        """Return which of an application and those that it calls stand behind a waypoint."""
        waypoints = self._around.linked.waypoints
        return key in waypoints, *[(link.callee.cluster, link.callee.ref) in waypoints for link in out]


def _near_first(places: Iterable[int], sides: Iterable[Key]) -> Iterator[int]:
    """Yield the places of links, the nearest first among those of one application that look and grant the same.

    They make one record, whichever of them comes first; links are sorted by cluster.
    """
    for _, alike in groupby(zip(sides, places, strict=False), itemgetter(0)):
        yield from sorted([place for _, place in alike])


def _trust(spec: Mapping[str, Any]) -> Record:
    """Return what decides identities on another cluster: nothing else of it is in a record."""
    mesh = spec.get("mesh", {})
    return {"mesh": {word: mesh[word] for word in ("trustDomain", "trustDomainAliases") if word in mesh}}


def _doors(spec: Mapping[str, Any]) -> Record:
    """Return what decides how gateways of another cluster are known to whom they find here."""
    return {word: spec[word] for word in ("gateways", "parts") if word in spec}


def _less(facts: Mapping[str, Any], own: frozenset[str], below: Mapping[str, frozenset[str]] = _BELOW) -> Record:
    """Return facts of a cluster without those that are its own."""
    return {
        word: _less(fact, below[word], {}) if word in below else fact for word, fact in facts.items() if word not in own
    }
