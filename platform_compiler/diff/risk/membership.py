"""Pods that leave the mesh, whole or with some ports: none of its policies holds for them any more.

Sources: https://istio.io/latest/docs/reference/config/labels/ and
https://istio.io/latest/docs/reference/config/annotations/.
"""

from collections.abc import Iterator

from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import WORKLOADS, Rule
from platform_compiler.diff.risk.shape import named
from platform_compiler.objects import Body, a_map, at, template_of, text

_INJECT, _MODE = "sidecar.istio.io/inject", "istio.io/dataplane-mode"
_EXCLUDED = "traffic.sidecar.istio.io/excludeInboundPorts"


def _namespace_left(old: Body, new: Body) -> Iterator[Risk]:
    if _joined(a_map(old, "metadata", "labels")) and not _joined(a_map(new, "metadata", "labels")):
        message = f"pods of namespace `{text(new, 'metadata', 'name')}` are no longer in the mesh"
        yield risk("mesh-left", ("metadata", "labels"), message)


def _joined(labels: Body) -> bool:
    """Whether new pods of a namespace with these labels join the mesh."""
    injected = text(labels, "istio-injection") or ("enabled" if text(labels, "istio.io/rev") else "")
    return injected == "enabled" or text(labels, _MODE) == "ambient"


def _pods_left(old: Body, new: Body) -> Iterator[Risk]:
    pointer, template = template_of(new)
    before, after = a_map(at(old, *pointer, "metadata")), a_map(template, "metadata")
    if _opted_out(after) and not _opted_out(before):
        yield risk("mesh-left", (*pointer, "metadata"), "pods are no longer in the mesh")
    known = _excluded(before)
    more = [port for port in _excluded(after) if port not in known]
    if more:
        place = (*pointer, "metadata", "annotations", _EXCLUDED)
        yield risk("mesh-left", place, f"requests on port {named(5, more)} go past the mesh")


def _opted_out(metadata: Body) -> bool:
    inject = text(metadata, "labels", _INJECT) or text(metadata, "annotations", _INJECT)
    return inject == "false" or text(metadata, "labels", _MODE) == "none"


def _excluded(metadata: Body) -> list[str]:
    return [port.strip() for port in text(metadata, "annotations", _EXCLUDED).split(",") if port.strip()]


MEMBERSHIP_RULES = (Rule(_namespace_left, (("", "Namespace"),)), Rule(_pods_left, WORKLOADS))
