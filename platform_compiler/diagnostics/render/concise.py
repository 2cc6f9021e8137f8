"""One line a finding: `path:line:column: error[PC1101] message`."""

from collections.abc import Mapping, Sequence

from platform_compiler.diagnostics.model import Diagnostic
from platform_compiler.diagnostics.render.visible import visible


def render_concise(diagnostics: Sequence[Diagnostic], _: Mapping[str, bytes]) -> str:
    """Return a line for each finding, each ended by a newline."""
    return "".join(f"{visible(str(d.span))}: {d.severity}[{d.code}] {visible(d.message)}\n" for d in diagnostics)
