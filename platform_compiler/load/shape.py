"""Does a tree have the shape of its kind? A fast validator accepts; a walk over schema and tree words the rest.

The walk alone accepts the trees of a kind while they are few: making the validator takes as long as walking a hundred.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.load.identity import API_VERSION
from platform_compiler.schema.ranges import is_unclear_range
from platform_compiler.schema.walk import Breach, Rule, Schema, breaches
from platform_compiler.shipped import shipped
from platform_compiler.source.node import MapNode, Node, ScalarNode, plain, plain_and_scalars
from platform_compiler.source.scalars import ambiguity

_CODES = {
    Rule.UNKNOWN_KEY: "PC1101",
    Rule.MISSING_KEY: "PC1102",
    Rule.WRONG_TYPE: "PC1103",
    Rule.AMBIGUOUS: "PC1104",
    Rule.INVALID: "PC1105",
    Rule.EMPTY: "PC1106",
    Rule.NO_ALTERNATIVE: "PC1107",
}
_FEW = 100
_DEFAULTS: Schema = {"$ref": "#/$defs/ApplicationBaseOverlay"}


@cache
def schema_for(kind: str) -> Schema:
    """Return the shipped schema of a kind of document."""
    text = (shipped("schemas") / f"{kind.lower()}.schema.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


class _Judge:
    """Accepts the documents of a kind, and the specs that they merge to."""

    def __init__(self, kind: str) -> None:
        self._schema = schema_for(kind)
        self._around = {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": "a"}}
        self.few = _FEW
        self._walked = 0
        self._validator: Any = None

    def accepts(self, document: Node, value: Any) -> bool:
        """Whether a document is right; `value` is what it says, plainly."""
        return self._walk_accepts(self._schema, document) or self._is_valid(value)

    def accepts_spec(self, spec: Node) -> bool:
        """Whether a spec is right: whether a document around it is."""
        part = self._schema["properties"]["spec"]
        return self._walk_accepts(part, spec) or self._is_valid({**self._around, "spec": plain(spec)})

    def _walk_accepts(self, schema: Schema, node: Node) -> bool:
        """Whether it is one of few, and the walk accepts it; whatever it refuses is asked about again."""
        self._walked += 1
        return self._walked <= self.few and not breaches(schema, node, "", self._schema["$defs"])

    def _is_valid(self, document: dict[str, Any]) -> bool:
        if self._validator is None:
            from jsonschema_rs import validator_for  # noqa: PLC0415 -- see the module's docstring

            self._validator = validator_for(self._schema)
        return bool(self._validator.is_valid(document))


_judge = cache(_Judge)


def expect(documents: Mapping[str, int]) -> None:
    """Prepare for so many documents of each kind: each is judged as it is written, and again as it is merged."""
    for kind, count in documents.items():
        if 2 * count > _FEW:
            _judge(kind).few = 0


def has_shape(kind: str, document: MapNode, bag: Bag) -> bool:
    """Return whether a document has its kind's shape; report every breach."""
    value, scalars = plain_and_scalars(document)
    if not any(map(_is_doubtful, scalars)) and _judge(kind).accepts(document, value):
        return True
    schema = schema_for(kind)
    refused = _refused(breaches(schema, document, "the document", schema["$defs"]), bag)
    unclear = [scalar for scalar in scalars if _is_unclear(scalar)]
    for scalar in unclear:
        if scalar.span not in refused:
            _report_unclear(scalar, bag)
    return not refused and not unclear


class Shapes:
    """Judges what documents of one kind merge to, setting by setting.

    What a document itself says was judged with it, and what many have in common, such as defaults, is judged once.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._schema = schema_for(kind)
        name = self._schema["properties"]["spec"]["$ref"].rpartition("/")[2]
        self._required = frozenset(self._schema["$defs"][name].get("required", ()))
        self._known: dict[int, tuple[str, Node]] = {}

    def has_shape(self, spec: MapNode, own: MapNode, bag: Bag) -> bool:
        """Return whether a merged `spec` has its kind's shape; each breach is reported where the value came from."""
        said, known = own.entries, self._known
        new = {
            word: node
            for word, node in spec.entries.items()
            if said.get(word) is not node and (id(node) not in known or known[id(node)][0] != word)
        }
        needed = {word: spec.entries[word] for word in self._required if word in spec.entries}
        if _judge(self._kind).accepts_spec(MapNode({**needed, **new}, spec.keys, spec.span)):
            known.update({id(node): (word, node) for word, node in new.items()})
            return True
        return _accepted(self._schema, self._schema["properties"]["spec"], spec, "`spec`", bag)


def spec_has_shape(kind: str, spec: MapNode, bag: Bag) -> bool:
    """Return the same of a `spec` of which nothing was judged before."""
    return Shapes(kind).has_shape(spec, MapNode({}, {}, spec.span), bag)


def defaults_have_shape(defaults: MapNode, bag: Bag) -> bool:
    """Return whether defaults of applications have the shape of a part of their `spec`; report every breach."""
    return _accepted(schema_for("Application"), _DEFAULTS, defaults, "`defaults`", bag)


def _accepted(root: Schema, schema: Schema, node: Node, what: str, bag: Bag) -> bool:
    """Report what a schema refuses; return whether it is nothing."""
    return not _refused(breaches(schema, node, what, root["$defs"]), bag)


def _refused(found: Sequence[Breach], bag: Bag) -> set[Span]:
    """Report breaches; return where they are."""
    for breach in found:
        bag.add(_CODES[breach.rule], breach.message, breach.span, help=breach.cure or ())
    return {breach.span for breach in found}


def _is_doubtful(node: ScalarNode) -> bool:
    """Whether it is unclear, or no schema sees what may be wrong: `1e3`, an integer to them, or `10.0.0.5/8`."""
    if _is_unclear(node):
        return True
    value = node.value
    return is_unclear_range(value) if type(value) is str else type(value) is float and value.is_integer()


def _is_unclear(node: ScalarNode) -> bool:
    """Whether other YAML readers take a plain string, or a number with a leading zero, for something else."""
    if node.quoted:
        return False
    leading_zero = isinstance(node.value, int) and node.text[:1] == "0" and node.text != "0"
    return (isinstance(node.value, str) or leading_zero) and ambiguity(node.text) is not None


def _report_unclear(node: ScalarNode, bag: Bag) -> None:
    reason, cure = ambiguity(node.text), f'quote it: `"{node.text}"`'
    if isinstance(node.value, str):
        bag.add("PC1104", f"{reason}; a string is meant here", node.span, help=cure)
    else:
        bag.add("PC1104", str(reason), node.span, help=f"write `{node.value}`, or where text is meant, {cure}")


def params_have_shape(schema: Node, params: Node, bag: Bag) -> bool:
    """Return whether a blueprint's parameters are as its own schema says; report every breach."""
    declared: Schema = {"type": "object", "additionalProperties": False, **plain(schema)}
    return _accepted({"$defs": declared.get("$defs", {})}, declared, params, "`params`", bag)
