"""Durations as protobuf writes them."""

from functools import lru_cache

from platform_compiler.quantities import seconds


@lru_cache(maxsize=4096)
def duration(text: str) -> str:
    """Return a duration as protobuf's JSON form writes it."""
    return f"{seconds(text):.9f}".rstrip("0").rstrip(".") + "s"
