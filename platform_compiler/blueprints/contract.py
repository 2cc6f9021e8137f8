"""`blueprint.yaml`: what a blueprint is, the kinds it emits, the settings it honours, what it contributes."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.layers.placement import strings, text
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span, nearest

PARTS = ("workload", "mesh", "ingress", "observability", "delivery", "namespace")
CONTEXT = 1
"""The version of the context that templates are written for (docs/blueprint-context.md)."""
_KEYS = (
    *("part", "version", "context", "description", "params", "emits", "honours", "refuses", "needs", "contributes"),
    "patchable",
    "defaults",
)
_SLOTS = {
    "pod": ("labels", "annotations"),
    "namespace": ("labels",),
    "service": ("labels", "ports"),
    "network": ("ingress", "egress"),
    "dashboard": ("panels",),
    "object": ("annotations",),
    "guarded": ("annotations",),
}
_NO_REFUSAL = "an entry of `refuses` is `{path, when, of, because}`"
_SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\Z")


class Honour(NamedTuple):
    """A setting that a blueprint gives effect to: a path below `spec`, `*` for any key; `when` it does."""

    path: tuple[str, ...]
    when: str | None
    span: Span


class Refusal(NamedTuple):
    """A setting that a blueprint cannot give effect to where it should, though another part may: `when`, and why.

    `of` are the records whose names `*` stands for; without it, for any key.
    """

    path: tuple[str, ...]
    when: str | None
    because: str
    span: Span
    of: str | None = None


class Contract(NamedTuple):
    """The content of a `blueprint.yaml`.

    `patchable` are the fields, by kind, that patches of applications may change: `*` is any key or item, and what
    stands below a field goes with it.
    """

    name: str
    version: str
    part: str
    emits: frozenset[str]
    honours: tuple[Honour, ...]
    needs: tuple[tuple[str, ...], ...]
    patchable: Mapping[str, tuple[tuple[str, ...], ...]]
    contributes: Mapping[tuple[str, str], Node]
    defaults: MapNode | None
    params: MapNode | None
    span: Span
    refuses: tuple[Refusal, ...] = ()

    @property
    def major(self) -> str:
        """The first number of the version: what manifests write."""
        return self.version.partition(".")[0]


def read_contract(name: str, version: str, document: MapNode, bag: Bag) -> Contract | None:
    """Return the contract in a `blueprint.yaml` of `<name>/<version>/`, or None after saying what is wrong."""
    before = bag.reports
    spec = at(document, "spec")
    if not isinstance(spec, MapNode):
        bag.add("PC4003", "`spec` is missing", document.span, help="see docs/blueprint-language.md")
        return None
    _check_identity(name, version, document, spec, bag)
    for key in spec.entries:
        if key not in _KEYS:
            near = did_you_mean(key, _KEYS)
            cure = f"did you mean `{near}`?" if near else f"keys are {', '.join(_KEYS)}"
            bag.add("PC4003", f"a blueprint has no `{key}`", key_span(spec, key), help=cure)
    contract = Contract(
        name,
        version,
        text(spec, "part") or "",
        frozenset(strings(at(spec, "emits"))),
        tuple(_honours(at(spec, "honours"), bag)),
        tuple(tuple(path.split(".")) for path in strings(at(spec, "needs"))),
        _patchable(spec, bag),
        _contributions(at(spec, "contributes"), bag),
        _mapping(spec, "defaults", bag),
        _mapping(spec, "params", bag),
        document.span,
        tuple(_refusals(at(spec, "refuses"), bag)),
    )
    return contract if bag.reports == before else None


def _check_identity(name: str, version: str, document: MapNode, spec: MapNode, bag: Bag) -> None:
    expected = {("kind",): "Blueprint", ("metadata", "name"): name, ("spec", "version"): version}
    for pointer, wanted in expected.items():
        if text(document, *pointer) != wanted:
            place = at(document, *pointer)
            span = place.span if place else nearest(document, *pointer)
            bag.add("PC4003", f"`{'.'.join(pointer)}` must be `{wanted}`, as the path says", span)
    if not _SEMVER.match(version):
        bag.add("PC4003", f"`{version}` is no version", spec.span, help="versions have three numbers, such as `1.0.0`")
    if text(spec, "part") not in PARTS:
        bag.add(
            "PC4003", "`part` must name the part it plays", nearest(spec, "part"), help=f"one of {', '.join(PARTS)}"
        )
    context = at(spec, "context")
    if not isinstance(context, ScalarNode) or context.value != CONTEXT:
        bag.add("PC4003", f"`context` must be {CONTEXT}", nearest(spec, "context"), help="this version knows no other")
    if not strings(at(spec, "emits")) and at(spec, "emits") is None:
        bag.add("PC4003", "`emits` is missing", spec.span, help="list the kinds that its templates make")


def _mapping(spec: MapNode, key: str, bag: Bag) -> MapNode | None:
    node = at(spec, key)
    if node is None or isinstance(node, MapNode):
        return node
    bag.add("PC4003", f"`{key}` must be a mapping", node.span)
    return None


def _honours(node: Node | None, bag: Bag) -> list[Honour]:
    found = []
    for item in node.items if isinstance(node, ListNode) else ():
        path = item.text if isinstance(item, ScalarNode) else text(item, "path")
        if path is None:
            bag.add("PC4003", "an entry of `honours` is a path, or `{path, when}`", item.span)
            continue
        found.append(Honour(tuple(path.split(".")), text(item, "when"), item.span))
    return found


def _patchable(spec: MapNode, bag: Bag) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the fields that patches may change, by kind: only kinds that it emits have any."""
    node, emits = at(spec, "patchable"), strings(at(spec, "emits"))
    if node is not None and not isinstance(node, MapNode):
        bag.add("PC4003", "`patchable` holds lists of fields by kind", node.span, help="write `Kind: [spec.field]`")
    found = {}
    for kind, fields in node.entries.items() if isinstance(node, MapNode) else ():
        if kind not in emits:
            bag.add(
                "PC4003",
                f"`{kind}` is not one of its `emits`",
                nearest(spec, "patchable", kind),
                help="list it there first",
            )
        if not strings(fields):
            bag.add("PC4003", f"`patchable.{kind}` is no list of fields", fields.span, help="such as `[spec.field]`")
        found[kind] = tuple(tuple(path.split(".")) for path in strings(fields))
    return found


