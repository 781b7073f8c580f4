"""Sessions: their sockets are told at once when one ends or is renewed."""

from chat.broadcast import publish_sessions
from chat.models import User


def end_session(user: User, session_key: str | None) -> None:
    """A session is over: its sockets close with 4401 in every process."""
    publish_sessions(user.pk, ended=session_key)


def renew_session(user: User, session_key: str | None) -> None:
    """A session goes on under another key: its sockets are told to come back, and stale ones of others close."""
    publish_sessions(user.pk, renewed=session_key)


def check_sessions(user: User) -> None:
    """Something about the person's sign-in changed, such as the password: stale sockets close."""
    publish_sessions(user.pk)
