"""Sockets before the consumer: from which pages they may come, and whom they bring along."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import parse_cookie

from chat.auth.identity import Visitor, bearer, identify
from chat.errors import ChatError
from chat.hub import Credential
from chat.peers import host_is_known

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class OriginCheck:
    """Refuses a handshake (403) to a foreign Host, from a foreign Origin, or with a session cookie and no Origin.

    Browsers send cookies along with any page's handshake, so a session counts only with our own Origin.
    """

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = _header(scope, b"origin")
        refused = not _is_ours(scope, origin) if origin is not None else _session_cookie(scope) is not None
        if refused or not host_is_known(scope):
            await send({"type": "websocket.close"})
        else:
            await self._inner(scope, receive, send)


class AuthMiddlewareStack:
    """Puts `scope["visitor"]`, and `scope["user"]` as other Channels code expects it, before the consumer."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, address = bearer(_header(scope, b"authorization")), _address(scope)
        try:
            visitor = await identify(_session_cookie(scope), token, address)
        except ChatError as error:
            visitor = Visitor(None, Credential(None), address, refused=error)
        await self._inner(
            {**scope, "visitor": visitor, "user": visitor.user or AnonymousUser()}, receive, send
        )


def _is_ours(scope: Scope, origin: str) -> bool:
    """PUBLIC_ORIGIN where it is set, else the scheme and host that the request itself was made to."""
    if settings.PUBLIC_ORIGIN:
        return origin == settings.PUBLIC_ORIGIN
    scheme = "https" if scope.get("scheme") in ("wss", "https") else "http"
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" == f"{scheme}://{_header(scope, b'host')}"


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope.get("headers", ()):
        if key == name:
            return str(value.decode("latin-1"))
    return None


def _session_cookie(scope: Scope) -> str | None:
    """Read as Django reads it: Python's own parser drops every cookie behind one that it does not like."""
    return parse_cookie(_header(scope, b"cookie") or "").get(settings.SESSION_COOKIE_NAME)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
