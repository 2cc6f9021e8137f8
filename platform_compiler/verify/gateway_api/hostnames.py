"""Host names that may begin with `*.`, as Gateway API compares them: a wildcard stands for one label or more."""

from collections.abc import Iterator


def overlap(one: str, other: str) -> bool:
    """Whether some host fits both; an empty name is any host."""
    return common(one, other) is not None


def common(one: str, other: str) -> str | None:
    """Return the narrower of two names that overlap, or None when no host fits both."""
    one, other = one.lower(), other.lower()
    if not one or not other or one == other:
        return one or other
    if one.startswith("*.") and other.removeprefix("*").endswith(one[1:]):
        return other
    if other.startswith("*.") and one.removeprefix("*").endswith(other[1:]):
        return one
    return None


def above(name: str) -> Iterator[str]:
    """Yield the wildcards that `name` lies below, the nearest first, and at last the empty name."""
    labels = name.split(".")
    for i in range(1, len(labels)):
        yield "*." + ".".join(labels[i:])
    if name:
        yield ""


def certified(name: str, host: str) -> bool:
    """Whether a certificate for `name` is good for `host`: there a wildcard stands for exactly one label."""
    name, host = name.lower(), host.lower()
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
