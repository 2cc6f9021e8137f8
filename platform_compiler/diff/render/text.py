"""A diff for a terminal: the verdict, the risks, then what changes, by owner and resource."""

from collections.abc import Iterator

from platform_compiler.diagnostics.render.visible import visible
from platform_compiler.diff.fold import Concern, Folded
from platform_compiler.diff.model import Cause
from platform_compiler.diff.render.lines import lines_of
from platform_compiler.diff.render.words import SIGNS, Group, groups_of, head_of, place, verdict, where
from platform_compiler.diff.report import Report

_COLOURS = {"+": "32", "-": "31", "~": "33", "»": "35", "high": "1;31", "medium": "33", "low": "36"}
_BOLD, _DIM = "1", "2"


def render_text(report: Report, *, colour: bool = False) -> str:
    """Return the whole diff; nothing is cut but single values beyond 300 characters."""
    return "\n".join(_Text(report, colour=colour).lines()) + "\n"


def _shared(changes: tuple[Folded, ...]) -> dict[str, tuple[Cause, ...]]:
    """Return by owner the causes that all of its changes share, so that they are told once."""
    found: dict[str, set[tuple[Cause, ...]]] = {}
    for change in changes:
        found.setdefault(change.owner, set()).add(change.causes)
    return {name: causes.pop() if len(causes) == 1 else () for name, causes in found.items()}


class _Text:
    """Draws one report."""

    def __init__(self, report: Report, *, colour: bool) -> None:
        self._report = report
        self._colour = colour

    def lines(self) -> Iterator[str]:
        report = self._report
        yield self._paint(verdict(report), _BOLD)
        for finding in report.failed:
            yield visible(f"  {finding.span}: {finding.code} {finding.message}")
        if report.concerns:
            yield ""
            for concern in report.concerns:
                yield from self._concern(concern)
        yield from self._changes(report.changes)
        if report.apart:
            yield ""
            yield self._paint("Apart from this: the environment repository and this compiler's base differ", _BOLD)
            yield "  another compiler version, edits by hand, or commits that are not published yet"
            yield from self._changes(report.apart)
        if report.notes:
            yield ""
            yield from (visible(f"note: {note}") for note in report.notes)

    def _concern(self, concern: Concern) -> Iterator[str]:
        risk = concern.risk
        level = self._paint(f"{risk.level.upper():<6}", _COLOURS[risk.level])
        yield f"{level} {visible(risk.message)}"
        field = f" {'.'.join(map(str, risk.pointer))}" if risk.pointer else ""
        about = "" if "→" in concern.about else f"{concern.about}{field}, "
        yield visible(f"       {about}{where(concern.clusters, self._report.environments)}  [{risk.name}]")
        if concern.causes:
            yield self._paint(visible(f"       {', '.join(map(place, concern.causes))}"), _DIM)
        if risk.advice:
            yield visible(f"       → {risk.advice}")

    def _changes(self, changes: tuple[Folded, ...]) -> Iterator[str]:
        told = _shared(changes)
        last = ""
        for group in groups_of(changes):
            name = f"{len(group.alike):,} resources alike" if group.alike else group.first.owner
            shared = group.first.causes if group.alike else told[name]
            if name != last or group.alike:
                yield ""
                yield self._paint(visible(name), _BOLD) + self._because(shared, "  ")
            last = name
            for number, change in enumerate(group.variants):
                yield self._head(group, change, differs=number > 0)
                yield from self._fields(change)
                if change.causes and not shared:
                    yield self._because(change.causes, "      ")

    def _head(self, group: Group, change: Folded, *, differs: bool) -> str:
        sign, where_ = SIGNS[change.kind], where(change.clusters, self._report.environments)
        head = self._paint(visible(f"  {head_of(group)}"), _COLOURS[sign])
        return head + self._paint(visible(f"  {'differs in ' if differs else ''}{where_}"), _DIM)

    def _fields(self, change: Folded) -> Iterator[str]:
        for field in change.fields:
            for mark, text in lines_of(field):
                yield self._paint(f"      {mark} {text}", _COLOURS.get(mark, ""))

    def _because(self, causes: tuple[Cause, ...], lead: str) -> str:
        return self._paint(visible(f"{lead}because of {', '.join(map(place, causes))}"), _DIM) if causes else ""

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and code and text else text
