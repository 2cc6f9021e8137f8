"""Policies as clusters get them: unmodified, but for what waivers except, so that cluster and compiler agree.

Policies on manifests are never shipped: no cluster sees a manifest. An exception ends in a cluster with the first
publish after its last day, as the language knows no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256

from platform_compiler.objects import Body, a_list, a_map, text
from platform_compiler.policy.exceptions import excepted
from platform_compiler.policy.globs import fits_any
from platform_compiler.policy.model import Policy
from platform_compiler.policy.params import Known, is_meant
from platform_compiler.policy.sets import MANAGED, PolicySet, bound_by
from platform_compiler.policy.waivers import Waiver, in_force
from platform_compiler.policy.where import Where

_MOST_CONDITIONS = 64
_LONGEST_NAME = 63


def shipped_to(  # noqa: PLR0913, PLR0917 -- what is shipped, where, and when
    where: Where,
    sets: Sequence[PolicySet],
    policies: Mapping[str, Policy],
    waivers: Iterable[Waiver],
    resources: Sequence[Body],
    as_of: date,
) -> list[Body]:
    """Return the policies and bindings that a cluster gets, policies first; `resources` are the cluster's own."""
    for_clusters = {name: policy for name, policy in policies.items() if not policy.judges_manifests}
    shipping = [one for one in sets if fits_any(where.cluster, one.ships)]
    # Names depend on all sets: a binding is called the same here and where it judges.
    made = [bound.binding for bound in bound_by(sets, policies, where, as_of) if bound.made_from in shipping]
    bindings = [binding for binding in made if binding.policy in for_clusters]
    held = in_force(waivers, where.cluster, where.environment, as_of)
    bound = sorted({binding.policy for binding in bindings})
    return [
        *(shipped(for_clusters[name], held, resources) for name in bound),
        *(binding.body for binding in bindings),
    ]


def parameters_for(shipped: Iterable[Body], policies: Mapping[str, Policy], objects: Known) -> list[Body]:
    """Return the objects of a repository that shipped bindings take parameters from, so that a cluster has them."""
    found: list[Body] = []
    for body in shipped:
        ref, policy = a_map(body, "spec", "paramRef"), policies.get(text(body, "spec", "policyName"))
        if ref and policy and policy.param_kind:
            found += [one for one in objects.get(policy.param_kind, ()) if is_meant(ref, one) and one not in found]
    return [_managed(body) for body in found]


def _managed(body: Body) -> Body:
    metadata = a_map(body, "metadata")
    return {**body, "metadata": {**metadata, "labels": {**a_map(metadata, "labels"), **MANAGED}}}


def shipped(policy: Policy, waivers: Iterable[Waiver], resources: Sequence[Body]) -> Body:
    """Return a policy as a cluster gets it, where these waivers are in force and these are the resources."""
    own = [waiver for waiver in waivers if waiver.policy == policy.name]
    spec = dict(a_map(policy.body, "spec"))
    whole = [waiver for waiver in own if not waiver.validations]
    if whole:
        spec["matchConditions"] = [*a_list(spec, "matchConditions"), *_conditions(policy, whole, resources)]
    partly = [(waiver.validations, excepted(waiver, policy, resources)) for waiver in own if waiver.validations]
    spec["validations"] = [
        _but([exception for indexes, exception in partly if i in indexes], validation)
        for i, validation in enumerate(a_list(spec, "validations"))
    ]
    return {**_managed(policy.body), "spec": spec}


def _conditions(policy: Policy, waivers: Sequence[Waiver], resources: Sequence[Body]) -> list[Body]:
    """Return a condition for each waiver; one for all where the API server would not take so many."""
    made = {waiver.name: excepted(waiver, policy, resources) for waiver in waivers}
    if len(policy.conditions) + len(made) > _MOST_CONDITIONS:
        made = {"all": "\n|| ".join(made.values())}
    return [{"name": _condition_name(name), "expression": f"!(\n{exception}\n)"} for name, exception in made.items()]


def _condition_name(waiver: str) -> str:
    name = f"waiver-{waiver}"
    if len(name) <= _LONGEST_NAME:
        return name
    digest = sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - 9]}-{digest}"


def _but(exceptions: Sequence[str], validation: Body) -> Body:
    """Return a validation that excepted objects pass; one without a message keeps the words that it had."""
    if not exceptions:
        return validation
    expression = text(validation, "expression")
    # The line break ends a comment that the expression may end with.
    wrapped = "\n|| ".join((*exceptions, f"(\n{expression.strip()}\n)"))
    message = text(validation, "message") or f"failed expression: {' '.join(expression.split())}"
    return {**validation, "expression": wrapped, "message": message}
