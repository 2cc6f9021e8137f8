"""Rules of a VirtualService that no request reaches: others take all before them, or they are for other Gateways."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from platform_compiler.objects import Body, Path, a_list, a_map, text, texts
from platform_compiler.verify.index import grouped
from platform_compiler.verify.istio.reading import MESH, Routing, Rule, gateway_named, routings
from platform_compiler.verify.item import Fault, Item, Other
from platform_compiler.verify.world import World


def rules_are_reached(world: World) -> Iterator[Fault]:
    """No match stands behind one that takes the same requests before it (IST0130, IST0131)."""
    for routing in routings(world):
        if len(routing.rules) > 1 or any(len(rule.matches) > 1 for rule in routing.rules):
            for of_one in grouped(routing.rules, lambda rule: rule.protocol).values():
                yield from _unreached(routing.item, of_one)


def _unreached(item: Item, of_one: Sequence[Rule]) -> Iterator[Fault]:
    earlier = _Matches()
    open_rule: Rule | None = None
    for rule in of_one:
        if open_rule is not None:
            also = (Other(item, open_rule.path, "this rule has no match, so it takes everything"),)
            yield Fault("PC5212", item, rule.path, "the rule is never reached", "put the rule without match last", also)
            continue
        if not a_list(rule.body, "match"):
            open_rule = rule
        for i, match in rule.matches:
            path = (*rule.path, "match", i)
            taken = earlier.covering(match)
            earlier.add(path, match)
            if taken is not None:
                also = (Other(item, taken, "this match takes these requests first"),)
                yield Fault("PC5212", item, path, "the match is never used", "remove it, or move it up", also)


class _Matches:
    """Matches by what they ask of the path, so that few of them have to be compared."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[tuple[int, Path, Body]]] = defaultdict(list)
        self._count = 0

    def add(self, path: Path, match: Body) -> None:
        """Remember a match."""
        self._count += 1
        self._known[_of_path(match)].append((self._count, path, match))

    def covering(self, match: Body) -> Path | None:
        """Return where the first match stands that takes all that this one would."""
        how, value = _of_path(match)
        near = [("", ""), (how, value)]
        if how in ("exact", "prefix"):
            near += [("prefix", value[:length]) for length in range(1, len(value) + 1)]
        found = (known for key in near for known in self._known.get(key, ()) if _covers(known[2], match))
        return min(found, key=lambda known: known[0], default=(0, None, {}))[1]


def _of_path(match: Body) -> tuple[str, str]:
    """Return how a match compares the path, and with what."""
    uri = a_map(match, "uri")
    return next(((how, text(uri, how)) for how in ("exact", "prefix", "regex") if text(uri, how)), ("", ""))


def _covers(earlier: Body, later: Body) -> bool:
    """Whether a match takes every request that a later one would: it asks for the same or less."""
    if later.get("ignoreUriCase") and not earlier.get("ignoreUriCase"):
        return earlier.get("uri") is None and _covers(earlier, {**later, "ignoreUriCase": False})
    return all(key == "name" or _takes(key, wanted, later.get(key)) for key, wanted in earlier.items())


def _takes(key: str, wanted: object, later: object) -> bool:
    if wanted == later or wanted in ({}, [], "", False):
        return True
    if key == "uri" and isinstance(wanted, Mapping) and isinstance(later, Mapping):
        prefix = text(wanted, "prefix")
        return bool(prefix) and (text(later, "exact") or text(later, "prefix")).startswith(prefix)
    if key in ("headers", "queryParams", "withoutHeaders", "sourceLabels"):
        return isinstance(wanted, Mapping) and isinstance(later, Mapping) and wanted.items() <= later.items()
    return False


def matches_are_for_its_gateways(world: World) -> Iterator[Fault]:
    """A match that is for certain Gateways names one that its VirtualService binds to; no other sees it."""
    for routing in routings(world):
        bound = {binding.gateway for binding in routing.bindings}
        for rule in routing.rules if routing.hosts else ():
            for i, match in rule.matches:
                named = texts(match, "gateways") if "gateways" in match else ()
                if named and not any(_is_bound(routing, bound, name) for name in named):
                    message = "the match is never used: the VirtualService binds to none of its Gateways"
                    path = (*rule.path, "match", i, "gateways")
                    cure = "add the Gateway to `spec.gateways`, `mesh` too if it is meant"
                    yield Fault("PC5212", routing.item, path, message, cure, on_key=True)


def _is_bound(routing: Routing, bound: set[tuple[str, str]], name: str) -> bool:
    return routing.on_mesh if name == MESH else gateway_named(name, routing.namespace) in bound
