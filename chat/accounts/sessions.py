"""What ends or renews a session outside our own code, told by Django's and allauth's signals."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from chat.actions.accounts import check_sessions, end_session, renew_session
from chat.models import User


def listen() -> None:
    """Connect the receivers; called once, when the app is ready."""
    user_logged_out.connect(_signed_out, dispatch_uid="chat.signed_out")
    for signal in (password_changed, password_set, password_reset):
        signal.connect(_password_changed, dispatch_uid="chat.password_changed")


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
