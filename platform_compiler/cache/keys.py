"""Keys: a digest of everything that an answer was made from, the compiler itself among it.

The compiler is told by the bytes of its own files and by the versions of what it is installed with, not by its version:
a checkout that is worked on changes without one.
"""

import os
import sys
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path

from platform_compiler.shipped import FOLDER, files_below, shipped_files

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
    package = files_below(Path(__file__).parents[1], but=FOLDER)
    for files in (package, *map(shipped_files, _SHIPPED)):
        for path, data in files.items():
            digest.update(b"\0%b\0%d\0" % (os.fsencode(path), len(data)))
            digest.update(data)
    return digest.digest()


def _installed() -> list[str]:
    """Return the distributions of every folder of Python's path, as `name-version.dist-info`."""
    found: list[str] = []
    for folder in sys.path:
        try:
            found += sorted(name for name in os.listdir(folder or ".") if name.endswith((".dist-info", ".egg-info")))  # noqa: PTH208
        except OSError:
            continue
    return found
