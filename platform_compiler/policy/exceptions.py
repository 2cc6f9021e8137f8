"""Which objects waivers except, as conditions of the language that every Kubernetes since 1.30 has.

A cluster sees pods, and not the workloads that they are made for. So the pods of a waived workload are known by what
does not change from one version to the next: its namespace, the labels that it selects by, and the beginning of their
generated names. Where another workload's pods would look the same, these are taken out again. Two workloads of
different kinds with the same namespace, name and labels are the one case that cannot be told apart: a waiver for one
then excepts the pods of both.

Fields of `request` that are empty are absent in a cluster, and `object` is null when something is deleted.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from platform_compiler.objects import Body, a_map, kind_of, template_of, text
from platform_compiler.policy.globs import is_plain, regex_of
from platform_compiler.policy.model import Policy
from platform_compiler.policy.waivers import Waiver

_POD_RULES = frozenset({"*", "*/*", "pods", "pods/*"})
_CHANGING = frozenset({"app.kubernetes.io/version", "helm.sh/chart"})
"""Labels that tell one version of a workload from the next."""
_PLAIN = re.compile(r"[ -&(-\[\]-~]*")
"""Text that single quotes can hold as it is."""
_WHOEVER = "[object != null ? object : oldObject].exists(it, {})"
"""The object, or the one before, under a short name."""


class Pods(NamedTuple):
    """What the pods of a workload have in common: `labels` are those that they are known by, `all_labels` all."""

    namespace: str
    start: str
    labels: tuple[tuple[str, str], ...]
    all_labels: tuple[tuple[str, str], ...]

    def covers(self, other: "Pods") -> bool:
        """Whether the pods of another workload would be taken for these."""
        same = self.namespace == other.namespace and set(self.labels) <= set(other.all_labels)
        return same and other.start.startswith(self.start)

    def condition(self) -> str:
        """Return what is true of these pods, called `it`."""
        parts = [
            f"request.?namespace.orValue('') == {quoted(self.namespace)}",
            f"it.metadata.?generateName.orValue('').startsWith({quoted(self.start)})",
            *(f"it.metadata.?labels[?{quoted(k)}].orValue({_other_than(v)}) == {quoted(v)}" for k, v in self.labels),
        ]
        return " && ".join(parts)


def excepted(waiver: Waiver, policy: Policy, resources: Iterable[Body]) -> str:
    """Return the expression that is true of the objects that a waiver is for; it has a value for every request."""
    made = [_named(waiver), *_pods(waiver, resources)] if _judges_pods(policy) else [_named(waiver)]
    return "\n|| ".join(made)


def _named(waiver: Waiver) -> str:
    parts = [f"request.kind.kind == {quoted(waiver.kind)}", _fits("request.?name.orValue('')", waiver.names)]
    if waiver.namespaces != "*":
        parts.append(_fits("request.?namespace.orValue('')", waiver.namespaces))
    if waiver.kind == "Pod":  # those of workloads are meant by waivers for workloads
        parts.append(_WHOEVER.format("it.metadata.?generateName.orValue('') == ''"))
    return " && ".join(parts)


def _fits(what: str, glob: str) -> str:
    return f"{what} == {quoted(glob)}" if is_plain(glob) else f"{what}.matches({quoted(f'^{regex_of(glob)}$')})"


def _judges_pods(policy: Policy) -> bool:
    rules = policy.match.rules
    return policy.expands and any({"", "*"} & set(r.groups) and _POD_RULES & set(r.resources) for r in rules)


def _pods(waiver: Waiver, resources: Iterable[Body]) -> Iterator[str]:
    """Yield a condition for the pods of every workload that a waiver is for."""
    workloads = list(_workloads(resources))
    meant = {pods for body, pods in workloads if _is_for(waiver, body)}
    others = {pods for body, pods in workloads if not _is_for(waiver, body)}
    for pods in sorted(meant):
        alike = sorted(other for other in others if pods.covers(other) and not other.covers(pods))
        yield f"request.kind.kind == 'Pod' && {_WHOEVER.format(_but(pods, alike))}"


def _but(pods: Pods, others: Sequence[Pods]) -> str:
    return " && ".join([pods.condition(), *(f"!({other.condition()})" for other in others)])


def _is_for(waiver: Waiver, body: Body) -> bool:
    metadata = a_map(body, "metadata")
    return waiver.is_for(kind_of(body), text(metadata, "namespace") or "default", text(metadata, "name"))


def _workloads(resources: Iterable[Body]) -> Iterator[tuple[Body, Pods]]:
    for body in resources:
        path, template = template_of(body)
        if path and template:
            metadata = a_map(body, "metadata")
            labels = _texts(a_map(template, "metadata", "labels"))
            namespace = text(metadata, "namespace") or "default"
            yield body, Pods(namespace, f"{text(metadata, 'name')}-", _telling(body, labels), _sorted(labels))


def _telling(body: Body, labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the labels that pods are known by: what a workload selects by, and for want of that what it gives them."""
    selected = _texts(a_map(body, "spec", "selector", "matchLabels"))
    return _sorted(selected or {key: value for key, value in labels.items() if key not in _CHANGING})


def _texts(labels: Body) -> dict[str, str]:
    return {key: str(value) for key, value in labels.items()}


def _sorted(labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _other_than(value: str) -> str:
    """Return what stands for a label that is absent: never the value that is wanted."""
    return "''" if value else "'-'"


def quoted(value: str) -> str:
    """Return text as the language writes it."""
    return f"'{value}'" if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
