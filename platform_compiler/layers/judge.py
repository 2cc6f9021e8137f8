"""Judging what was merged, rule by rule.

Rules are short: those that take turns about each manifest drive each other out of the processor's caches.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from platform_compiler.diagnostics import Bag
from platform_compiler.layers import program, rules
from platform_compiler.layers.containers import SOURCES, check_sources
from platform_compiler.layers.identity import check_labels
from platform_compiler.layers.model import Settings
from platform_compiler.layers.probes import check_probes
from platform_compiler.layers.workload import check_workload

Rule: TypeAlias = Callable[[Settings, Bag], None]
Words: TypeAlias = tuple[str, ...]
Rules: TypeAlias = Sequence[tuple[Rule, Words]]
"""Rules beside the words that they are about, one of which is written or they say nothing; none: about everything."""


def rules_of_applications(shown: Collection[str]) -> Rules:
    """Return the rules about applications; `shown` are secrets that external services ask of proxies."""
    return (
        *_about_trees(rules.RULES),
        (partial(check_sources, shown=shown), SOURCES),
        (check_labels, ()),
        *program.RULES.items(),
        (check_workload, ()),
    )


def rules_of_externals() -> Rules:
    """Return the rules about external services."""
    return (*_about_trees(rules.OUTSIDE), (check_probes, ()))


def _about_trees(of_trees: rules.Rules) -> Iterator[tuple[Rule, Words]]:
    return ((_about_tree(rule), words) for rule, words in of_trees.items())


def _about_tree(rule: rules.Rule) -> Rule:
    return lambda one, bag: rule(one.spec, bag)


def judge(every: Sequence[Settings], by: Rules, bag: Bag) -> None:
    """Judge settings by every rule."""
    asked: dict[Words, Sequence[Settings]] = {(): every}
    for rule, words in by:
        if words not in asked:
            asked[words] = [one for one in every if not one.spec.entries.keys().isdisjoint(words)]
        for one in asked[words]:
            rule(one, bag)
