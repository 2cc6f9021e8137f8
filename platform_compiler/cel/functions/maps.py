"""What `transformMap` is made of: the macro comes with the engine, this call does not.

`transformMapEntry` is made of a call that the engine knows the type of and does not have: it cannot be given here.
"""

from typing import Any

from platform_compiler.cel.functions.declare import Function, free, introduced

_MAP = "map(dyn, dyn)"
_KEYS = ("string", "int", "uint", "bool")
_VALUES = {
    **{word: word for word in ("string", "int", "uint", "double", "bool", "bytes", "duration", "timestamp")},
    "list": "list(dyn)",
    "map": _MAP,
}
"""What a value may be: null is none of them, as the engine takes no null beside the others."""


def insert(into: dict[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    """Return a map with one entry more."""
    if key in into:
        raise ValueError(f"insert failed: key {key} already exists")
    return {**into, key: value}


_SINCE = introduced(32)
FUNCTIONS = (
    Function(
        "cel.@mapInsert",
        (
            *(
                free(f"map_insert_{key}_{word}", (_MAP, key, kind), _MAP, insert, _SINCE)
                for key in _KEYS
                for word, kind in _VALUES.items()
            ),
        ),
    ),
)
