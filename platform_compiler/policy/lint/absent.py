"""Reads of fields that may be absent, and of fields that no kind has."""

from collections.abc import Iterable, Sequence

from platform_compiler.diagnostics import Bag
from platform_compiler.diagnostics.suggest import did_you_mean
from platform_compiler.policy.lint.fields import ITEM, Presence, field_at, names_at
from platform_compiler.policy.lint.kinds import Known, schema_of
from platform_compiler.policy.lint.reads import Read, Way, reads_of
from platform_compiler.policy.lint.written import Sheet
from platform_compiler.policy.model import OWN_GROUP
from platform_compiler.schema.walk import Schema
from platform_compiler.verify.schemas import Schemas

_ALWAYS = {("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace"), ("spec",)}
_NAME = ("metadata", "name")
_BY_SERVER = {"ephemeralContainers"}
"""Fields that no file may set, so that schemas of files leave them out."""
_AS_WRITTEN = "objects are judged as written: the API server has filled in no defaults yet"
_MADE_BY_SERVER = "pods that workloads make have no name before the server gives them one"


def odd_fields(sheet: Sheet, kinds: Sequence[Known], schemas: Schemas, bag: Bag) -> None:
    """Report fields that are read without a guard and may be absent, and fields that there are not."""
    known = [(kind, schema) for kind in kinds if (schema := schema_of(kind, schemas)) is not None]
    if not known or _names_unknown(sheet, kinds):
        return  # another kind of the policy may have any field
    reads = list(reads_of(sheet))
    odd = [read for read in reads if _is_unguarded(read, known, sheet)]
    for read in odd:
        # Whoever guards a field has to guard what is below it too: one finding is enough.
        if not any(other.written is read.written and _leads_to(other.way, read.way) for other in odd):
            _report_unguarded(read, sheet, bag)
    for read in reads:
        if _is_unknown(read.way[1:], known) and not _is_unknown(read.way[1:-1], known):
            _report_unknown(read, known, sheet, bag)


def _leads_to(way: Way, other: Way) -> bool:
    return len(way) < len(other) and other[: len(way)] == way


def _names_unknown(sheet: Sheet, kinds: Iterable[Known]) -> bool:
    """Whether rules name resources that no schema is known of."""
    groups = {known.group for known in kinds}
    plurals = {known.resource for known in kinds}
    return any(
        not groups.issuperset(rule.groups) or not plurals.issuperset(name.partition("/")[0] for name in rule.resources)
        for rule in sheet.policy.match.rules
    )


def _is_unknown(way: Way, known: Sequence[tuple[Known, Schema]]) -> bool:
    """Whether no kind has a field."""
    return not _BY_SERVER.intersection(way) and all(
        field_at(schema, way).presence is Presence.UNKNOWN for _, schema in known
    )


def _is_unguarded(read: Read, known: Sequence[tuple[Known, Schema]], sheet: Sheet) -> bool:
    way = read.way[1:]
    if read.safe or _BY_SERVER.intersection(way):
        return False
    if way in _ALWAYS:
        return way == _NAME and _is_for_made_pods(sheet, known)
    return any(
        kind.group != OWN_GROUP and field_at(schema, way).presence is Presence.OPTIONAL for kind, schema in known
    )


def _report_unguarded(read: Read, sheet: Sheet, bag: Bag) -> None:
    way = read.way[1:]
    words = f"`{_shown(way)}` may be absent, and is read without a guard"
    note = _MADE_BY_SERVER if way == _NAME else _AS_WRITTEN
    bag.add("PC7007", words, sheet.span(read.written, read.part), help=_cure(read), notes=note)


def _is_for_made_pods(sheet: Sheet, known: Sequence[tuple[Known, Schema]]) -> bool:
    return sheet.policy.expands and any(kind.kind == "Pod" and not kind.group for kind, _ in known)


def _cure(read: Read) -> str:
    last = read.way[-1]
    step = f".?{last}" if last.isidentifier() else f"[?'{last}']"
    return f"write `{step}.orValue(...)`, or a guard with `&&` before it"


def _report_unknown(read: Read, known: Sequence[tuple[Known, Schema]], sheet: Sheet, bag: Bag) -> None:
    way = read.way[1:]
    kinds = " or ".join(f"`{kind}`" for kind in dict.fromkeys(kind.kind for kind, _ in known))
    near = did_you_mean(way[-1], sorted({name for _, schema in known for name in names_at(schema, way[:-1])}))
    words = f"there is no `{_shown(way)}` in {kinds}"
    cure = f"did you mean `{near}`?" if near else "read a field that the kind has: what there is not is always absent"
    bag.add("PC7024", words, sheet.span(read.written, read.part), help=cure)


def _shown(way: Way) -> str:
    steps = (step if step == ITEM else f".{step}" if step.isidentifier() else f"['{step}']" for step in way)
    return "".join(steps).removeprefix(".")
