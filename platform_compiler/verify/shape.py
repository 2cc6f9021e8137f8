"""Does an object fit the schema of its kind? A compiled validator accepts; a walk over schema and text words it."""

from collections.abc import Iterator, Mapping
from typing import Any

from platform_compiler.diagnostics import Span
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.objects import Body, Path
from platform_compiler.schema.unique import repeats, repetitions
from platform_compiler.schema.walk import Breach, Rule, Schema, breaches
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at
from platform_compiler.verify.item import Fault, Item
from platform_compiler.verify.metadata import Metadata
from platform_compiler.verify.profile.profile import since
from platform_compiler.verify.schemas import Judge, Schemas

_WHAT = "the object"
_READABLE = 120
_ALMOST = 0.85
_TOO_NEW = "remove it here, or judge for the version that runs"
_HELP = "`platformc schemas import` takes the schemas of your own cluster"


def fits(item: Item, judge: Judge, metadata: Metadata, among: int = 1) -> bool:
    """Whether an object fits, `among` so many of its kind; null fields count as absent, as for the API server."""
    body = item.body
    if not _is_valid(body, judge, metadata, among):
        body = without_nulls(body)
        if not _is_valid(body, judge, metadata, among):
            return False
    return judge.ways is None or not repeats(judge.ways, body)


def _is_valid(body: Body, judge: Judge, metadata: Metadata, among: int) -> bool:
    if judge.apart and not metadata.is_valid(body.get("metadata"), among):
        return False
    return judge.accepting.is_valid(body, among)


def unfit(item: Item, tree: Node, judge: Judge) -> Iterator[Fault]:
    """Yield what does not fit; `tree` is the object's own text as nodes."""
    tree = _without_nulls(tree)
    found = [
        breach
        for breach in breaches(judge.schema, tree, _WHAT, judge.schema.get("$defs"))
        if not (breach.rule is Rule.AMBIGUOUS and isinstance(_value(tree, breach.span), str))  # `kubectl` reads it so
    ]
    for breach in found:
        yield _worded(item, tree, judge, breach)
    body = without_nulls(item.body)
    for path, words in repetitions(judge.ways, body):
        yield Fault("PC5002", item, path, words, "remove one of them, or tell them apart")
        found.append(Breach(Rule.INVALID, words, tree.span, ""))
    if not found:
        from jsonschema.validators import validator_for as oracle_for  # noqa: PLC0415 -- slow, and seldom needed

        oracle = oracle_for(judge.schema)(judge.schema)
        for error in sorted(oracle.iter_errors(body), key=lambda e: list(map(str, e.absolute_path))):
            where = tuple(error.absolute_path)
            yield Fault("PC5002", item, where, _short(error.message), _explained(item, where))


def _short(message: str) -> str:
    """Return the oracle's words, without the values that it repeats in full."""
    return message if len(message) <= _READABLE else "the value has none of the forms that are allowed here"


def without_nulls(value: Any) -> Any:
    """Return a value without the keys whose value is null."""
    if isinstance(value, dict):
        return {key: without_nulls(below) for key, below in value.items() if below is not None}
    return [without_nulls(below) for below in value] if isinstance(value, list) else value


def _without_nulls(node: Node) -> Node:
    if isinstance(node, MapNode):
        kept = {key: _without_nulls(below) for key, below in node.entries.items() if not _is_null(below)}
        return MapNode(kept, node.keys, node.span)
    return ListNode(tuple(map(_without_nulls, node.items)), node.span) if isinstance(node, ListNode) else node


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _worded(item: Item, tree: Node, judge: Judge, breach: Breach) -> Fault:
    path = path_at(tree, breach.span)
    on_key = breach.rule is Rule.UNKNOWN_KEY or _is_key(tree, path, breach.span)
    if breach.rule is Rule.MISSING_KEY and on_key:
        path, on_key = path[:-1], False  # the first key of a mapping stands for it
    if breach.rule is Rule.UNKNOWN_KEY and path and (since := _since(judge.schema, path)):
        message = f"`{path[-1]}` needs {since}"
        return Fault("PC5008", item, path, message, _TOO_NEW, on_key=True)
    code = "PC1104" if breach.rule is Rule.AMBIGUOUS else "PC5002"
    return Fault(code, item, path, breach.message, breach.cure or _explained(item, path), on_key=on_key)


def _value(tree: Node, span: Span) -> object:
    """Return the scalar that stands at `span`."""
    found = at(tree, *path_at(tree, span))
    return found.value if isinstance(found, ScalarNode) else None


def _is_key(tree: Node, path: Path, span: Span) -> bool:
    """Whether it is the last key of a path that stands at `span`, and not its value."""
    above = at(tree, *path[:-1]) if path else None
    return isinstance(above, MapNode) and above.keys.get(str(path[-1])) == span


def _explained(item: Item, path: Path) -> str:
    """Return how to read about a field where the schema itself says no more."""
    fields = ".".join([item.kind.lower(), *(step for step in path if isinstance(step, str))])
    return f"`kubectl explain {fields}` tells what belongs there"


def _since(schema: Schema, path: Path) -> str | None:
    """Return the version that brought a key that is not known yet."""
    for step in path[:-1]:
        below = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        below = below if below is not None else schema.get("additionalProperties")
        if not isinstance(below, dict):
            return None
        schema = below
    later: Mapping[str, str] = schema.get("x-since", {})
    return later.get(str(path[-1]))


def path_at(tree: Node, span: Span) -> Path:
    """Return the path of the value or key that stands at `span`; the root's where there is none."""
    stack: list[tuple[Path, Node]] = [((), tree)]
    found: Path = ()
    while stack:
        path, node = stack.pop()
        if node.span == span and len(path) >= len(found):
            found = path
        if isinstance(node, MapNode):
            for key, below in node.entries.items():
                if node.keys.get(key) == span:
                    return (*path, key)
                stack.append(((*path, key), below))
        elif isinstance(node, ListNode):
            stack += [((*path, i), below) for i, below in enumerate(node.items)]
    return found


def is_misspelled(item: Item, schemas: Schemas) -> bool:
    """Whether a kind is almost one of its own apiVersion, so that it can hardly be a kind of somebody's own."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only for kinds that no schema knows

    beside = {kind for version, kind in schemas.known() if version == item.body.get("apiVersion")}
    return bool(get_close_matches(item.kind, beside, n=1, cutoff=_ALMOST))


def unknown_kind(item: Item, schemas: Schemas) -> Fault:
    """Return the fault of a kind that nobody can judge."""
    api_version, kind = str(item.body.get("apiVersion")), item.kind
    if brought := since(api_version, kind):
        return Fault("PC5008", item, ("kind",), f"`{kind}` needs {brought}", _TOO_NEW)
    known = schemas.known()
    versions = sorted(version for version, name in known if name == kind)
    near = did_you_mean(kind, {name for _, name in known})
    if versions:
        cure = f"`{kind}` is known as {', '.join(f'`{version}`' for version in versions)}"
    else:
        cure = f"did you mean `{near}`?" if near else _HELP
    return Fault("PC5001", item, ("kind",), f"no schema knows `{api_version}` `{kind}`", cure)
