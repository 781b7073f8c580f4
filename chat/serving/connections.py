"""How many connections each address has open in this process, HTTP and sockets together."""

import contextlib
import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from twisted.internet import tcp
from twisted.python.failure import Failure

from chat.limits import ADDRESS_CONNECTIONS, check_cap

# What one household or attacker gets of IPv6: each of its addresses for itself would be no bound at all.
IPV6_PREFIX_BITS = 64


class CountedTransport(tcp.Server):
    """A connection that says when it is gone, whichever protocol has taken it over by then."""

    gone: Callable[[], None] | None = None

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802 - Twisted's name
        super().connectionLost(reason)
        gone, self.gone = self.gone, None
        if gone is not None:
            gone()


class Connections:
    """Counts places by address. `is_proxy` says of which peers the connections are not their own."""

    def __init__(self, is_proxy: Callable[[str], bool]) -> None:
        self._is_proxy = is_proxy
        self._open: Counter[str] = Counter()

    def count(self, transport: Any) -> None:
        """Count the connection until it is gone; raises RateLimited when its address has too many already.

        Behind a trusted proxy the address is known with each request only (`held`).
        """
        peer = getattr(transport.getPeer(), "host", None)
        if peer is None or self._is_proxy(peer):
            return
        place = self._enter(peer)
        transport.gone = lambda: self._leave(place)

    @contextlib.contextmanager
    def held(self, address: str) -> Iterator[None]:
        """Count a request or socket that came through a proxy, while it lasts; raises RateLimited."""
        place = self._enter(address)
        try:
            yield
        finally:
            self._leave(place)

    def _enter(self, address: str) -> str:
        place = _place(address)
        check_cap(self._open[place], ADDRESS_CONNECTIONS, "connections from your address")
        self._open[place] += 1
        return place

    def _leave(self, place: str) -> None:
        self._open[place] -= 1
        if not self._open[place]:
            del self._open[place]


def _place(address: str) -> str:
    """The address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX_BITS), strict=False))
