"""The functions that Kubernetes adds to the language, one library a file, and since when each may be written.

They are plain Python: what is wrong is a `ValueError`, which the engine makes a value that is an error.
"""

from platform_compiler.cel.functions import (
    authorizer,
    cidr,
    comparison,
    formats,
    ip,
    lists,
    maps,
    quantity,
    regex,
    semver,
    since,
    strings,
    text_format,
    url,
)
from platform_compiler.cel.functions.declare import Function, Version, merged

FUNCTIONS: tuple[Function, ...] = merged(
    strings.FUNCTIONS,
    text_format.FUNCTIONS,
    lists.FUNCTIONS,
    maps.FUNCTIONS,
    regex.FUNCTIONS,
    url.FUNCTIONS,
    quantity.FUNCTIONS,
    semver.FUNCTIONS,
    comparison.FUNCTIONS,
    ip.FUNCTIONS,
    cidr.FUNCTIONS,
    formats.FUNCTIONS,
    authorizer.FUNCTIONS,
)

SINCE: dict[str, Version] = since.overloads(FUNCTIONS)
"""The first Kubernetes that takes an overload in a new policy; what is not here is part of the language itself."""

MACROS = since.MACROS
NEVER = since.NEVER
NOT_HERE = since.NOT_HERE
