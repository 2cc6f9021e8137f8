"""Quotas of namespaces: what one application would take at its most has to fit, or pods would wait for ever."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.layers.model import Workload
from platform_compiler.layers.written import entries, number
from platform_compiler.link.model import Target
from platform_compiler.load import Loaded
from platform_compiler.quantities import amount
from platform_compiler.source.node import MapNode, Node, ScalarNode, at

_ALIASES = {"cpu": "requests.cpu", "memory": "requests.memory"}


def teams_with_quotas(loaded: Loaded) -> frozenset[str]:
    """Return the teams of which anybody says how much one of their namespaces may hold."""
    return frozenset(name for name, team in loaded.teams.items() if _has_quota(team.spec))


def _has_quota(spec: MapNode) -> bool:
    holders = (spec, *(one for word in ("environments", "namespaces") for _, one in entries(spec, word)))
    return any(at(holder, "quota") is not None for holder in holders)


def quota_of(loaded: Loaded, team: str, namespace: str, environment: str) -> dict[str, Node]:
    """Return the quota of a namespace (without the environment's suffix): the team's, its environment's, its own."""
    spec = loaded.teams[team].spec
    layers = (
        at(spec, "quota"),
        at(spec, "environments", environment, "quota"),
        at(spec, "namespaces", namespace, "quota"),
    )
    return {name: node for layer in layers for name, node in entries(layer)}


def check_quota(target: Target, spec: MapNode, workload: Workload, quota: Mapping[str, Node], bag: Bag) -> None:
    """Report an application that alone, at its most, is more than its namespace may hold."""
    if not quota:
        return
    pods, place = _pods(spec, workload)
    needed = {"pods": Decimal(pods), **{name: pods * each for name, each in _each(spec)}}
    for name, node in sorted(quota.items()):
        wanted = needed.get(_ALIASES.get(name, name))
        if wanted is not None and isinstance(node, ScalarNode) and wanted > amount(node.text):
            bag.add(
                "PC2414",
                f"{pods} pods of `{target.ref}` need {_words(name, wanted)}, and `{target.interface.namespace}` has "
                f"{node.text}",
                place.span if place is not None else target.interface.span,
                also=[Label(node.span, f"the quota of `{name}`")],
                help="let fewer run, let each ask for less, or raise the quota",
            )


def _words(name: str, wanted: Decimal) -> str:
    return f"a quota of {wanted.normalize():f} for `{name}`"


def _pods(spec: MapNode, workload: Workload) -> tuple[int, Node | None]:
    """Return how many pods run at the most, and the setting that says so."""
    if workload.ends:
        return number(spec, "job", "parallelism") or 1, at(spec, "job", "parallelism")
    key = "max" if number(spec, "scale", "max") is not None else "min"
    others = sum(_most(version) for _, version in entries(spec, "versions"))
    return _most(spec) + others, at(spec, "scale", key)


def _most(holder: Node) -> int:
    least, most = number(holder, "scale", "min"), number(holder, "scale", "max")
    return max(1 if least is None else least, most or 0)


def _each(spec: MapNode) -> Iterator[tuple[str, Decimal]]:
    """Yield what one pod asks for, native sidecars included."""
    for part in ("requests", "limits"):
        for resource in ("cpu", "memory"):
            nodes = (at(c, "resources", part, resource) for c in (spec, *(s for _, s in entries(spec, "sidecars"))))
            yield f"{part}.{resource}", sum((amount(n.text) for n in nodes if isinstance(n, ScalarNode)), Decimal(0))
