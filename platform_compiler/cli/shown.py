"""A diff as it is shown: its texts and what its exit code rests on, worked out or remembered.

Nothing is remembered of a diff against an environment repository, which is somebody else's and may be anywhere.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from platform_compiler.cache.keys import key_of
from platform_compiler.cache.store import Store
from platform_compiler.cli.sources import Asked, Source, sources

FORMATS = ("text", "markdown", "json", "github")
LEVELS = ("high", "medium", "low")
"""How grave a risk is, gravest first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A diff's texts by format (`coloured` is text for a terminal), and whether it failed, differs, and how gravely."""

    texts: Mapping[str, str]
    failed: bool
    differs: bool
    worst: str | None


def shown(cache: Store, asked: Asked, forms: Collection[str]) -> Shown:
    """Compare what the options name, and show it in some formats.

    Raises:
        click.UsageError: the options do not make a pair, or name what is not there.
        GitFailed, Unreadable: Git cannot give a revision.
    """
    base, head = sources(asked)
    key = _key(asked, base, head, forms) if cache.folder is not None and asked.against is None else ""
    kept = cache.get(key) if key else None
    if kept is not None:
        return Shown(**json.loads(kept))
    made = _made(asked, base, head, forms, cache)
    if key:
        entry = {"texts": made.texts, "failed": made.failed, "differs": made.differs, "worst": made.worst}
        cache.put(key, json.dumps(entry).encode())
    return made


def _made(asked: Asked, base: Source | None, head: Source, forms: Collection[str], cache: Store) -> Shown:
    from platform_compiler.cli.compared import compared  # noqa: PLC0415 -- only where something is left to do
    from platform_compiler.diff.render import RENDERERS, render_text  # noqa: PLC0415

    report = compared(asked, base, head, cache)
    texts = {
        form: render_text(report, colour=True) if form == "coloured" else RENDERERS[form](report)
        for form in sorted(forms)
    }
    worst = report.worst()
    return Shown(texts, bool(report.failed), not report.is_empty, worst.value if worst else None)


def _key(asked: Asked, base: Source | None, head: Source, forms: Collection[str]) -> str:
    """Return the key of a diff: the report repeats the options and what the sides are called."""
    sides = [[side.name, side.day.isoformat(), side.folder, side.tree.digest.hex()] for side in (base, head) if side]
    return key_of("diff", json.dumps([repr(asked), sides, sorted(forms)]))
