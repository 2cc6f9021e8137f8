"""A name for each finding that stays when lines move, so that a service knows it again from run to run."""

from collections import Counter
from collections.abc import Sequence

from platform_compiler.diagnostics.model import Diagnostic


def fingerprints(diagnostics: Sequence[Diagnostic]) -> list[str]:
    """Return one fingerprint a finding, in order, as 64 hexadecimal digits; no two are equal.

    It is made of the code, the message and the labels' files and texts, never of lines or columns. The same finding
    at two places of a file is told apart by counting, in the order given.
    """
    import hashlib  # noqa: PLC0415 -- most formats need none

    seen: Counter[str] = Counter()
    found = []
    for diagnostic in diagnostics:
        labels = [part for label in diagnostic.labels for part in (label.span.path, label.text)]
        key = "\0".join((diagnostic.code, diagnostic.message, *labels))
        text = f"{key}\0{seen[key]}"
        seen[key] += 1
        found.append(hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest())
    return found
