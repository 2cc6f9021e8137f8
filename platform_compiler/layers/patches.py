"""What can be said of patches without knowing the resources: their form, their day, and how far it may lie ahead."""

from datetime import date, timedelta

from platform_compiler.diagnostics import Bag, Label
from platform_compiler.load import Loaded
from platform_compiler.load.days import check_day, day_at
from platform_compiler.source.node import ListNode, MapNode, Node, ScalarNode, at, key_span, plain

_MOST_DAYS = 365
_SOON = 14
_NEEDS = {
    "add": ("value",),
    "replace": ("value",),
    "test": ("value",),
    "move": ("from",),
    "copy": ("from",),
    "remove": (),
}


def check_patches(spec: MapNode, loaded: Loaded, as_of: date, bag: Bag) -> None:
    """Judge the patches of one merged tree."""
    patches = at(spec, "patches")
    for name, patch in patches.entries.items() if isinstance(patches, MapNode) else ():
        assert isinstance(patches, MapNode)
        _check_form(name, patch, patches, bag)
        _check_day(name, patch, loaded, as_of, bag)


def _check_form(name: str, patch: Node, patches: MapNode, bag: Bag) -> None:
    merge, operations = at(patch, "merge"), at(patch, "json")
    if (merge is None) == (operations is None):
        what = "neither `merge` nor `json`" if merge is None else "both `merge` and `json`"
        also = [] if operations is None else [Label(operations.span, "`json`")]
        cure = "write one of them"
        bag.add("PC4073", f"patch `{name}` has {what}", key_span(patches, name), also=also, help=cure)
    for operation in operations.items if isinstance(operations, ListNode) else ():
        word = at(operation, "op")
        assert isinstance(word, ScalarNode)
        for key in ("from", "value"):
            needed = key in _NEEDS[word.text]
            if needed != (at(operation, key) is not None):
                said = "needs" if needed else "takes no"
                bag.add(
                    "PC4073", f"`{word.text}` {said} `{key}`", word.span, help=f"{'write' if needed else 'remove'} it"
                )


def _check_day(name: str, patch: Node, loaded: Loaded, as_of: date, bag: Bag) -> None:
    check_day(patch, bag, "expires")
    last, node = day_at(patch, "expires"), at(patch, "expires")
    if last is None or node is None:
        return
    most = _most_days(loaded)
    left = (last - as_of).days
    if left < 0:
        cure = "remove it if it is no longer needed, or find it good for another while and write a later day"
        bag.add("PC4070", f"patch `{name}` expired on {last}", node.span, help=cure)
    elif left > most:
        cure = f"write {as_of + timedelta(days=most)} or a day before"
        notes = "`spec.patches.maxDays` of platform.yaml is the limit"
        words = f"patch `{name}` would hold for {left} more days, and {most} are allowed"
        bag.add("PC4072", words, node.span, help=cure, notes=notes)
    elif left <= _SOON:
        cure = "from the day after on it is an error: find a word of the vocabulary, or ask for one"
        bag.add("PC4071", f"patch `{name}` expires on {last}", node.span, help=cure)


def _most_days(loaded: Loaded) -> int:
    node = at(loaded.platform.spec, "patches", "maxDays") if loaded.platform else None
    return int(plain(node)) if node is not None else _MOST_DAYS
