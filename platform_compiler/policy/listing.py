"""What holds where: every policy of a repository with the sets and bindings that make it judge, cluster by cluster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from platform_compiler.link.model import Linked
from platform_compiler.policy.globs import fits_any
from platform_compiler.policy.model import Action, Policy
from platform_compiler.policy.sets import bound_by
from platform_compiler.policy.stages import Court
from platform_compiler.policy.waivers import State
from platform_compiler.policy.where import Where
from platform_compiler.verify.versions import Version


class Row(NamedTuple):
    """A policy by one set or binding with the same actions; no places where nothing makes it judge.

    `shipped` are the clusters among `places` that get it; `waivers` counts those of the policy that are in force.
    """

    policy: str
    category: str
    built_in: bool
    judges: str
    by: str
    actions: tuple[Action, ...]
    places: tuple[Where, ...]
    shipped: tuple[str, ...]
    waivers: int


def places_of(court: Court, linked: Linked) -> list[Where]:
    """Return all clusters, by environment."""
    found = [court.where(name, linked) for name in court.loaded.clusters]
    return sorted(found, key=lambda where: (where.environment, where.cluster))


def listed(court: Court, places: Sequence[Where]) -> list[Row]:
    """Return the rows of every own policy and of the built-in ones that sets or bindings name, by policy."""
    policies = court.policies.read(court.names | court.policies.own.policies.keys())
    held = _held(court, policies, places)
    return [row for name, policy in policies.items() for row in _rows(court, policy, held.get(name, {}))]


def _held(
    court: Court, policies: Mapping[str, Policy], places: Iterable[Where]
) -> dict[str, dict[tuple[str, tuple[Action, ...]], list[Where]]]:
    """Return where each policy holds, by what makes it hold and what comes of a violation."""
    found: dict[str, dict[tuple[str, tuple[Action, ...]], list[Where]]] = {}
    for where in places:
        for policy, by, actions in _bound(court, policies, where):
            holding = found.setdefault(policy, {}).setdefault((by, actions), [])
            if where not in holding:
                holding.append(where)
    return found


def _bound(court: Court, policies: Mapping[str, Policy], where: Where) -> Iterator[tuple[str, str, tuple[Action, ...]]]:
    for binding, made_from in bound_by(court.sets, policies, where, court.as_of):
        yield binding.policy, f"set {made_from.name}", binding.actions
    for own in court.policies.own.bindings.values():
        yield own.policy, f"binding {own.name}", own.actions


def _rows(
    court: Court,
    policy: Policy,
    held: Mapping[tuple[str, tuple[Action, ...]], Sequence[Where]],
) -> Iterator[Row]:
    sets = {f"set {one.name}": one for one in court.sets}
    category = policy.annotations.get("platformc.dev/category", "")
    judges = "manifests" if policy.judges_manifests else "resources"
    waivers = sum(one.policy == policy.name and one.state(court.as_of) is State.IN_FORCE for one in court.waivers)
    built_in = policy.name not in court.policies.own.policies
    for (by, actions), where in (held or {("", ()): ()}).items():
        ships = sets[by].ships if by in sets and not policy.judges_manifests else ()
        shipped = tuple(one.cluster for one in where if fits_any(one.cluster, ships))
        yield Row(policy.name, category, built_in, judges, by, actions, tuple(where), shipped, waivers)


def oldest_shipped(court: Court, places: Sequence[Where]) -> dict[str, Version]:
    """Return the oldest Kubernetes that gets each policy which is shipped."""
    versions = {where.cluster: where.kubernetes for where in places}
    found: dict[str, Version] = {}
    for row in listed(court, places):
        for cluster in row.shipped:
            found[row.policy] = min(found.get(row.policy, versions[cluster]), versions[cluster])
    return found


def places_in_words(row: Row, all_places: Iterable[Where]) -> str:
    """Return `prod, dev/dev-1`: an environment where all of its clusters are meant, else the clusters."""
    whole: dict[str, set[str]] = {}
    for where in all_places:
        whole.setdefault(where.environment, set()).add(where.cluster)
    own: dict[str, list[str]] = {}
    for where in row.places:
        own.setdefault(where.environment, []).append(where.cluster)
    words = [
        environment if set(clusters) == whole[environment] else ", ".join(f"{environment}/{one}" for one in clusters)
        for environment, clusters in own.items()
    ]
    return ", ".join(words)
