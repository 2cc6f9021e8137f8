"""Networks in CIDR notation; bits of a host behind the prefix are kept, and count when networks are held equal."""

import re
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any, TypeAlias

from platform_compiler.cel.functions import ip
from platform_compiler.cel.functions.declare import Function, free, introduced, member
from platform_compiler.cel.functions.values import tagged

Interface: TypeAlias = IPv4Interface | IPv6Interface

_LENGTH = re.compile(r"(0|[1-9][0-9]{0,2})\Z", re.ASCII)


def parsed(text: str) -> Interface:
    """Return the network that a text says.

    Raises:
        ValueError: it is none.
    """
    address, slash, length = text.rpartition("/")
    if not slash or not _LENGTH.match(length):
        raise ValueError(f'network address "{text}" does not parse')
    found = ip.parsed(address)
    if int(length) > found.max_prefixlen:
        raise ValueError(f'network address "{text}" has a prefix that is too long')
    return ip_interface(f"{found}/{length}")


def interface_of(value: dict[str, Any]) -> Interface:
    """Return the network that a value holds."""
    return parsed(tagged(value, "@cidr"))


def cidr(text: str) -> dict[str, Any]:
    """Return the network that a text says."""
    return {"@cidr": str(parsed(text))}


def is_cidr(text: str) -> bool:
    """Tell whether a text is a network."""
    try:
        parsed(text)
    except ValueError:
        return False
    return True


def contains_ip(value: dict[str, Any], other: dict[str, Any] | str) -> bool:
    """Tell whether an address lies in a network; one of the other family never does."""
    address = ip.parsed(other) if isinstance(other, str) else ip.address_of(other)
    return address in interface_of(value).network


def contains_cidr(value: dict[str, Any], other: dict[str, Any] | str) -> bool:
    """Tell whether a network lies in another.

    API servers before 1.33 may say no unless both begin at one address, a known mistake; this tells the truth.
    """
    mine = interface_of(value).network
    theirs = (parsed(other) if isinstance(other, str) else interface_of(other)).network
    return mine.prefixlen <= theirs.prefixlen and theirs.network_address in mine


def address(value: dict[str, Any]) -> dict[str, Any]:
    """Return the address before the slash."""
    return ip.made(interface_of(value).ip)


def prefix_length(value: dict[str, Any]) -> int:
    """Return how many bits name the network."""
    return interface_of(value).network.prefixlen


def masked(value: dict[str, Any]) -> dict[str, Any]:
    """Return a network without the bits of a host."""
    return {"@cidr": str(interface_of(value).network)}


def string(value: dict[str, Any]) -> str:
    """Return an address or a network as a text."""
    if "@ip" in value:
        return str(ip.address_of(value))
    return str(interface_of(value))


_MAP = "map(string, dyn)"
_SINCE = introduced(30)
FUNCTIONS = (
    Function("cidr", (free("string_to_cidr", ("string",), _MAP, cidr, _SINCE),)),
    Function("isCIDR", (free("is_cidr", ("string",), "bool", is_cidr, _SINCE),)),
    Function(
        "containsIP",
        (
            member("cidr_contains_ip_string", (_MAP, "string"), "bool", contains_ip, _SINCE),
            member("cidr_contains_ip_ip", (_MAP, _MAP), "bool", contains_ip, _SINCE),
        ),
    ),
    Function(
        "containsCIDR",
        (
            member("cidr_contains_cidr_string", (_MAP, "string"), "bool", contains_cidr, _SINCE),
            member("cidr_contains_cidr", (_MAP, _MAP), "bool", contains_cidr, _SINCE),
        ),
    ),
    Function("ip", (member("cidr_ip", (_MAP,), _MAP, address, _SINCE),)),
    Function("string", (free("net_to_string", (_MAP,), "string", string, _SINCE),)),
    Function("prefixLength", (member("cidr_prefix_length", (_MAP,), "int", prefix_length, _SINCE),)),
    Function("masked", (member("cidr_masked", (_MAP,), _MAP, masked, _SINCE),)),
)
