"""A diff as Markdown for a comment: at most 60,000 characters and bytes, risks first and never cut.

What does not fit gets shorter by steps: whole changes, then the names of the fields, then a line a resource, then a
number. Every fence and every `<details>` is closed inside its own block, so a cut never opens anything.
"""

from collections.abc import Iterator

from platform_compiler.diff.fold import Concern
from platform_compiler.diff.render.inert import code, fence, html_code, html_text, prose
from platform_compiler.diff.render.lines import lines_of, pointer_text
from platform_compiler.diff.render.words import Group, groups_of, head_of, place, plural, signed, verdict, where
from platform_compiler.diff.report import LEVELS, Report

MARKER = "<!-- platformc-diff -->"
BUDGET = 60_000
_SPARE = 200
"""Kept back for the line that says how much is shown."""
_MOST_ROWS = 40
_MOST_COLUMNS = 8
_MOST_NAMES = 12
_MOST_FINDINGS = 50
_DIFF_SIGNS = {"+": "+", "-": "-", "~": "!"}


def render_markdown(report: Report, budget: int = BUDGET) -> str:
    """Return the comment; `budget` bounds its UTF-8 bytes, and so its characters."""
    foot = _foot(report)
    parts = [f"### platformc diff: {prose(verdict(report))}", *_failed(report)]
    left = budget - _size("\n\n".join(parts)) - _size(foot) - _SPARE
    for section in (_risks(report, left), _overview(report)):
        if section and _size(section) <= left:
            parts.append(section)
            left -= _size(section)
    for heading, changes in (("", report.changes), (_APART, report.apart)):
        if changes:
            section = _objects(groups_of(changes), heading, report, left)
            parts.append(section)
            left -= _size(section)
    parts += [section for section in [_notes(report)] if section and _size(section) <= left]
    return "\n\n".join([*parts, foot]) + "\n"


_APART = (
    "**Apart from this**, the environment repository holds something else than this compiler makes of the base: "
    "another compiler version, edits by hand, or commits that are not published yet."
)


def _size(text: str) -> int:
    """Return the bytes of a section with the empty line after it."""
    return len(text.encode()) + 2


def _risks(report: Report, left: int) -> str:
    """Return every risk on a line; where they do not fit, first the lower ones and then all as names with numbers."""
    if not report.concerns:
        return ""
    for in_full in (len(LEVELS), 2, 1, 0):
        full = [c for c in report.concerns if LEVELS.index(c.risk.level) < in_full]
        rest = [c for c in report.concerns if LEVELS.index(c.risk.level) >= in_full]
        section = "\n".join([*(_risk(concern, report) for concern in full), *_summarised(rest)])
        if _size(section) <= left:
            return section
    return "\n".join(_summarised(list(report.concerns)))


def _risk(concern: Concern, report: Report) -> str:
    risk = concern.risk
    about = "" if "→" in concern.about else f"{code(concern.about)} "
    field = f"{code('.'.join(map(str, risk.pointer)))} " if risk.pointer else ""
    causes = f" · {', '.join(code(place(cause)) for cause in concern.causes)}" if concern.causes else ""
    advice = f"<br>{prose(risk.advice)}" if risk.advice else ""
    on = prose(where(concern.clusters, report.environments))
    return f"- **{risk.level.upper()}** {about}{field}{prose(risk.message)} · {on}{causes} · {code(risk.name)}{advice}"


def _summarised(found: list[Concern]) -> Iterator[str]:
    for level in LEVELS:
        names: dict[str, int] = {}
        for concern in found:
            if concern.risk.level is level:
                names[concern.risk.name] = names.get(concern.risk.name, 0) + 1
        yield from (f"- **{level.upper()}** {number:,} of {code(name)}" for name, number in sorted(names.items()))


