"""Exceptions of an exposure to the paths that the platform closes, and where an exposure says something."""

from platform_compiler.diagnostics import Bag, Span
from platform_compiler.link.model import Route
from platform_compiler.link.paths import meet
from platform_compiler.source.node import MapNode, at, key_span


def setting_span(route: Route, *words: str) -> Span:
    """Return where a setting of an exposure is written, or else the exposure."""
    parent = at(route.target.spec, "expose", route.exposure.name, *words[:-1])
    node = at(parent, words[-1]) if parent else None
    if node is None or not isinstance(parent, MapNode):
        return route.exposure.span
    return key_span(parent, words[-1])


def check_opened(route: Route, bag: Bag) -> None:
    """Report paths that are opened and were never closed."""
    for path in route.exposure.opens:
        if not any(meet(path, closed) for closed in route.closed):
            bag.add(
                "PC2446",
                f"`{path.text}` is not closed, so there is nothing to open",
                setting_span(route, "opens"),
                help="remove it",
            )
