"""`docs/risks.md`: every class of risks by what is at stake, as a page for reviewers, made from the registry."""

from platform_compiler.diff.model import Family, Level
from platform_compiler.diff.risk.deletion import LOST
from platform_compiler.diff.risk.registry import RISKS

_HEAD = """\
# Risks

What `platformc diff` calls a risk, class by class. A risk is a reason to look twice, not a mistake: what is wrong does
not compile. Names are stable. This page is generated from the table that the compiler reads.

## Levels

- **high**: data may be lost, a guard falls, callers from outside get in, or the API server refuses the change.
  Ask somebody.
- **medium**: the change may be meant, and may hurt. Read the fields.
- **low**: good to know.

The tables show the usual level. A deletion is as grave as what is lost with it. A host with a wildcard and a role that
may read secrets or do everything are high. What a policy refuses is high where it denies, medium where it warns and low
where it audits; its own words say what to do.

`platformc diff --fail-on high` exits 1 when there is a high risk, `--fail-on medium` also for a medium one, and
`--fail-on low` for any. Without it 1 means that something changes at all. See [What a change does](diff.md).

Told is what a change brings: what was so before is not told again. To write out what the API server fills in anyway is
no change. A resource that gets another name is compared with what it was.
"""

_FAMILIES = {
    Family.DELETION: "What goes for good",
    Family.IMMUTABLE: "What the API server refuses",
    Family.SECURITY: "What pods and people may do",
    Family.MESH: "What the mesh protects",
    Family.EXPOSURE: "What is open to the outside",
    Family.AVAILABILITY: "What keeps it running",
    Family.POLICY: "What your policies refuse",
}

_LOSSES = """
How grave a deletion is; every other kind is medium.

| kind | level | what is lost |
|---|---|---|
"""

_TAIL = """\
## Who may call whom

These come from the manifests, not from what is generated, and say who and what: `new-reachability` and `new-exposure`
(high, medium inside one team), `lost-reachability` and `lost-exposure` (medium). What policies and routes do for the
same line is not told again beside them, unless it is high.

## Told elsewhere

- **Two applications make the same object**: that does not compile, [PC5005](codes/PC5005.md).
- **A root that becomes empty**: its Application or Kustomization goes with it, so `delete-application-cascade` tells
  it. The end of a whole application is one `delete-object`, its new name one `rename-recreate`, besides what is
  grave by itself.
- **A custom resource definition goes**: `delete-object`, high. One of its versions, or its scope: `immutable-change`.
- **Another role in a binding**: `immutable-change`, since the API server refuses another `roleRef`.
- **A selector that finds nothing**: `selector-orphans` for services, budgets and network policies,
  `subset-without-pods` for DestinationRules.
- **Too few pods for an environment**: a rule of your own, so a policy and not a risk. A drop to one pod is told.
- **An object that a policy refuses as it is**: that does not compile. `refused-by-policy` is about the way there.
"""


def risks_page() -> str:
    """Return the page: a table for each family, and one for how grave a deletion is."""
    return "\n".join([_HEAD, *(_family(family, title) for family, title in _FAMILIES.items()), _TAIL])


def _family(family: Family, title: str) -> str:
    rows = [
        f"| `{name}` | {row.level} | {row.sentence} | {row.advice or 'nothing'} |\n"
        for name, row in RISKS.items()
        if row.family is family
    ]
    table = "| name | level | what it says | what to do |\n|---|---|---|---|\n" + "".join(rows)
    return f"## {title}\n\n{table}" + (_losses() if family is Family.DELETION else "")


def _losses() -> str:
    """Return the kinds whose loss is more or less than usual, by level."""
    rows = [
        f"| {kind} | {level} | {lost or 'nothing else'} |\n"
        for level in Level
        for (_, kind), (own, lost) in LOST.items()
        if own is level
    ]
    return _LOSSES + "".join(dict.fromkeys(rows))
