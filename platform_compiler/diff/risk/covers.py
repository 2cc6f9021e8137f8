"""Whether one match allows everything that another allows: lists with wildcards, address ranges, label selectors."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from platform_compiler.objects import Body, a_list, a_map, maps, text, texts


def word_covers(old: str, new: str) -> bool:
    """Whether a pattern with `*` at its start or end, or alone, matches all that the other does."""
    if old in ("*", new):
        return True
    if old.endswith("*"):
        return new.startswith(old[:-1])
    return old.startswith("*") and new.endswith(old[1:])


def all_covered(old: Iterable[str], new: Iterable[str]) -> bool:
    """Whether each of the new patterns lies inside one of the old ones."""
    patterns = list(old)
    return all(any(word_covers(pattern, word) for pattern in patterns) for word in new)


def range_covers(old: str, new: str) -> bool:
    """Whether an address range holds the other; text that is none only holds itself."""
    if old == new:
        return True
    outer, inner = _network(old), _network(new)
    if isinstance(outer, IPv4Network) and isinstance(inner, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and isinstance(inner, IPv6Network) and inner.subnet_of(outer)


@lru_cache(maxsize=4096)
def _network(cidr: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None


def selector_covers(old: Any, new: Any) -> bool:
    """Whether a label selector selects all that the other does: it asks for no more."""
    asked, other = a_map(old, "matchLabels"), a_map(new, "matchLabels")
    if any(key not in other or other[key] != value for key, value in asked.items()):
        return False
    expressions = a_list(new, "matchExpressions")
    return all(expression in expressions for expression in a_list(old, "matchExpressions"))


def holds_for_fewer(old: Body, new: Body) -> bool:
    """Whether a policy of the mesh, as it is now, leaves out pods or targets that it held for."""
    if not selector_covers(a_map(new, "spec", "selector"), a_map(old, "spec", "selector")):
        return True
    before, after = _targets(old), _targets(new)
    return any(target not in after for target in before) or bool(after and not before)


def _targets(policy: Body) -> list[Body]:
    one = a_map(policy, "spec", "targetRef")
    return [*([one] if one else []), *(ref for _, ref in maps(policy, "spec", "targetRefs"))]


def selects(selector: Any, labels: Body) -> bool:
    """Whether a label selector selects these labels; an empty one selects everything."""
    if any(labels.get(key) != value for key, value in a_map(selector, "matchLabels").items()):
        return False
    return all(_holds(expression, labels) for expression in a_list(selector, "matchExpressions"))


def _holds(expression: Any, labels: Body) -> bool:
    key, values = text(expression, "key"), texts(expression, "values")
    match text(expression, "operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True
