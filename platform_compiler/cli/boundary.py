"""The one place that catches everything: a user never sees a traceback, and we never lose one.

Interrupts exit 130, trouble with the outside world 4, our own bugs 3 with the trace saved to a file.
"""

import os
import sys

import click

from platform_compiler import __version__
from platform_compiler.cli.exits import Exit
from platform_compiler.cli.main import platformc


def main() -> None:
    """Run `platformc` and exit."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text stream in every real process
    try:
        code = platformc.main(standalone_mode=False, auto_envvar_prefix="PLATFORMC")
    except click.exceptions.Exit as done:
        sys.exit(int(done.exit_code))  # noqa: TID251 -- as below; here, so that the run's values are held to the end
    except click.ClickException as wrong:
        wrong.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a closed pager) went away; stop without a complaint at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.CLEAN
    except OSError as trouble:
        click.echo(
            f"error: {trouble.strerror or trouble}{f': {trouble.filename}' if trouble.filename else ''}", err=True
        )
        code = Exit.OUTSIDE
    except Exception:  # noqa: BLE001 -- the boundary: whatever arrives here is our bug
        code = _report_bug()
    sys.exit(int(code or 0))  # noqa: TID251 -- the boundary is where the program ends


def _report_bug() -> Exit:
    """Save the trace, say where, and ask for it."""
    import platform  # noqa: PLC0415 -- nobody else pays for what only a bug needs
    import tempfile  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile(
        "w", prefix="platformc-crash-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"platformc {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        log.write(f"arguments: {sys.argv[1:]}\n\n{traceback.format_exc()}")
    click.echo(
        f"error: platformc failed because of a bug in itself, not in your files\n  trace: {log.name}\n"
        "  please report it with that file",
        err=True,
    )
    return Exit.BUG
