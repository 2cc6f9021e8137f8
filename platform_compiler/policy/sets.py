"""PolicySets: which policies hold together, and where. They become bindings, as the API server takes them.

The same object is judged by here and shipped to the cluster. A set speaks of teams and of names with `*`; a binding
selects namespaces by labels: so globs are written out, over the namespaces that are known on the cluster. What is in no
namespace is selected by every binding, as the API server has it. For policies on manifests, teams are the namespaces.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from platform_compiler.load import Manifest
from platform_compiler.load.days import day_at
from platform_compiler.objects import Body, a_map, maps, text, texts
from platform_compiler.policy.globs import fits, fits_any, is_plain
from platform_compiler.policy.model import GROUP, Action, Binding, Policy
from platform_compiler.policy.parse import binding_of
from platform_compiler.policy.where import SYSTEM, Where
from platform_compiler.source.node import MapNode, plain

MANAGED = {"app.kubernetes.io/managed-by": "platformc"}
"""The labels of what was generated."""
_NAME_LABEL = "kubernetes.io/metadata.name"
_ANY = ("*",)
_NEVER = date.max


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Where the policies of a set hold, and what comes of a violation there; None is said nowhere, so any."""

    actions: tuple[Action, ...]
    since: date
    environments: tuple[str, ...] | None
    clusters: tuple[str, ...] | None
    teams: tuple[str, ...] | None
    namespaces: tuple[str, ...] | None
    excluded: tuple[str, ...] | None
    labels: Body

    def is_for(self, where: Where) -> bool:
        """Whether anything of a cluster is meant."""
        return fits_any(where.environment, self.environments or _ANY) and fits_any(where.cluster, self.clusters or _ANY)


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A set: policies by glob with the parameters they take, where they hold, and which clusters get them."""

    name: str
    policies: Mapping[str, Body]
    enforce: tuple[Enforcement, ...]
    ships: tuple[str, ...]
    document: MapNode

    def named(self, names: Iterable[str]) -> list[str]:
        """Return those of some policies that the set is for, sorted."""
        return sorted(name for name in names if fits_any(name, self.policies))

    def params_for(self, policy: str) -> Body:
        """Return where a policy's parameters are: what its own name says, else the longest glob that it fits."""
        found = [glob for glob in self.policies if fits(policy, glob)]
        return a_map(self.policies, max(found, key=lambda glob: (is_plain(glob), len(glob))), "params")


class Bound(NamedTuple):
    """A binding, and the set that it was made from."""

    binding: Binding
    made_from: PolicySet


def read_sets(sets: Mapping[str, Manifest]) -> tuple[PolicySet, ...]:
    """Return manifests of sets as sets, by name."""
    return tuple(_set_of(manifest) for _, manifest in sorted(sets.items()))


def _set_of(manifest: Manifest) -> PolicySet:
    spec: Body = plain(manifest.spec)
    return PolicySet(
        name=manifest.name,
        policies=a_map(spec, "policies"),
        enforce=tuple(_enforcement(manifest, i, entry) for i, entry in maps(spec, "enforce")),
        ships=tuple(texts(spec, "ship", "clusters")),
        document=manifest.document,
    )


def _enforcement(manifest: Manifest, index: int, entry: Body) -> Enforcement:
    def globs(key: str) -> tuple[str, ...] | None:
        return tuple(texts(entry, key)) if key in entry else None

    since = day_at(manifest.document, "spec", "enforce", index, "since")
    return Enforcement(
        actions=tuple(map(Action, texts(entry, "actions"))),
        since=since or (_NEVER if "since" in entry else date.min),
        environments=globs("environments"),
        clusters=globs("clusters"),
        teams=globs("teams"),
        namespaces=globs("namespaces"),
        excluded=globs("excludeNamespaces"),
        labels=a_map(entry, "labels"),
    )


def bindings_of(
    sets: Iterable[PolicySet], policies: Mapping[str, Policy], where: Where, as_of: date
) -> tuple[Binding, ...]:
    """Return the bindings that sets make on a cluster: one for each set, policy and entry that holds on that day."""
    return tuple(bound.binding for bound in bound_by(sets, policies, where, as_of))


def bound_by(sets: Iterable[PolicySet], policies: Mapping[str, Policy], where: Where, as_of: date) -> Iterator[Bound]:
    """Yield the bindings that sets make on a cluster, each with its set; every one has a name of its own."""
    taken: set[str] = set()
    for one in sets:
        for name in one.named(policies):
            for entry in one.enforce:
                selector = _namespaces(entry, policies[name], where)
                if entry.since > as_of or not entry.is_for(where) or selector is None:
                    continue
                free = _free(f"{one.name}-{name}", taken)
                yield Bound(binding_of(_body(free, policies[name], one, entry, selector)), one)


def _free(wanted: str, taken: set[str]) -> str:
    """Return a name that no other binding has, and take it."""
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    taken.add(name)
    return name


def _body(name: str, policy: Policy, one: PolicySet, entry: Enforcement, selector: Body) -> Body:
    limits: Body = {"namespaceSelector": selector} if selector else {}
    if entry.labels:
        limits["objectSelector"] = {"matchLabels": dict(entry.labels)}
    spec: dict[str, Any] = {"policyName": policy.name, "validationActions": [str(action) for action in entry.actions]}
    params = one.params_for(policy.name)
    if params and policy.param_kind:
        spec["paramRef"] = _param_ref(params)
    if limits:
        spec["matchResources"] = limits
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name, "labels": dict(MANAGED)},
        "spec": spec,
    }


def _param_ref(params: Body) -> Body:
    ref: Body = {"parameterNotFoundAction": text(params, "parameterNotFoundAction") or "Deny"}
    if text(params, "name"):
        ref["name"] = text(params, "name")
    if labels := a_map(params, "labels"):
        ref["selector"] = {"matchLabels": dict(labels)}
    if text(params, "namespace"):
        ref["namespace"] = text(params, "namespace")
    return ref


def _namespaces(entry: Enforcement, policy: Policy, where: Where) -> Body | None:
    """Return the selector of the namespaces that are meant, empty for all; None where there is none of them."""
    manifests = policy.judges_manifests
    owners = {team: team for team in where.teams} if manifests else where.all_namespaces
    excluded = entry.excluded if entry.excluded is not None else () if manifests else SYSTEM
    if entry.teams is None and entry.namespaces is None:
        # A name is left out even where nobody knows it: what others brought there is not ours to list.
        left_out = {name for name in owners if fits_any(name, excluded)} | set(filter(is_plain, excluded))
        return _selector("NotIn", left_out) if left_out else {}
    meant = {
        name
        for name, team in owners.items()
        if (entry.teams is None or (team and fits_any(team, entry.teams)))
        and (entry.namespaces is None or fits_any(name, entry.namespaces))
        and not fits_any(name, excluded)
    }
    return _selector("In", meant) if meant else None


def _selector(operator: str, names: Iterable[str]) -> Body:
    return {"matchExpressions": [{"key": _NAME_LABEL, "operator": operator, "values": sorted(names)}]}