def _overview(report: Report) -> str:
    """Return the table of owners and environments; nothing for a single cell, which the verdict has said."""
    present = {cell.environment for cell in report.cells}
    environments = [
        name for name in dict.fromkeys((*report.environments.values(), *sorted(present))) if name in present
    ]
    environments = environments[:_MOST_COLUMNS]
    counts = {(cell.owner, cell.environment): signed(cell.counts) for cell in report.cells}
    owners = sorted({cell.owner for cell in report.cells}, key=lambda name: ("/" not in name, name))
    if len(report.cells) < 2:  # noqa: PLR2004 -- a table of one cell says nothing new
        return ""
    rows = [
        f"| {code(name, in_table=True)} | {' | '.join(counts.get((name, e), '') for e in environments)} |"
        for name in owners[:_MOST_ROWS]
    ]
    more = [f"\nand {plural(len(owners) - _MOST_ROWS, 'more owner')}"] if len(owners) > _MOST_ROWS else []
    head = f"| | {' | '.join(code(name, in_table=True) for name in environments)} |"
    return "\n".join([head, "|---" * (len(environments) + 1) + "|", *rows, *more])


def _objects(groups: list[Group], heading: str, report: Report, left: int) -> str:
    """Return a block a resource, as long as they may be: first a line each, then as many as fit grow."""
    left -= _size(heading)
    blocks: list[str] = []
    for group in groups:
        line = _as_line(group, report)
        if _size(line) > left:
            break
        blocks.append(line)
        left -= _size(line)
    for index, group in enumerate(groups[: len(blocks)]):
        if left < _SPARE:
            break
        for longer in (_in_full, _by_names):
            block = longer(group, report)
            grown = _size(block) - _size(blocks[index])
            if grown <= left:
                blocks[index] = block
                left -= grown
                break
    shown = [] if len(blocks) == len(groups) else [_shown(len(blocks), len(groups))]
    return "\n\n".join([*filter(None, [heading]), *blocks, *shown])


def _shown(number: int, of: int) -> str:
    return f"*{number:,} of {of:,} changed resources are shown; the whole diff: the command below*"


def _as_line(group: Group, report: Report) -> str:
    return f"{code(head_of(group))} {prose(_on(group, report))}"


def _by_names(group: Group, report: Report) -> str:
    """Return a resource with the names of its changed fields."""
    names = list(dict.fromkeys(pointer_text(field.pointer) for change in group.variants for field in change.fields))
    shown = ", ".join(code(name) for name in names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{_as_line(group, report)}{': ' if names else ''}{shown}{more}"


def _in_full(group: Group, report: Report) -> str:
    """Return a resource that unfolds to what changes and why; one without fields stays a line."""
    parts = []
    for number, change in enumerate(group.variants):
        on = f"differs in {where(change.clusters, report.environments)}: " if number else ""
        causes = ", ".join(code(place(cause)) for cause in change.causes)
        reason = f"{prose(on)}because of {causes}" if causes else prose(on)
        lines = [f"{_DIFF_SIGNS.get(sign, ' ')} {text}" for field in change.fields for sign, text in lines_of(field)]
        parts += [part for part in (reason, fence(lines) if lines else "") if part]
    if not parts:
        return _as_line(group, report)
    if all(not change.fields for change in group.variants):
        return f"{_as_line(group, report)}, {parts[0]}"
    summary = f"{html_code(head_of(group))} {html_text(_on(group, report))}"
    return "\n\n".join([f"<details><summary>{summary}</summary>", *parts, "</details>"])


def _on(group: Group, report: Report) -> str:
    first = where(group.first.clusters, report.environments)
    if group.alike:
        return f"{len(group.alike):,} resources alike, {first}"
    others = sum(len(change.clusters) for change in group.variants[1:])
    return f"{first}, differs in {others}" if others else first


def _failed(report: Report) -> list[str]:
    findings = [f"- {code(str(f.span))} {code(f.code)} {prose(f.message)}" for f in report.failed[:_MOST_FINDINGS]]
    more = len(report.failed) - _MOST_FINDINGS
    return ["\n".join([*findings, *([f"- and {more} more"] if more > 0 else [])])] if findings else []


def _notes(report: Report) -> str:
    return "\n".join(f"*{prose(note)}*" for note in report.notes)


def _foot(report: Report) -> str:
    names = report.names
    return (
        f"<sub>base {code(names.base)} · head {code(names.head)} · {prose(names.compiler)}"
        f" · reproduce: {code(names.command)}</sub>\n\n{MARKER}"
    )
