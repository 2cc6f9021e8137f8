"""Which versions of the compiler may read a repository: `Platform.requires`, such as `~= 1.4` or `>= 1.2, < 3`."""

import re

from platform_compiler import __version__
from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import MapNode, ScalarNode, at

_Release = tuple[int, ...]
_CLAUSE = r"(~=|==|!=|>=|<=|>|<) *([0-9]+(?:\.[0-9]+)*)"
_PARTS = 8
"""Releases are filled up with zeros, so that `1.4` and `1.4.0` are one."""


def check_requires(document: MapNode, bag: Bag) -> None:
    """Report that this compiler is none of those that the repository asks for, whatever else is wrong with it."""
    node = at(document, "spec", "requires")
    if isinstance(node, ScalarNode) and not fits(__version__, node.text):
        bag.add(
            "PC1356",
            f"this repository asks for platformc `{node.text}`, and this is {__version__}",
            node.span,
            help="run a version that fits, or change `requires` if this one may read the repository too",
        )


def fits(version: str, wanted: str) -> bool:
    """Whether a version is as each clause wants it; what is before a release counts as that release."""
    mine = _release(version)
    clauses = (re.match(_CLAUSE, part.strip()) for part in wanted.split(","))
    return all(_holds(mine, *found.groups()) for found in clauses if found)


def _holds(mine: _Release, how: str, text: str) -> bool:
    theirs, whole = _release(text), text.count(".")
    return {
        "~=": mine >= theirs and mine[:whole] == theirs[:whole],
        "==": mine == theirs,
        "!=": mine != theirs,
        ">=": mine >= theirs,
        "<=": mine <= theirs,
        ">": mine > theirs,
        "<": mine < theirs,
    }[how]


def _release(version: str) -> _Release:
    numbers = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    found = [int(part) for part in numbers.group().split(".")] if numbers else []
    return tuple((found + [0] * _PARTS)[:_PARTS])
