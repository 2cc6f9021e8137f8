"""The program's entry: runs the command line and turns whatever escapes it into an exit code."""

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run `platformc` and end the process at once: giving back a fleet object by object takes a tenth of a compile."""
    gc.disable()  # a run makes values, keeps nearly all of them and ends: looking for cycles costs a third of a compile
    from platform_compiler.cli import boundary  # noqa: PLC0415 -- importing makes values too

    try:
        boundary.main()
    except SystemExit as done:
        for stream in (sys.stdout, sys.stderr):
            with suppress(BrokenPipeError):
                stream.flush()
        os._exit(int(done.code or 0))


if __name__ == "__main__":
    main()
