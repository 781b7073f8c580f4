"""Who comes, by session or token: read only, and soon again from memory (chat/auth/memory.py).

Built on Django's functions. Channels' own session middleware ignores SECRET_KEY_FALLBACKS and deletes the row of a
session it does not like; this one writes nothing.
"""

import hmac
import time
from functools import cache
from importlib import import_module
from typing import Any

import msgspec
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest
from django.utils import timezone

from chat import database, hub
from chat.auth.memory import Proof, memory_here
from chat.errors import ChatError, Unauthenticated
from chat.history.statements import Statement, number, text
from chat.hub import Credential
from chat.limits import is_storable
from chat.models import Token, User
from chat.models.token import digest

_SESSION_EXPIRED = "The token is not valid (any more)."
_COLUMNS = [field.attname for field in User._meta.concrete_fields]


class Visitor(msgspec.Struct):
    """The one behind a connection or request: a user, or nobody; `refused` says why they could not be told."""

    user: User | None
    credential: Credential
    address: str
    refused: ChatError | None = None


async def identify(session_key: str | None, token: str | None, address: str) -> Visitor:
    """The visitor behind a session key or a token; a token that does not hold is refused, never a guest."""
    proof: Proof | None = None
    if token is not None:
        proof = await _proof(f"token {digest(token)}", token)
    elif session_key is not None:
        proof = await _proof(f"session {digest(session_key)}", session_key)
    if proof is not None:
        # Each their own: a connection notes in it what changes about its person.
        user = User.from_db(DEFAULT_DB_ALIAS, _COLUMNS, proof.person)
        return Visitor(user, proof.credential, address)
    refused = Unauthenticated(_SESSION_EXPIRED) if token is not None else None
    return Visitor(None, Credential(None), address, refused)


async def _proof(key: str, secret: str) -> Proof | None:
    """From memory where this process hears of changes, which takes a hub; else, and the first time, by a read."""
    memory, read_at = memory_here() if hub.is_running() else None, time.monotonic()
    proof = memory.get(key) if memory is not None else None
    if proof is None:
        proof = await database.call(_by_token if key.startswith("token ") else _by_session, secret)
        if memory is not None and proof is not None:
            memory.keep(key, proof, read_at)
    return proof


async def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor behind an HTTP request. A request without a token also needs Django's CSRF check."""
    token = bearer(request.headers.get("Authorization"))
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


def _by_token(token: str) -> Proof | None:
    kept = digest(token)
    for expires_at, *person in _statement_of_tokens().rows(kept):
        if expires_at is None or expires_at > timezone.now():
            user_id = person[_COLUMNS.index("id")]
            return Proof(Credential(user_id, token_digest=kept), tuple(person), expires_at)
    return None


def _by_session(session_key: str) -> Proof | None:
    """A session that is missing, expired or of a changed password is no session: the visitor is nobody."""
    found = _statement_of_sessions().rows(session_key) if is_storable(session_key) else []
    if not found or found[0][1] <= timezone.now():
        return None
    session = _session_store()().decode(found[0][0])
    known_hash, user_id = session.get(HASH_SESSION_KEY, ""), session.get(SESSION_KEY)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or user_id is None:
        return None
    for person in _statement_of_people().rows(int(user_id)):
        if _matches(User.from_db(DEFAULT_DB_ALIAS, _COLUMNS, person), known_hash):
            return Proof(Credential(int(user_id), session_key, known_hash), tuple(person), found[0][1])
    return None


@cache
def _statement_of_tokens() -> Statement:
    of_person = [f"user__{name}" for name in _COLUMNS]
    tokens = Token.objects.filter(digest=text(0), user__is_active=True)
    return Statement(tokens.values_list("expires_at", *of_person))


@cache
def _statement_of_sessions() -> Statement:
    sessions = _session_store().get_model_class().objects.filter(session_key=text(0))
    return Statement(sessions.values_list("session_data", "expire_date"))


@cache
def _statement_of_people() -> Statement:
    return Statement(User.objects.filter(pk=number(0), is_active=True).values_list(*_COLUMNS))


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


def bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
