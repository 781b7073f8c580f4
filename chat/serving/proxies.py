"""Where a request really comes from: the outermost ASGI application, which believes listed proxies and nobody else."""

import contextlib
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from chat.errors import ChatError, Invalid
from chat.metrics import count_refusal
from chat.peers import FORWARDING_HEADERS, PROXIED, host_is_known
from chat.serving.connections import Connections
from chat.serving.http import refusals

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_forwarding = frozenset(name.encode() for name in FORWARDING_HEADERS)
# A client's port is not known behind a proxy.
NO_PORT = 0


class TrustedProxies:
    """The addresses whose word is taken for the client's address and for the scheme that it used."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    def trusts(self, address: str) -> bool:
        """Whether the peer at this address is one of them."""
        parsed = _parse(address)
        return parsed is not None and self._has(parsed)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The nearest address that is no proxy of ours, walking from the peer to the left; else the last known.

        Everything left of it may be made up by whoever sits there. What is no address ends the walk.
        """
        nearest = peer
        for text in reversed(forwarded):
            if (parsed := _parse(text)) is None:
                break
            nearest = str(parsed)
            if not self._has(parsed):
                break
        return nearest

    def _has(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


class Outermost:
    """Every request and handshake passes here first: who it is from, by which name it asks, and whether it may."""

    def __init__(self, inner: Application, proxies: TrustedProxies, connections: Connections) -> None:
        self._inner = inner
        self._proxies = proxies
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not host_is_known(scope):
            count_refusal("host")
            await refusals.answer(Invalid("We are not known by this Host."), scope, send)
            return
        peer = scope["client"][0] if scope.get("client") else ""
        if self._proxies.trusts(peer):
            self._believe(scope, peer)
            await self._from_proxy(scope, receive, send)
        else:
            _forget_forwarding(scope)
            await self._inner(scope, receive, send)

    async def _from_proxy(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Connections of a proxy are counted by request and handshake, at the client's address."""
        with contextlib.ExitStack() as place:
            try:
                place.enter_context(self._connections.held(scope["client"][0]))
            except ChatError as error:
                count_refusal("address")
                await refusals.answer(error, scope, send)
            else:
                await self._inner(scope, receive, send)

    def _believe(self, scope: Scope, peer: str) -> None:
        """The scope is our own server's: it is changed, not copied, for a socket keeps it as long as it lives."""
        scope["client"] = [self._proxies.client(peer, _values(scope, b"x-forwarded-for")), NO_PORT]
        # The last one is what the nearest proxy said.
        scheme = [value.lower() for value in _values(scope, b"x-forwarded-proto")][-1:]
        if scheme in (["https"], ["http"]):
            secure, socket = scheme == ["https"], scope["type"] == "websocket"
            scope["scheme"] = ("ws" if socket else "http") + ("s" if secure else "")
        _forget_forwarding(scope)
        scope[PROXIED] = True


def _forget_forwarding(scope: Scope) -> None:
    """Nobody behind this may take a client's word for an address; that there was one is kept."""
    scope[PROXIED] = any(name in _forwarding for name, _ in scope["headers"])
    if scope[PROXIED]:
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _forwarding]


def _values(scope: Scope, name: bytes) -> list[str]:
    """Of a list in a header, which may be repeated."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [text.strip() for text in ",".join(lines).split(",") if text.strip()]


def _parse(text: str) -> Address | None:
    """An address as proxies write it, with a port or without."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
