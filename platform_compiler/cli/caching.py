"""Where the cache is, and the option that leaves it out."""

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from platform_compiler.cache.store import NOTHING, Store

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NAME = "platformc"


def cache_folder() -> str | None:
    """Return the folder of the cache, as the environment and the habits of the system have it; None without a home."""
    if chosen := os.environ.get("PLATFORMC_CACHE_DIR"):
        return os.path.abspath(chosen)  # noqa: PTH100 -- hooks do without pathlib's cost
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # noqa: PTH117 -- what is relative is to be ignored, says the specification
        home = os.path.expanduser("~")  # noqa: PTH111
        if home == "~":
            return None
        usual = {"darwin": f"{home}/Library/Caches", "win32": os.environ.get("LOCALAPPDATA", "")}
        base = usual.get(sys.platform) or f"{home}/.cache"
    return os.path.join(base, _NAME)  # noqa: PTH118


def cache_option(command: _Command) -> _Command:
    """Give a verb `--no-cache`; it receives the cache as `cache: Store`."""
    return click.option(
        "--no-cache",
        "cache",
        is_flag=True,
        envvar="PLATFORMC_NO_CACHE",
        callback=lambda _ctx, _option, off: NOTHING if off else Store(cache_folder()),
        help="Neither use nor keep what earlier runs worked out; also PLATFORMC_NO_CACHE=1.",
    )(command)
