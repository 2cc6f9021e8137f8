"""Versions of what runs on a cluster."""

import re
from typing import NamedTuple, TypeAlias

Version: TypeAlias = tuple[int, int]
_MINOR = re.compile(r"v?([0-9]+)\.([0-9]+)")


class Versions(NamedTuple):
    """What runs on a cluster; each as (major, minor)."""

    kubernetes: Version = (1, 33)
    istio: Version = (1, 29)
    gateway_api: Version = (1, 4)


LATEST = Versions()
"""What is judged for where nobody says."""


def version(text: str) -> Version:
    """Return `1.33`, `v1.33.2` or `1.33.2-gke.1` as (1, 33).

    Raises:
        ValueError: the text does not begin with two numbers.
    """
    match = _MINOR.match(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]), int(match[2])
