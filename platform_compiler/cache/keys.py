"""Keys: a digest of everything that an answer was made from, the compiler itself among it.

The compiler is told by the bytes of its own files and by the versions of what it is installed with, not by its version:
a checkout that is worked on changes without one.
"""

import os
import sys
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path

from platform_compiler.disk import content
from platform_compiler.shipped import shipped

_SIZE = 20
_SHIPPED = ("schemas", "blueprints", "policies")


def key_of(*parts: str | bytes) -> str:
    """Return the key of an answer that was made from `parts` by this compiler."""
    digest = blake2b(compiler(), digest_size=_SIZE)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


@cache
def compiler() -> bytes:
    """Return the digest of this compiler: its files, Python, and every distribution that Python finds, by version."""
    digest = blake2b(sys.version.encode() + program(), digest_size=_SIZE)
    for name in _installed():
        digest.update(name.encode(errors="surrogateescape") + b"\n")
    return digest.digest()


@cache
def program() -> bytes:
    """Return the digest of this compiler's own files, which is the same wherever the same is installed."""
    digest = sha256()  # of megabytes, by the processor's own instructions: twice as fast as the other
    package = Path(__file__).parents[1]
    for folder in dict.fromkeys((package, *map(shipped, _SHIPPED))):
        for path in sorted(_files_below(str(folder))):
            digest.update(b"\0" + os.fsencode(path.removeprefix(str(folder))) + b"\0")
            digest.update(content(path))
    return digest.digest()


def _files_below(folder: str) -> list[str]:
    """Return the files below a folder, but for what Python compiled, what starts with a dot, and tests of policies."""
    found: list[str] = []
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in ("__pycache__", "tests"):
                    continue
                (waiting if entry.is_dir() else found).append(entry.path)
    return found


def _installed() -> list[str]:
    """Return the distributions of every folder of Python's path, as `name-version.dist-info`."""
    found: list[str] = []
    for folder in sys.path:
        try:
            found += sorted(name for name in os.listdir(folder or ".") if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208
        except OSError:
            continue
    return found
