"""What is wrong, where, why and how to mend it: values only; printing belongs to `render/` and `cli/`."""

from platform_compiler.diagnostics.codes import CODES, Code
from platform_compiler.diagnostics.model import Bag, Diagnostic, Label, Severity, Span

__all__ = ["CODES", "Bag", "Code", "Diagnostic", "Label", "Severity", "Span"]
