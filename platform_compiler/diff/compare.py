"""Two sets of resources to what changed between them: the heart of a diff, a pure function of two mappings."""

from platform_compiler.diff.canonical import canonical
from platform_compiler.diff.fields import field_changes
from platform_compiler.diff.model import Change, ChangeKind, Comparison, Identity, Placed, Resources
from platform_compiler.diff.renames import renames


def compare(before: Resources, after: Resources) -> Comparison:
    """Return what turns `before` into `after`, sorted by identity."""
    removed = [identity for identity in before if identity not in after]
    added = [identity for identity in after if identity not in before]
    pairs = renames({i: before[i] for i in removed}, {i: after[i] for i in added})
    renamed = set(pairs.values())
    changes = [_renamed(old, new, before, after) for old, new in pairs.items()]
    changes += [Change(ChangeKind.REMOVED, i, before[i], None) for i in removed if i not in pairs]
    changes += [Change(ChangeKind.ADDED, i, None, after[i]) for i in added if i not in renamed]
    stayed = [identity for identity in before if identity in after]
    found = [_change(identity, before[identity], after[identity]) for identity in stayed]
    changes += [change for change in found if change is not None]
    return Comparison(tuple(sorted(changes, key=lambda change: change.identity)), found.count(None))


def _change(identity: Identity, old: Placed, new: Placed) -> Change | None:
    if old.path == new.path and old.data == new.data:
        return None
    fields = () if old.body is new.body else field_changes(canonical(old.body), canonical(new.body))
    if old.path != new.path:
        return Change(ChangeKind.MOVED, identity, old, new, fields)
    return Change(ChangeKind.CHANGED, identity, old, new, fields) if fields else None


def _renamed(old: Identity, new: Identity, before: Resources, after: Resources) -> Change:
    fields = field_changes(canonical(before[old].body), canonical(after[new].body))
    return Change(ChangeKind.RENAMED, new, before[old], after[new], fields, old)
