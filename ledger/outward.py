"""Where this process may connect to when others name the address: public addresses only.

Other members name the addresses of their gateways, and callers those of their webhooks. Whoever
names one must not reach through us what only we can reach. So the address is judged where the
socket is made: whatever a name resolved to before, and will resolve to next, what is connected to
is what was judged.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType

from ledger.errors import Invalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

_PUBLIC_IPV6: Final = IPv6Network("2000::/3")
"""All that was ever given out; everything else has a use of its own, or none."""
_SPECIAL: Final = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, RFC 6890
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    IPv6Network("2001::/23"),  # Teredo, ORCHID and other assignments, RFC 2928
    IPv6Network("2001:db8::/32"),  # documentation, RFC 3849
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
"""What `is_global` takes for public in some versions of Python, and what nobody serves at."""
_NAT64: Final = IPv6Network("64:ff9b::/96")


class OutwardAddressRefused(Invalid, OSError):
    """The gateway does not connect to this address."""

    def __init__(self, address: str) -> None:
        super().__init__(address=address)
        # What an HTTP client shows of the error beneath its own.
        self.strerror = self.sentence

    def __str__(self) -> str:
        """Give the sentence; an `OSError` would spell its arguments."""
        return self.sentence


def connector(
    allowed: Sequence[Network] = (), *, resolver: AbstractResolver | None = None, limit: int = 100
) -> TCPConnector:
    """Make a connector for an HTTP client that is told by others where to connect.

    A refusal arrives as `aiohttp.ClientConnectorError` whose `os_error` is the
    `OutwardAddressRefused`. The session must not follow redirects blindly, nor use a proxy: a
    proxy would be judged in place of the host behind it.

    Parameters
    ----------
    allowed : sequence of networks
        What may be connected to although it is not public.
    resolver : AbstractResolver, optional
        Turns names into addresses; the system's by default.
    limit : int
        Most connections at once.
    """

    def made(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, place = info
        require_allowed(str(place[0]), allowed)
        return socket.socket(family, kind, protocol)

    return TCPConnector(resolver=resolver, limit=limit, socket_factory=made)


def require_allowed(address: str, allowed: Sequence[Network] = ()) -> None:
    """Refuse an address that others may not have us connect to.

    Raises
    ------
    OutwardAddressRefused
        If it is neither public nor in `allowed`, or not written as addresses are.
    """
    try:
        is_good = is_allowed(ip_address(address), allowed)
    except ValueError:
        is_good = False
    if not is_good:
        raise OutwardAddressRefused(address=address)


def is_allowed(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Tell whether an address may be connected to."""
    inner = carried(address)
    return any(each in network for each in (address, inner) for network in allowed) or is_public(
        inner
    )


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open internet, for a single host."""
    if not address.is_global or address.is_multicast or any(address in each for each in _SPECIAL):
        return False
    return isinstance(address, IPv4Address) or address in _PUBLIC_IPV6


def carried(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address leads to, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
