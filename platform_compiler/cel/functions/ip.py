"""IP addresses: no zones, and no IPv4 addresses dressed as IPv6."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import Any, TypeAlias

from platform_compiler.cel.functions.declare import Function, free, introduced, member
from platform_compiler.cel.functions.values import tagged

Address: TypeAlias = IPv4Address | IPv6Address

_LINK_LOCAL_MULTICAST = IPv4Network("224.0.0.0/24")
_BROADCAST = IPv4Address("255.255.255.255")


@lru_cache(maxsize=1024)
def parsed(text: str) -> Address:
    """Return the address that a text says.

    Raises:
        ValueError: it is none.
    """
    try:
        address = ip_address(text)
    except ValueError as trouble:
        raise ValueError(f'IP address "{text}" does not parse') from trouble
    if isinstance(address, IPv6Address):
        _check_v6(text, address)
    return address


def _check_v6(text: str, address: IPv6Address) -> None:
    if address.scope_id is not None:
        raise ValueError(f'IP address "{text}" with zone value is not allowed')
    if address.ipv4_mapped is not None:
        raise ValueError(f'IPv4-mapped IPv6 address "{text}" is not allowed')


def made(address: Address) -> dict[str, Any]:
    """Return an address as a value of the language."""
    return {"@ip": str(address)}


def address_of(value: dict[str, Any]) -> Address:
    """Return the address that a value holds."""
    return parsed(tagged(value, "@ip"))


def ip(text: str) -> dict[str, Any]:
    """Return the address that a text says."""
    return made(parsed(text))


def is_ip(text: str) -> bool:
    """Tell whether a text is an address."""
    try:
        parsed(text)
    except ValueError:
        return False
    return True


def is_canonical(text: str) -> bool:
    """Tell whether an address is written the one way that is canonical."""
    return str(parsed(text)) == text


def family(value: dict[str, Any]) -> int:
    """Return 4 or 6."""
    return address_of(value).version


def _link_local_multicast(address: Address) -> bool:
    """In IPv6 the scope is the fourth figure, whatever flags the third holds: `ff02::1`, `ff12::1`."""
    if isinstance(address, IPv4Address):
        return address in _LINK_LOCAL_MULTICAST
    return address.is_multicast and address.packed[1] & 0x0F == 0x02  # noqa: PLR2004 -- link-local


def _global_unicast(address: Address) -> bool:
    return not (
        address.is_unspecified
        or address == _BROADCAST
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
    )


_TELLERS: tuple[tuple[str, str, Callable[[Address], bool]], ...] = (
    ("isUnspecified", "ip_is_unspecified", lambda one: one.is_unspecified),
    ("isLoopback", "ip_is_loopback", lambda one: one.is_loopback),
    ("isLinkLocalMulticast", "ip_is_link_local_multicast", _link_local_multicast),
    ("isLinkLocalUnicast", "ip_is_link_local_unicast", lambda one: one.is_link_local),
    ("isGlobalUnicast", "ip_is_global_unicast", _global_unicast),
)


def _teller(tells: Callable[[Address], bool]) -> Callable[[dict[str, Any]], bool]:
    return lambda value: tells(address_of(value))


_MAP = "map(string, dyn)"
_SINCE = introduced(30)
FUNCTIONS = (
    Function("ip", (free("string_to_ip", ("string",), _MAP, ip, _SINCE),)),
    Function("isIP", (free("is_ip", ("string",), "bool", is_ip, _SINCE),)),
    Function("ip.isCanonical", (free("ip_is_canonical", ("string",), "bool", is_canonical, _SINCE),)),
    Function("family", (member("ip_family", (_MAP,), "int", family, _SINCE),)),
    *(Function(name, (member(one, (_MAP,), "bool", _teller(tells), _SINCE),)) for name, one, tells in _TELLERS),
)
