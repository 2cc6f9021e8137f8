"""A finding in words, for services that show a few lines of text beside a place."""

from platform_compiler.diagnostics.model import Diagnostic
from platform_compiler.diagnostics.render.visible import visible


def words(diagnostic: Diagnostic) -> str:
    """Return the message, then a paragraph for each help and note; lines are kept, all else is made visible."""
    helps = [f"help: {text}" for text in diagnostic.help]
    notes = [f"note: {text}" for text in diagnostic.notes]
    return "\n".join(visible(line) for text in (diagnostic.message, *helps, *notes) for line in text.split("\n"))