def _refusals(node: Node | None, bag: Bag) -> list[Refusal]:
    found = []
    for item in node.items if isinstance(node, ListNode) else ():
        path, because, when, of = (text(item, key) for key in ("path", "because", "when", "of"))
        if path is None or because is None or (of is not None and "*" not in path.split(".")):
            bag.add(
                "PC4003", _NO_REFUSAL, item.span, help="`of` is for a path with `*`: the records that it stands for"
            )
            continue
        conditions = [f"({when})"] if when else []
        conditions += [f"not ({of} is empty)"] if of else []
        found.append(Refusal(tuple(path.split(".")), " and ".join(conditions) or None, because, item.span, of))
    return found


def _contributions(node: Node | None, bag: Bag) -> dict[tuple[str, str], Node]:
    """Return contributions by slot: `(pod, labels)`."""
    found: dict[tuple[str, str], Node] = {}
    for group, slots in node.entries.items() if isinstance(node, MapNode) else ():
        for slot, value in slots.entries.items() if isinstance(slots, MapNode) else ():
            if slot in _SLOTS.get(group, ()):
                found[group, slot] = value
            else:
                known = ", ".join(f"`{g}.{s}`" for g, names in _SLOTS.items() for s in names)
                bag.add("PC4003", f"there is no slot `{group}.{slot}`", value.span, help=f"slots are {known}")
    return found
