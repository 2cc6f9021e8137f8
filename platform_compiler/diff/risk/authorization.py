"""Authorization policies of the mesh that deny less or allow more.

Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/. An absent or empty list matches
everything, a policy without rules matches nothing.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import TypeAlias

from platform_compiler.diff.model import Risk
from platform_compiler.diff.risk.covers import all_covered, holds_for_fewer, range_covers
from platform_compiler.diff.risk.registry import risk
from platform_compiler.diff.risk.rules import ALWAYS, APPEARS, SECURITY_GROUP, Rule
from platform_compiler.diff.risk.shape import named
from platform_compiler.objects import Body, a_list, a_map, maps, text, texts

# What one rule matches: a source, an operation, and conditions by key with their values and excluded values.
_Match: TypeAlias = tuple[Body, Body, Body]

_RANGES = ("ipBlocks", "remoteIpBlocks")
_MOST_SINGLES = 5000


def action(policy: Body) -> str:
    """Return what a policy does; ALLOW unless it says otherwise, nothing for one that does not exist."""
    return (text(policy, "spec", "action") or "ALLOW") if policy else ""


def _denies_less(old: Body, new: Body) -> Iterator[Risk]:
    """Custom authorizers count too: what they no longer see they can no longer refuse."""
    was = action(old)
    if was not in ("DENY", "CUSTOM") or not _matches(old):
        return
    name = text(old, "metadata", "name")
    if action(new) != was:
        yield risk("deny-removed", (), f"policy `{name}` with action {was} is gone")
        return
    if holds_for_fewer(old, new):
        message = f"policy `{name}` with action {was} holds for fewer pods or targets than before"
        yield risk("deny-removed", ("spec",), message)
    after = [match for _, match in _matches(new)]
    for i, match in _matches(old):
        if not _within(match, after):
            message = f"policy `{name}` with action {was} no longer matches {_told(match)}"
            yield risk("deny-removed", ("spec", "rules", i), message)


def _allows_more(old: Body, new: Body) -> Iterator[Risk]:
    if action(new) != "ALLOW":
        return
    known = bool(old) and action(old) == "ALLOW"
    if known and holds_for_fewer(new, old):
        yield risk("allow-widened", ("spec",), "policy now allows the same for more pods or targets")
    before = [match for _, match in _matches(old)] if known else []
    told = set()
    for i, match in _matches(new):
        more = not _within(match, before) if known else not (match[0] or match[2])
        if more and i not in told:
            told.add(i)
            yield risk("allow-widened", ("spec", "rules", i), f"policy now allows {_told(match)}")


def _matches(policy: Body) -> list[tuple[int, _Match]]:
    """Return what each rule matches, one for each source and operation, with the rule's place."""
    found: list[tuple[int, _Match]] = []
    for i, rule in maps(policy, "spec", "rules"):
        sources = [a_map(item, "source") for _, item in maps(rule, "from")] or [{}]
        operations = [a_map(item, "operation") for _, item in maps(rule, "to")] or [{}]
        when = {text(c, "key"): c for _, c in maps(rule, "when")}
        found += [(i, (_full(source), _full(op), when)) for source in sources for op in operations]
    return found


def _full(match: Body) -> Body:
    """Return a source or an operation without the lists that are empty: they match everything."""
    return {key: value for key, value in match.items() if isinstance(value, list) and value}


def _within(new: _Match, old: list[_Match]) -> bool:
    """Whether the old matches together match all that the new one does, first as a whole, then value by value."""
    if any(_covers(match, new) for match in old):
        return True
    lists = [(side, key) for side in (0, 1) for key in new[side] if not key.startswith("not")]
    if not old or prod(len(new[side][key]) for side, key in lists) > _MOST_SINGLES:
        return False
    return all(any(_covers(match, single) for match in old) for single in _singles(new, lists))


def _singles(match: _Match, places: list[tuple[int, str]]) -> Iterator[_Match]:
    """Yield a match for every combination of single values of the lists at these places."""
    source, operation, when = match
    for values in product(*(match[side][key] for side, key in places)):
        single = (dict(source), dict(operation))
        for (side, key), value in zip(places, values, strict=True):
            single[side][key] = [value]
        yield (*single, when)


def _covers(old: _Match, new: _Match) -> bool:
    return (
        _fields_cover(old[0], new[0])
        and _fields_cover(old[1], new[1])
        and all(key in new[2] and _condition_covers(asked, new[2][key]) for key, asked in old[2].items())
    )


def _fields_cover(old: Body, new: Body) -> bool:
    for key, values in old.items():
        asked, other = texts(values), texts(new, key)
        if key.startswith("not"):
            if not set(asked) <= set(other):
                return False
        elif not other or not (_ranges(asked, other) if key in _RANGES else all_covered(asked, other)):
            return False
    return True


def _condition_covers(old: Body, new: Body) -> bool:
    values, others = texts(old, "values"), texts(new, "values")
    inside = not values or (bool(others) and all_covered(values, others))
    return inside and set(texts(old, "notValues")) <= set(texts(new, "notValues"))


def _ranges(old: list[str], new: list[str]) -> bool:
    return all(any(range_covers(outer, inner) for outer in old) for inner in new)


def _told(match: _Match) -> str:
    """Return a match in words: who, and what they may do."""
    source, operation, when = match
    who = "; ".join(f"{key} {named(3, texts(value))}" for key, value in source.items())
    what = "; ".join(f"{key} {named(3, texts(value))}" for key, value in operation.items())
    where = f" where {named(3, list(when))} matches" if when else ""
    return f"{who or 'anyone'} to call {what or 'anything'}{where}"


def _jwt_removed(old: Body, new: Body) -> Iterator[Risk]:
    name = text(old, "metadata", "name")
    if not a_list(old, "spec", "jwtRules"):
        return
    if not a_list(new, "spec", "jwtRules"):
        yield risk("jwt-check-removed", (), f"request authentication `{name}` no longer checks any token")
    elif holds_for_fewer(old, new):
        message = f"request authentication `{name}` checks tokens for fewer pods or targets than before"
        yield risk("jwt-check-removed", ("spec",), message)


_POLICY = ((SECURITY_GROUP, "AuthorizationPolicy"),)
AUTHORIZATION_RULES = (
    Rule(_denies_less, _POLICY, ALWAYS),
    Rule(_allows_more, _POLICY, APPEARS),
    Rule(_jwt_removed, ((SECURITY_GROUP, "RequestAuthentication"),), ALWAYS),
)
