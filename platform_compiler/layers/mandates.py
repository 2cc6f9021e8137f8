"""Mandates: bounds that layers below cannot relax. A closed table, each with its direction; the strictest wins.

A laxer value from a defaults layer is raised, and its origin becomes the mandate's line. A laxer value in the
application's own document is an error with labels at both lines, or a warning before the mandate's `since`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from platform_compiler.diagnostics import Bag, Label, Severity
from platform_compiler.layers.merge import replaced
from platform_compiler.layers.model import Bound
from platform_compiler.layers.placement import strings
from platform_compiler.load.days import check_day, day_at
from platform_compiler.source.node import ListNode, MapNode, Node, Pointer, ScalarNode, at

_ORDERED = {
    "mtls": ("permissive", "strict"),
    "podSecurity": ("baseline", "restricted"),
    "imageDigest": ("optional", "required"),
    "automountToken": (True, False),
    "fault": ("allowed", "forbidden"),
}
"""Two-valued bounds, laxer value first."""


def strictest(trees: Iterable[MapNode | None], bag: Bag) -> dict[str, Bound]:
    """Return the strictest bound of each name over several `mandates` mappings."""
    bounds: dict[str, Bound] = {}
    for tree in trees:
        for name, node in tree.entries.items() if tree is not None else ():
            bound = _bound(name, node, bag)
            bounds[name] = _stricter(bounds[name], bound, bag) if name in bounds else bound
    return bounds


def _bound(name: str, node: Node, bag: Bag) -> Bound:
    value = at(node, "value")
    check_day(node, bag, "since")
    return Bound(name, value or node, (value or node).span, day_at(node, "since"))


def _stricter(one: Bound, other: Bound, bag: Bag) -> Bound:
    first, second = one.value, other.value
    if isinstance(first, ListNode) and isinstance(second, ListNode):
        return _intersection(one, other, bag)
    assert isinstance(first, ScalarNode)
    assert isinstance(second, ScalarNode)
    if one.name in _ORDERED:
        order = _ORDERED[one.name]
        return max(one, other, key=lambda b: order.index(_value(b)))
    pick = min if one.name == "maxReplicas" else max
    return pick(one, other, key=_value)


def _value(bound: Bound) -> Any:
    assert isinstance(bound.value, ScalarNode)
    return bound.value.value


def _intersection(one: Bound, other: Bound, bag: Bag) -> Bound:
    assert isinstance(one.value, ListNode)
    assert isinstance(other.value, ListNode)
    mine, theirs = strings(one.value), strings(other.value)
    kept = tuple(i for i in one.value.items if isinstance(i, ScalarNode) and _within(one.name, i.text, theirs))
    kept += tuple(
        i
        for i in other.value.items
        if isinstance(i, ScalarNode) and _within(one.name, i.text, mine) and i.text not in {k.text for k in kept}
    )
    if not kept:
        bag.add(
            "PC3102",
            f"two mandates for `{one.name}` leave nothing that both allow",
            other.span,
            also=[Label(one.span, "the other one")],
            help="let them share at least one item",
        )
    return Bound(
        one.name, ListNode(kept, other.span), other.span, max(filter(None, (one.since, other.since)), default=None)
    )


def _within(name: str, item: str, allowed: list[str]) -> bool:
    """Whether everything that `item` allows is allowed by one of `allowed`."""
    if name == "allowedRegistries":
        return any(_below(normalised(item), normalised(prefix)) for prefix in allowed)
    return any(fnmatchcase(item, glob) for glob in allowed)


def normalised(image: str) -> str:
    """Return an image with its registry written out: `redis` is `docker.io/library/redis`."""
    first, slash, _ = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    if "." in first and not slash and ":" not in image:
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"


def _below(image: str, prefix: str) -> bool:
    """Whether an image lies below a prefix, by whole path segments."""
    bare = image.partition("@")[0]
    head, _, last = bare.rpartition("/")
    bare = f"{head}/{last.partition(':')[0]}" if head else last.partition(":")[0]
    return bare == prefix.rstrip("/") or bare.startswith(f"{prefix.rstrip('/')}/")


def apply_bounds(spec: MapNode, bounds: Mapping[str, Bound], own: str, as_of: date, bag: Bag) -> MapNode:
    """Return the merged tree with laxer defaults raised; report laxer values written in the document `own` (a path)."""
    for name, bound in bounds.items():
        check = _CHECKS.get(name)
        for pointer, node, cure, raised in check(spec, bound) if check is not None else ():
            if raised is not None and node.span.path != own:
                if bound.since is None or as_of >= bound.since:
                    spec = replaced(spec, raised, *(str(step) for step in pointer))
                continue
            early = bound.since is not None and as_of < bound.since
            notes = f"it is an error from {bound.since} on" if early else ()
            bag.add(
                "PC3101",
                f"`{'.'.join(map(str, pointer))}` is laxer than the mandate `{name}`",
                node.span,
                also=[Label(bound.span, "mandated here")],
                help=cure,
                notes=notes,
                severity=Severity.WARNING if early else None,
            )
    return spec


Breach = tuple[Pointer, Node, str, ScalarNode | None]
"""Where, the value, how to mend it, and what a default is raised to (None: a default cannot be mended)."""


def _min_replicas(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    assert isinstance(bound.value, ScalarNode)
    node = at(spec, "scale", "min")
    if isinstance(node, ScalarNode) and node.value < bound.value.value:  # type: ignore[operator]
        raised = ScalarNode(bound.value.value, bound.span, bound.value.text)
        yield ("scale", "min"), node, f"write at least {bound.value.text}", raised


def _max_replicas(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    assert isinstance(bound.value, ScalarNode)
    for key in ("min", "max"):
        node = at(spec, "scale", key)
        if isinstance(node, ScalarNode) and node.value > bound.value.value:  # type: ignore[operator]
            raised = ScalarNode(bound.value.value, bound.span, bound.value.text)
            yield ("scale", key), node, f"write at most {bound.value.text}", raised


def _mtls(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    if not isinstance(bound.value, ScalarNode) or bound.value.value != "strict":
        return
    ports = at(spec, "ports")
    named = ports.entries if isinstance(ports, MapNode) else {}
    scopes = [(("mesh",), at(spec, "mesh")), *((("ports", name), port) for name, port in named.items())]
    for above, scope in scopes:
        node = at(scope, "mtls")
        if isinstance(node, ScalarNode) and node.value == "permissive":
            yield (*above, "mtls"), node, "remove it or write `strict`", ScalarNode("strict", bound.span, "strict")


def _automount(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    node = at(spec, "serviceAccount", "automountToken")
    if (
        isinstance(bound.value, ScalarNode)
        and bound.value.value is False
        and isinstance(node, ScalarNode)
        and node.value
    ):
        yield ("serviceAccount", "automountToken"), node, "remove it", ScalarNode(False, bound.span, "false")  # noqa: FBT003


def _fault(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    if not isinstance(bound.value, ScalarNode) or bound.value.value != "forbidden":
        return
    routes = at(spec, "traffic", "routes")
    names = routes.entries if isinstance(routes, MapNode) else ()
    for pointer in (("traffic", "fault"), *(("traffic", "routes", name, "fault") for name in names)):
        node = at(spec, *pointer)
        if node is not None:
            yield pointer, node, "set faults in an environment that allows them", None


def _registries(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    allowed = strings(bound.value)
    for pointer, node in _images(spec):
        if not any(_below(normalised(node.text), normalised(prefix)) for prefix in allowed):
            yield pointer, node, f"images come from {', '.join(f'`{a}`' for a in allowed)}", None


def _digests(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    if isinstance(bound.value, ScalarNode) and bound.value.value == "required":
        for pointer, node in _images(spec):
            if "@sha256:" not in node.text:
                yield pointer, node, "add the digest: `image@sha256:...`", None


def _images(spec: MapNode) -> Iterator[tuple[Pointer, ScalarNode]]:
    pointers: list[tuple[str, ...]] = [("image",)]
    for part in ("versions", "init", "sidecars"):
        named = at(spec, part)
        pointers += [(part, name, "image") for name in (named.entries if isinstance(named, MapNode) else ())]
    for pointer in pointers:
        node = at(spec, *pointer)
        if isinstance(node, ScalarNode):
            yield pointer, node


def _gateways(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    allowed = strings(bound.value)
    exposed = at(spec, "expose")
    for name in exposed.entries if isinstance(exposed, MapNode) else ():
        node = at(exposed, name, "gateway")
        if isinstance(node, ScalarNode) and node.text not in allowed:
            yield ("expose", name, "gateway"), node, f"gateways are {', '.join(f'`{a}`' for a in allowed)}", None


def _regions(spec: MapNode, bound: Bound) -> Iterator[Breach]:
    allowed = strings(bound.value)
    to = at(spec, "resilience", "failover", "to")
    for region, node in to.entries.items() if isinstance(to, MapNode) else ():
        if isinstance(node, ScalarNode) and not any(fnmatchcase(node.text, glob) for glob in allowed):
            yield (
                ("resilience", "failover", "to", region),
                node,
                f"regions are {', '.join(f'`{a}`' for a in allowed)}",
                None,
            )


_CHECKS: dict[str, Callable[[MapNode, Bound], Iterator[Breach]]] = {
    "minReplicas": _min_replicas,
    "maxReplicas": _max_replicas,
    "mtls": _mtls,
    "automountToken": _automount,
    "fault": _fault,
    "allowedRegistries": _registries,
    "imageDigest": _digests,
    "allowedGateways": _gateways,
    "failoverRegions": _regions,
}
"""`podSecurity` bounds a namespace, not an application: the context builder reads it."""
