"""The program's entry: runs the command line and turns whatever escapes it into an exit code."""

import os
import sys
from contextlib import suppress

from platform_compiler.cli import boundary


def main() -> None:
    """Run `platformc` and end the process at once: giving back a fleet object by object takes a tenth of a compile."""
    try:
        boundary.main()
    except SystemExit as done:
        for stream in (sys.stdout, sys.stderr):
            with suppress(BrokenPipeError):
                stream.flush()
        os._exit(int(done.code or 0))


if __name__ == "__main__":
    main()
