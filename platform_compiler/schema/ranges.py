"""Address ranges that say two things: `10.0.0.5/8` is one machine to its writer and sixteen million to a firewall.

A pattern cannot see it, so that the walk over schema and tree is asked about whatever looks like such a range.
"""

from functools import lru_cache
from ipaddress import ip_interface


def is_unclear_range(text: str) -> bool:
    """Whether a text is an address with a length, where the address is not the first of that range."""
    return "/" in text and text.rpartition("/")[2].isdecimal() and clear_ranges(text) is not None


@lru_cache(maxsize=1024)
def clear_ranges(text: str) -> tuple[str, str] | None:
    """Return what an unclear range may mean: the whole range, or the address alone; None where it is clear or none."""
    try:
        told = ip_interface(text)
    except ValueError:
        return None
    if told.ip == told.network.network_address:
        return None
    return str(told.network), f"{told.ip}/{told.max_prefixlen}"
