"""Who comes: read-only session and token authentication for sockets and the JSON API, and the origin check.

Built on Django's functions. Channels' own session middleware ignores SECRET_KEY_FALLBACKS and deletes the row of a
session it does not like; this one writes nothing.
"""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from chat import database
from chat.errors import ChatError, Unauthenticated
from chat.hub import Credential
from chat.limits import is_storable
from chat.models import Token, User
from chat.models.token import digest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_SESSION_EXPIRED = "The token is not valid (any more)."


class Visitor(msgspec.Struct):
    """The one behind a connection or request: a user, or nobody; `refused` says why they could not be told."""

    user: User | None
    credential: Credential
    address: str
    refused: ChatError | None = None


class OriginCheck:
    """Refuses a handshake (403) from a foreign Origin, or with a session cookie and no Origin at all.

    Browsers send cookies along with any page's handshake, so a session counts only with our own Origin.
    """

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = _header(scope, b"origin")
        refused = not _is_ours(scope, origin) if origin is not None else _session_cookie(scope) is not None
        if refused:
            await send({"type": "websocket.close"})
        else:
            await self._inner(scope, receive, send)


class AuthMiddlewareStack:
    """Puts `scope["visitor"]`, and `scope["user"]` as other Channels code expects it, before the consumer."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, address = _bearer(_header(scope, b"authorization")), _address(scope)
        try:
            visitor = await identify(_session_cookie(scope), token, address)
        except ChatError as error:
            visitor = Visitor(None, Credential(None), address, refused=error)
        await self._inner(
            {**scope, "visitor": visitor, "user": visitor.user or AnonymousUser()}, receive, send
        )


async def identify(session_key: str | None, token: str | None, address: str) -> Visitor:
    """The visitor behind a session key or a token; a token that does not hold is refused, never a guest."""
    if token is not None:
        return await database.call(_by_token, token, address)
    if session_key is not None:
        return await database.call(_by_session, session_key, address)
    return Visitor(None, Credential(None), address)


async def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor behind an HTTP request. A request without a token also needs Django's CSRF check."""
    token = _bearer(request.headers.get("Authorization"))
    return await identify(request.COOKIES.get(settings.SESSION_COOKIE_NAME), token, address_of(request))


def address_of(request: HttpRequest) -> str:
    """Of the peer: the server itself has looked behind the proxies that it trusts."""
    return request.META.get("REMOTE_ADDR") or ""


def public_address(request: HttpRequest, path: str) -> str:
    """A link to hand over: under the name that people use, where it is set, else under that of the request."""
    return f"{settings.PUBLIC_ORIGIN}{path}" if settings.PUBLIC_ORIGIN else request.build_absolute_uri(path)


def alive(credentials: set[Credential]) -> set[Credential]:
    """Those of the credentials that still let their person in, in three queries however many there are."""
    user_ids = {credential.user_id for credential in credentials if credential.user_id is not None}
    users = User.objects.filter(is_active=True).in_bulk(user_ids)
    digests = {credential.token_digest for credential in credentials if credential.token_digest}
    tokens = set(_valid_tokens().filter(digest__in=digests).values_list("digest", flat=True))
    keys = {credential.session_key for credential in credentials if credential.session_key}
    store = _session_store()
    sessions = set(
        store.get_model_class()
        .objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
        .values_list("session_key", flat=True)
    )
    return {credential for credential in credentials if _holds(credential, users, tokens, sessions)}


def _holds(credential: Credential, users: dict[int, User], tokens: set[str], sessions: set[str]) -> bool:
    if credential.user_id is None:
        return True
    user = users.get(credential.user_id)
    if user is None:
        return False
    if credential.token_digest is not None:
        return credential.token_digest in tokens
    if credential.session_key is not None:
        known = credential.password_hash or ""
        return credential.session_key in sessions and _matches(user, known)
    return True


def _by_token(token: str, address: str) -> Visitor:
    found = _valid_tokens().filter(digest=digest(token), user__is_active=True).select_related("user").first()
    if found is None:
        return Visitor(None, Credential(None), address, refused=Unauthenticated(_SESSION_EXPIRED))
    return Visitor(found.user, Credential(found.user.pk, token_digest=found.digest), address)


def _by_session(session_key: str, address: str) -> Visitor:
    """A session that is missing, expired or of a changed password is no session: the visitor is nobody."""
    nobody = Visitor(None, Credential(None), address)
    if not is_storable(session_key):
        return nobody
    session = _session_store()(session_key).load()
    known_hash, user_id = session.get(HASH_SESSION_KEY, ""), session.get(SESSION_KEY)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or user_id is None:
        return nobody
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not _matches(user, known_hash):
        return nobody
    return Visitor(user, Credential(user.pk, session_key, known_hash), address)


def _matches(user: User, known_hash: str) -> bool:
    """Whether the session was made with the present password, under the present key or a fallback."""
    return any(hmac.compare_digest(known_hash, valid) for valid in user.session_hashes())


def _valid_tokens() -> Any:
    tokens = Token.objects.filter(expires_at__isnull=True) | Token.objects.filter(
        expires_at__gt=timezone.now()
    )
    return tokens


def _session_store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


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


def _bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
