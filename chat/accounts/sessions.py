"""What begins, ends or renews a session outside our own code: told by the store of sessions, and by signals."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends import db
from django.http import HttpRequest

from chat.actions.accounts import check_sessions, end_session, move_session, note_session, renew_session
from chat.database import write
from chat.models import User


class SessionStore(db.SessionStore):
    """Django's, in its own table. A key that is exchanged, for whatever reason, is exchanged in our notes too.

    No signal tells of that: Django does it to a session signed under an earlier SECRET_KEY when it first sees it.
    """

    def cycle_key(self) -> None:
        key = self.session_key
        super().cycle_key()
        self._moved(key)

    async def acycle_key(self) -> None:
        key = self.session_key
        await super().acycle_key()
        await write(self._moved, key)

    def _moved(self, key: str | None) -> None:
        if key is not None and self.session_key is not None:
            user_id = self.get(SESSION_KEY)
            move_session(key, self.session_key, int(user_id) if user_id else None)


def listen() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="chat.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="chat.signed_out")
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_password_changed, dispatch_uid="chat.password_changed")


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """A guest has one browser and nothing to end from elsewhere."""
    key = request.session.session_key
    if key is not None and not user.is_guest:
        seen, address = request.META.get("HTTP_USER_AGENT", ""), request.META.get("REMOTE_ADDR") or ""
        note_session(user, key, seen, address)


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Sent before the session is emptied, so that it still has its key."""
    if user is not None:
        end_session(user, request.session.session_key)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Every other session of the person is over, and its sockets close with 4401.

    The session that changed its own password goes on under another key, which its browser gets with this answer.
    Its sockets must not be told to sign in: they are sent away to come back with the new cookie.
    """
    if request.user == user:
        renew_session(user, request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    else:
        check_sessions(user)
