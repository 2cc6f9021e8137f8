"""Which objects a policy is parametrised by, for one binding and one request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from platform_compiler.objects import Body, a_map, kind_of, text
from platform_compiler.policy.model import Binding, Policy
from platform_compiler.policy.subject import Subject
from platform_compiler.verify.labels import fits

Known: TypeAlias = Mapping[tuple[str, str], Sequence[Body]]
"""Objects that may be parameters, by apiVersion and kind."""


class MissingParametersError(Exception):
    """No object is what a binding asks for, and it says that this must not pass; or it asks for what cannot be."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The objects that a policy is asked with, one after the other; None where it takes no parameters."""

    objects: tuple[Body | None, ...]


WITHOUT = Chosen((None,))


def known(bodies: Iterable[Body]) -> Known:
    """Return objects by apiVersion and kind; of those with one name the first, so that nothing is asked twice."""
    found: defaultdict[tuple[str, str], dict[tuple[str, str], Body]] = defaultdict(dict)
    for body in bodies:
        of_kind = found[text(body, "apiVersion"), kind_of(body)]
        of_kind.setdefault((text(body, "metadata", "namespace"), text(body, "metadata", "name")), body)
    return {kind: tuple(named.values()) for kind, named in found.items()}


def chosen(policy: Policy, binding: Binding, subject: Subject, objects: Known) -> Chosen:
    """Return the parameters that a binding gives a policy; none where it gives none, so that nothing is judged.

    Raises:
        MissingParametersError: there are none, and the binding denies what comes without.
    """
    if policy.param_kind is None or binding.params is None:
        return WITHOUT
    ref = binding.params
    namespace = ref.namespace or subject.namespace_name
    if not namespace and any(text(body, "metadata", "namespace") for body in objects.get(policy.param_kind, ())):
        raise MissingParametersError("it takes its parameters from the object's namespace, and the object is in none")
    found = [
        body
        for body in objects.get(policy.param_kind, ())
        if text(body, "metadata", "namespace") in {"", namespace} and _is_meant(ref.name, ref.selector, body)
    ]
    if not found and ref.denies_without:
        what = f"`{ref.name}`" if ref.name else "with its labels"
        raise MissingParametersError(f"there is no {policy.param_kind[1]} {what} that it takes its parameters from")
    return Chosen(tuple(found))


def is_meant(ref: Body, body: Body) -> bool:
    """Whether a `paramRef` may choose an object; one without a namespace chooses by the namespace of what is judged."""
    near = {"", text(ref, "namespace") or text(body, "metadata", "namespace")}
    selector = a_map(ref, "selector") if "selector" in ref else None
    return text(body, "metadata", "namespace") in near and _is_meant(text(ref, "name"), selector, body)


def _is_meant(name: str, selector: Body | None, body: Body) -> bool:
    if selector is not None:
        return fits(selector, a_map(body, "metadata", "labels"))
    return text(body, "metadata", "name") == name
