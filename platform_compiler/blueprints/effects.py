"""Nothing is dropped in silence: every setting that somebody wrote must be honoured by a part of its target.

A setting counts as written when its line is neither ours nor a blueprint's. Some words are used up by the compiler
itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_compiler.blueprints.program import Program
from platform_compiler.context.model import UnitContext
from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.source.node import MapNode, Node

Trie = dict[str, Any]
_END = "$"
_CONSUMED = (
    "description",
    "blueprint",
    "namespace",
    "placement",
    "environments",
    "clusters",
    "tier",
    "versions",
)
"""Words that placing, linking and labelling use up; what versions hold is honoured by being part of the spec."""


def check_effects(context: UnitContext, programs: Iterable[Program], unsupported: Mapping[str, str], bag: Bag) -> None:
    """Report settings of an application that no part of it gives effect to."""
    assert context.settings is not None
    listed = list(programs)
    trie = honoured(listed, context)
    for path, span in _written(context.settings.spec, ()):
        if _matches(trie, path):
            continue
        chosen = unsupported.get(path[0], "error")
        parts = ", ".join(f"`{p.blueprint.contract.name}`" for p in listed)
        bag.add(
            "PC4301",
            f"`{'.'.join(path)}` has no effect on cluster `{context.unit.cluster}`",
            span,
            help=f"remove it, or ask the platform team: of its parts {parts} none honours it",
            severity=Severity.WARNING if chosen == "warn" else None,
        )


def honoured(programs: Iterable[Program], context: UnitContext) -> Trie:
    """Return the settings that have an effect on a target, as a tree of keys; `*` is any key.

    What is honoured of an ExternalService stands under `external` in a contract, since it shares words with an
    Application.
    """
    trie: Trie = {}
    for program in programs:
        for condition in program.honours:
            if condition.holds is None or condition.holds.run(context.context) == [True]:
                node = trie
                for key in condition.path:
                    node = node.setdefault(key, {})
                node[_END] = True
    found: Trie = trie.get("external", {}) if context.unit.scope == "external" else trie
    return {**found, **{word: {_END: True} for word in _CONSUMED}}


def _matches(trie: Trie, path: tuple[str, ...]) -> bool:
    """Whether a pattern is a beginning of `path`."""
    if _END in trie:
        return True
    return bool(path) and any(_matches(trie[key], path[1:]) for key in (path[0], "*") if key in trie)


def _written(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Yield every leaf that a person wrote; a list is one leaf, and so is an empty mapping."""
    if isinstance(node, MapNode) and node.entries:
        for key, value in node.entries.items():
            yield from _written(value, (*path, key))
    elif not node.span.path.startswith(("built-in", "blueprints/")):
        yield path, node.span
