"""What is wrong with sets: names that mean nothing, places where nothing is, and clusters that cannot take policies."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from platform_compiler.diagnostics import Bag, Label, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.load.days import check_day
from platform_compiler.objects import Body, a_list, a_map, maps
from platform_compiler.policy.compiled import Compiled
from platform_compiler.policy.globs import fits, fits_any, is_plain
from platform_compiler.policy.model import Action, Policy
from platform_compiler.policy.needs import needs
from platform_compiler.policy.read import Library
from platform_compiler.policy.sets import Enforcement, PolicySet, bindings_of
from platform_compiler.policy.where import Where
from platform_compiler.source.node import plain
from platform_compiler.verify.places import field_span

_FIRST = (1, 30)
"""The Kubernetes that brought ValidatingAdmissionPolicy v1."""


def check_sets(  # noqa: PLR0913 -- what sets speak of
    sets: Sequence[PolicySet],
    names: Collection[str],
    compiled: Mapping[str, Compiled],
    places: Sequence[Where],
    bag: Bag,
    *,
    whole: bool = True,
) -> None:
    """Report what sets say that means nothing, or cannot be done.

    `names` are all policies that there are, `compiled` those that sets are for, as far as they can judge. `whole` says
    that `places` are all clusters, with all namespaces.
    """
    policies = {name: one.policy for name, one in compiled.items()}
    for one in sets:
        _check_policies(one, names, bag)
        for i, entry in enumerate(one.enforce):
            _check_entry(one, i, entry, bag)
        if whole:
            unknown = Bag()
            _check_places(one, places, unknown)
            bag.extend(unknown)
            if not unknown.has_errors:
                _check_effect(one, policies, places, bag)
        _check_shipping(one, compiled, places, bag)


def check_bound(own: Library, sets: Iterable[PolicySet], bag: Bag) -> None:
    """Report policies of the repository that nothing binds."""
    bound = {binding.policy for binding in own.bindings.values()}
    globs = [glob for one in sets for glob in one.policies]
    for name, policy in sorted(own.policies.items()):
        if name not in bound and not fits_any(name, globs):
            words = f"policy `{name}` holds nowhere: no set names it"
            bag.add("PC7014", words, _name_of(policy), help="name it in a set of `policies/<set>.yaml`")


def _unknown_policy(words: str, name: str, names: Collection[str], span: Span, bag: Bag) -> None:
    near = did_you_mean(name, names)
    bag.add(
        "PC7010", words, span, help=f"did you mean `{near}`?" if near else "`platformc policy list` shows what there is"
    )


def _check_policies(one: PolicySet, names: Collection[str], bag: Bag) -> None:
    for glob in one.policies:
        if not any(fits(name, glob) for name in names):
            words = f"`{glob}` is no policy" if is_plain(glob) else f"no policy is called like `{glob}`"
            _unknown_policy(words, glob, names, _key(one, "policies", glob), bag)
        _check_params(one, glob, bag)


def _check_params(one: PolicySet, glob: str, bag: Bag) -> None:
    params: Body = a_map(one.policies[glob], "params")
    if params and ("name" in params) == ("labels" in params):
        said = "both `name` and `labels` say" if "name" in params else "nothing says"
        words = f"{said} which objects `{glob}` takes its parameters from"
        bag.add("PC7017", words, _key(one, "policies", glob, "params"), help="write either `name` or `labels`")


def _check_entry(one: PolicySet, index: int, entry: Enforcement, bag: Bag) -> None:
    check_day(one.document, bag, "spec", "enforce", index, "since")
    if {Action.DENY, Action.WARN} <= set(entry.actions):
        words = "`Deny` and `Warn` together are refused by the API server"
        cure = "leave `Warn` out: who is denied is told why"
        bag.add("PC7011", words, _key(one, "enforce", index, "actions"), help=cure)


def _check_places(one: PolicySet, places: Sequence[Where], bag: Bag) -> None:
    known = _known(places)
    for i, body in maps(plain(one.document), "spec", "enforce"):
        for key in known.keys() & body.keys():
            for j, glob in enumerate(a_list(body, key)):
                # A name is left out even where nobody knows it: somebody else may have brought it.
                if key != "excludeNamespaces" or not is_plain(glob):
                    _check_glob(one, ("enforce", i, key, j), glob, known[key], bag)
    for j, glob in enumerate(one.ships):
        _check_glob(one, ("ship", "clusters", j), glob, known["clusters"], bag)


def _known(places: Sequence[Where]) -> dict[str, tuple[str, set[str]]]:
    teams = {team for where in places for team in (*where.teams, *where.namespaces.values()) if team}
    namespaces = {name for where in places for name in where.all_namespaces}
    return {
        "environments": ("environment", {where.environment for where in places}),
        "clusters": ("cluster", {where.cluster for where in places}),
        "teams": ("team", teams),
        "namespaces": ("namespace", namespaces | teams),
        "excludeNamespaces": ("namespace", namespaces | teams),
    }


def _check_glob(one: PolicySet, path: tuple[str | int, ...], glob: str, known: tuple[str, set[str]], bag: Bag) -> None:
    word, names = known
    if not any(fits(name, glob) for name in names):
        near = did_you_mean(glob, names)
        cure = f"did you mean `{near}`?" if near else f"there are {', '.join(sorted(names)) or 'none'}"
        words = f"there is no {word} `{glob}`" if is_plain(glob) else f"no {word} is called like `{glob}`"
        bag.add("PC7012", words, _span(one, *path), help=cure)


def _check_effect(one: PolicySet, policies: Mapping[str, Policy], places: Sequence[Where], bag: Bag) -> None:
    """Report a set that makes no binding, on whatever day."""
    meant = {name: policies[name] for name in one.named(policies)}
    someday = replace(one, enforce=tuple(replace(entry, since=date.min) for entry in one.enforce))
    if meant and not any(bindings_of([someday], meant, where, date.max) for where in places):
        cure = "no cluster has all that an entry of `enforce` asks for; ask for less"
        bag.add("PC7013", f"set `{one.name}` holds nowhere", _key(one, "enforce"), help=cure)


def _check_shipping(one: PolicySet, compiled: Mapping[str, Compiled], places: Sequence[Where], bag: Bag) -> None:
    for where, span in _targets(one, places):
        version = _written(where.kubernetes)
        if where.kubernetes < _FIRST:
            words = f"cluster `{where.cluster}` takes no policies: it runs Kubernetes {version}"
            bag.add("PC7015", words, span, help="ship to clusters from 1.30 on, or raise `versions.kubernetes`")
            continue
        for policy, what, since in _missing(one, compiled, where):
            words = f"policy `{policy.name}` uses {what}, and cluster `{where.cluster}` runs Kubernetes {version}"
            cure = f"Kubernetes takes that from {since} on: do without it, or ship elsewhere"
            bag.add("PC7016", words, span, also=[Label(_name_of(policy), "this policy")], help=cure)


def _missing(one: PolicySet, compiled: Mapping[str, Compiled], where: Where) -> Iterator[tuple[Policy, str, str]]:
    policies = {name: compiled[name].policy for name in one.named(compiled)}
    someday = replace(one, enforce=tuple(replace(entry, since=date.min) for entry in one.enforce))
    for name in sorted({binding.policy for binding in bindings_of([someday], policies, where, date.max)}):
        if not policies[name].judges_manifests and (found := needs(compiled[name], where.kubernetes)):
            newest = max(need.since for need in found)
            yield policies[name], ", ".join(need.what for need in found), _written(newest)


def _targets(one: PolicySet, places: Sequence[Where]) -> Iterator[tuple[Where, Span]]:
    """Yield the clusters that a set is shipped to, and where it says so."""
    for where in places:
        index = next((i for i, glob in enumerate(one.ships) if fits(where.cluster, glob)), None)
        if index is not None:
            yield where, _span(one, "ship", "clusters", index)


def _written(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _span(one: PolicySet, *path: str | int) -> Span:
    return field_span(one.document, ("spec", *path), on_key=False)


def _key(one: PolicySet, *path: str | int) -> Span:
    return field_span(one.document, ("spec", *path), on_key=True)


def _name_of(policy: Policy) -> Span:
    return field_span(policy.tree, ("metadata", "name"), on_key=False)
