"""What it means that a resource is known by another name, lies in another namespace, or is applied by another root."""

from platform_compiler.context.unit import Unit
from platform_compiler.diff.model import Change, Identity, Level, Risk
from platform_compiler.diff.risk.deletion import loss
from platform_compiler.diff.risk.registry import risk


def move_risks(change: Change) -> list[Risk]:
    """Return the risk of a renamed or moved resource, as grave as its deletion; none for others."""
    if change.old is None or change.new is None:
        return []
    level, lost = loss(change.old.body)
    if change.old_identity is not None:
        return [_made_again(change.old_identity, change.identity, level, lost)]
    before, after = _root(change.old.unit), _root(change.new.unit)
    if before == after:
        return []
    message = f"`{before}` no longer applies {change.identity.kind} `{change.identity.name}`, `{after}` does"
    return [risk("move-between-roots", (), message, level)]


def made_again(old: Unit, new: Unit) -> Risk:
    """Return the one risk of a whole unit whose resources all have another name, or lie elsewhere."""
    if old.id == new.id:
        message = f"everything of `{old.id}` goes from `{_root(old)}` to `{_root(new)}`: the old is deleted"
        return risk("namespace-changed", (), message)
    return risk("rename-recreate", (), f"everything of `{old.id}` becomes `{new.id}`: the old is deleted")


def _root(unit: Unit) -> str:
    return unit.folder.removeprefix(f"clusters/{unit.cluster}/")


def _made_again(old: Identity, new: Identity, level: Level, lost: str) -> Risk:
    if old.namespace != new.namespace:
        name, field, what = "namespace-changed", "namespace", f"goes to namespace `{new.namespace}`"
    else:
        name, field, what = "rename-recreate", "name", f"becomes `{new.name}`"
    message = f"{old.kind} `{old.name}` {what}: the old one is deleted"
    return risk(name, ("metadata", field), f"{message}, {lost}" if lost else message, level)
