"""Days as people write them; one that no calendar has is a finding."""

from datetime import date

from platform_compiler.diagnostics import Bag
from platform_compiler.source.node import Node, ScalarNode, at


def day_at(document: Node, *pointer: str | int) -> date | None:
    """Return the day that stands somewhere; None where none does, or where it is no day."""
    node = at(document, *pointer)
    try:
        return date.fromisoformat(node.text) if isinstance(node, ScalarNode) else None
    except ValueError:
        return None


def check_day(document: Node, bag: Bag, *pointer: str | int) -> None:
    """Report what is written where a day belongs, and is none."""
    node = at(document, *pointer)
    if isinstance(node, ScalarNode) and day_at(document, *pointer) is None:
        cure = "write the year, the month and the day: `2027-01-31`"
        bag.add("PC1105", f"`{node.text}` is no day of the calendar", node.span, help=cure)
