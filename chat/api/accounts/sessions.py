"""One's own sessions over HTTP: where one is signed in, and how that is ended."""

import msgspec

from chat import database
from chat.actions.accounts import revoke_other_sessions, revoke_session
from chat.api.accounts import member
from chat.api.admission import Call
from chat.api.resource import operation
from chat.history.accounts import sessions_of
from chat.models import SignIn, User
from chat.payloads import timestamp


class SessionObject(msgspec.Struct):
    """A browser that one is signed in with, since when, and the address that it then had; `current` asks this."""

    id: int
    browser: str
    address: str
    since: str
    current: bool


class SessionList(msgspec.Struct):
    """The newest first."""

    sessions: list[SessionObject]


@operation("GET")
async def list_sessions(call: Call) -> SessionList:
    """Where one is signed in."""
    return await database.call(_listed, member(call), call.visitor.credential.session_key)


@operation("DELETE")
async def end_other_sessions(call: Call) -> SessionList:
    """Sign out everywhere else; with a token, everywhere. Open sockets close with 4401."""
    return await database.write(_end_others, member(call), call.visitor.credential.session_key)


@operation("DELETE")
async def end_session(call: Call, session_id: int) -> SessionList:
    """Sign out there; open sockets close with 4401."""
    return await database.write(_end, member(call), session_id, call.visitor.credential.session_key)


def _end_others(user: User, key: str | None) -> SessionList:
    revoke_other_sessions(user, key)
    return _listed(user, key)


def _end(user: User, session_id: int, key: str | None) -> SessionList:
    revoke_session(user, session_id)
    return _listed(user, key)


def _listed(user: User, key: str | None) -> SessionList:
    return SessionList([_session(sign_in, key) for sign_in in sessions_of(user)])


def _session(sign_in: SignIn, key: str | None) -> SessionObject:
    since = timestamp(sign_in.at)
    return SessionObject(sign_in.pk, sign_in.browser, sign_in.address, since, sign_in.session_key == key)
