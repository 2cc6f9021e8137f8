"""The diagnostic itself: a code, a message, labelled places, notes and help, as frozen values; and the bag for them.

A phase takes a `Bag`, reports what it finds and goes on; nobody raises for a user's mistake.
Messages are lower case, without a full stop, one fact each, names in backticks; the cure goes to `help`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from platform_compiler.diagnostics.codes import CODES


class Severity(StrEnum):
    """How bad a finding is; only `ERROR` stops a compile."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of one source file.

    `path` is relative to the repository's root with `/`; lines and columns (in characters) count from 1; the end is
    exclusive.
    A span with `line == 0` means the file as a whole (missing, unreadable, or too large).
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class Label(NamedTuple):
    """A place and what it has to do with the finding, in a few words (may be empty for the primary one)."""

    span: Span
    text: str = ""


class Diagnostic(NamedTuple):
    """One finding. `labels[0]` is the primary place; the others also contributed."""

    code: str
    severity: Severity
    message: str
    labels: tuple[Label, ...]
    help: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """The primary place."""
        return self.labels[0].span

    @property
    def name(self) -> str:
        """The code's name, such as `call-not-granted`."""
        return CODES[self.code].name


class Bag:
    """Collects the findings of one run, in any order; hands them out once each, sorted by place, code and words."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self._reports = 0

    def add(  # noqa: PLR0913 -- the parts of a diagnostic, all named
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *,
        also: Iterable[Label] = (),
        help: Iterable[str] | str = (),  # noqa: A002 -- the field's own name
        notes: Iterable[str] | str = (),
        severity: Severity | None = None,
    ) -> None:
        """Report a finding; the severity is the code's own unless given. The same finding twice is one.

        Every finding has a cure: where nobody gives one, it is the page of its code.
        """
        help = help or f"`platformc explain {code}` shows it wrong and right"  # noqa: A001
        diagnostic = Diagnostic(
            code,
            severity or Severity(CODES[code].severity),
            message,
            (Label(span, label), *also),
            (help,) if isinstance(help, str) else tuple(help),
            (notes,) if isinstance(notes, str) else tuple(notes),
        )
        self._found[diagnostic] = None
        self._reports += 1

    def extend(self, other: "Bag") -> None:
        """Take over the findings of another bag."""
        self._found |= other._found  # noqa: SLF001 -- the same class
        self._reports += other._reports  # noqa: SLF001

    def take(self, findings: Iterable[Diagnostic]) -> None:
        """Take over findings that are made already."""
        taken = dict.fromkeys(findings)
        self._found |= taken
        self._reports += len(taken)

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops the compile."""
        return any(d.severity is Severity.ERROR for d in self._found)

    @property
    def reports(self) -> int:
        """How often anything was reported: what was said before counts again, so nothing new is not nothing said."""
        return self._reports

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return every finding, by primary place, then code, then words, then all that is left to tell two apart."""
        return tuple(
            sorted(
                self._found,
                key=lambda d: (d.span, d.code, d.message, d.labels[1:], d.labels, d.severity, d.help, d.notes),
            )
        )
