"""Nothing is dropped in silence: every setting that somebody wrote must be honoured by a part of its target.

A setting counts as written when its line is neither ours nor a blueprint's. Some words are used up by the compiler
itself.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from platform_compiler.blueprints.program import Condition, Program
from platform_compiler.context.model import UnitContext
from platform_compiler.diagnostics import Bag, Severity, Span
from platform_compiler.layers.workload import owned_by_others
from platform_compiler.source.node import MapNode, Node

Trie = dict[str, Any]
_END = "$"
_CONSUMED = (
    "description",
    "blueprint",
    "namespace",
    "patches",
    "placement",
    "environments",
    "clusters",
    "tier",
)
"""Words that placing, linking, labelling and patching use up."""


class Honoured:
    """What the programs of some targets honour, and what they refuse: the same for all that agree on a few facts."""

    def __init__(self, programs: list[Program], context: UnitContext) -> None:
        self.programs = programs
        self.refused = [(one, refusal) for one in programs for refusal in one.refuses if _holds(refusal, context)]
        self._trie = _honoured(programs, context)
        self._whole = frozenset(word for word, below in self._trie.items() if word != _END and _END in below)
        self._fine: dict[tuple[str, int], Node] = {}

    def without_effect(self, settings: MapNode) -> Iterator[tuple[tuple[str, ...], Span]]:
        """Yield what a person wrote and no program honours; of settings that targets share it is known."""
        for word, node in settings.entries.items():
            if word in self._whole or (word, id(node)) in self._fine:
                continue
            found = list(_without_effect(node, _below(self._trie, word), (word,)))
            if not found:
                self._fine[word, id(node)] = node  # held, so that its id stays its own
            yield from found


def check_effects(context: UnitContext, honoured: Honoured, unsupported: Mapping[str, str], bag: Bag) -> None:
    """Report settings of an application that no part of it gives effect to."""
    assert context.settings is not None
    settings = context.settings
    refused = [found for told in honoured.refused for found in _check_refusal(context, *told, unsupported, bag)]
    for path, span in honoured.without_effect(settings.spec):
        if span.path != settings.manifest.path and settings.workload and owned_by_others(settings.workload, path):
            continue  # a default of the platform's, for applications of another kind
        if any(path[: len(told)] == told for told in refused):
            continue  # with its reason
        chosen = unsupported.get(path[0], "error")
        parts = ", ".join(f"`{p.blueprint.contract.name}`" for p in honoured.programs)
        bag.add(
            "PC4301",
            f"`{'.'.join(path)}` has no effect on cluster `{context.unit.cluster}`",
            span,
            help=f"remove it, or ask the platform team: of its parts {parts} none honours it",
            severity=Severity.WARNING if chosen == "warn" else None,
        )


def _holds(condition: Condition, context: UnitContext) -> bool:
    return condition.holds is None or condition.holds.run(context.context) == [True]


def _check_refusal(
    context: UnitContext, program: Program, refusal: Condition, unsupported: Mapping[str, str], bag: Bag
) -> Iterator[tuple[str, ...]]:
    """Report settings that a part refuses, whoever else honours them; yield each."""
    assert context.settings is not None
    for path, span in _written(
        context.settings.spec, _in_settings(refusal.path, context), (), _concerned(refusal, context)
    ):
        bag.add(
            "PC4050",
            f"`{program.blueprint.contract.name}` cannot do `{'.'.join(path)}` on cluster `{context.unit.cluster}`",
            span,
            help=refusal.because,
            severity=Severity.WARNING if unsupported.get(path[0], "error") == "warn" else None,
        )
        yield path


def _in_settings(path: tuple[str, ...], context: UnitContext) -> tuple[str, ...]:
    """Return a path of a contract as a manifest has it: what is about external services stands under `external`."""
    return path[1:] if context.unit.scope == "external" and path[0] == "external" else path


def _concerned(refusal: Condition, context: UnitContext) -> frozenset[str] | None:
    """Return the keys that `*` stands for in the path of a refusal; None where it is any."""
    if refusal.of is None:
        return None
    return frozenset(record["name"] for records in refusal.of.run(context.context) for record in records)


def _written(
    node: Node, pattern: tuple[str, ...], path: tuple[str, ...], keys: frozenset[str] | None
) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Yield what a person wrote at a path of a pattern, with `*` for some keys or (None) any.

    A mapping counts where anything in it was written.
    """
    if pattern:
        entries = node.entries if isinstance(node, MapNode) else {}
        any_key = entries if keys is None else [key for key in entries if key in keys]
        for key in any_key if pattern[0] == "*" else [pattern[0]]:
            if key in entries:
                yield from _written(entries[key], pattern[1:], (*path, key), keys)
        return
    found = next(_without_effect(node, {}, path), None)
    if found is not None:
        yield path, found[1]


def _honoured(programs: list[Program], context: UnitContext) -> Trie:
    """Return the settings that have an effect on a target, as a tree of keys; `*` is any key.

    What is honoured of an ExternalService stands under `external` in a contract, since it shares words with an
    Application.
    """
    paths = tuple(condition.path for program in programs for condition in program.honours if _holds(condition, context))
    if any(program.blueprint.contract.params is not None for program in programs):
        paths = (*paths, ("params",))
    return _trie(paths, external=context.unit.scope == "external")


@lru_cache(maxsize=256)
def _trie(paths: tuple[tuple[str, ...], ...], *, external: bool) -> Trie:
    trie: Trie = {}
    for path in paths:
        node = trie
        for key in path:
            node = node.setdefault(key, {})
        node[_END] = True
    found: Trie = trie.get("external", {}) if external else trie
    return {**found, **{word: {_END: True} for word in _CONSUMED}}


def _without_effect(node: Node, trie: Trie, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Span]]:
    """Yield what a person wrote and no pattern covers; a list is one setting, and so is an empty mapping."""
    if isinstance(node, MapNode) and node.entries:
        for key, value in node.entries.items():
            below = _below(trie, key)
            if _END not in below:
                yield from _without_effect(value, below, (*path, key))
    elif not node.span.path.startswith(("built-in", "blueprints/")):
        yield path, node.span


def _below(trie: Trie, key: str) -> Trie:
    """Return what patterns say below a key; both its own and those of any key count."""
    own, anything = trie.get(key), trie.get("*")
    if own is None or anything is None:
        return own or anything or {}
    return {**anything, **own}
