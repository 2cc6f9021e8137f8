"""Address ranges that say two things: `10.0.0.5/8` is one machine to its writer and sixteen million to a firewall.

A pattern cannot see it, so that the walk over schema and tree is asked about whatever looks like such a range.
"""

from functools import lru_cache
from ipaddress import ip_interface


def is_unclear_range(text: str) -> bool:
    """Whether a text is an address with a length, where the address is not the first of that range."""
    return "/" in text and text.rpartition("/")[2].isdecimal() and unclear_range(text) is not None


@lru_cache(maxsize=1024)
def unclear_range(text: str) -> tuple[str, str] | None:
    """Return what is unclear about a range, and both that it may mean as a cure; None where it is clear or none."""
    try:
        told = ip_interface(text)
    except ValueError:
        return None
    if told.ip == told.network.network_address:
        return None
    alone = f"{told.ip}/{told.max_prefixlen}"
    return f"`{text}` is not where its range begins", f"write the range `{told.network}`, or the one address `{alone}`"
