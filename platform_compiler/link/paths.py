"""The path language's intersection: which requests two lists of patterns both let through."""

from platform_compiler.link.model import PathPattern

Paths = tuple[PathPattern, ...]


def matches(pattern: PathPattern, path: str) -> bool:
    """Whether a request path falls under a pattern; `/a/*` takes `/a` and what lies below it by segment."""
    if pattern.kind == "all":
        return True
    return path == pattern.base or (pattern.kind == "below" and path.startswith(f"{pattern.base.rstrip('/')}/"))


def meet(one: PathPattern, other: PathPattern) -> PathPattern | None:
    """Return the pattern of what both take, or None; one contains the other, or they are apart."""
    for wide, narrow in ((one, other), (other, one)):
        if wide.kind == "all" or (wide.kind == "below" and matches(wide, narrow.base) and narrow.kind != "all"):
            return narrow
    return one if one == other else None


def intersection(one: Paths, other: Paths) -> Paths | None:
    """Return what both lists take, sorted; an empty list is everything; None when they have nothing in common."""
    if not one or not other:
        return one or other
    met = {both for a in one for b in other if (both := meet(a, b)) is not None}
    return tuple(sorted(met)) or None
