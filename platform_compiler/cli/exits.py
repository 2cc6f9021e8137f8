"""Exit codes, one meaning each."""

from enum import IntEnum


class Exit(IntEnum):
    """What a finished run says to the shell."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    BUG = 3
    OUTSIDE = 4
    INTERRUPTED = 130
