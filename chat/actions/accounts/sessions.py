"""Sessions: noted where they begin, ended by their person; sockets are told at once when one ends or is renewed."""

from importlib import import_module

from django.conf import settings
from django.db import transaction

from chat.actions.audit import record
from chat.broadcast import publish_sessions
from chat.errors import NotFound
from chat.models import SignIn, User
from chat.models.user import USER_AGENT_CHARS


def note_session(user: User, session_key: str, user_agent: str, address: str) -> None:
    """Somebody signed in: their list of sessions shows with what, from where and when."""
    seen = {"user": user, "user_agent": user_agent[:USER_AGENT_CHARS], "address": address}
    SignIn.objects.update_or_create(session_key=session_key, defaults=seen)


def end_session(user: User, session_key: str | None) -> None:
    """A session is over: its sockets close with 4401 in every process."""
    with transaction.atomic():
        SignIn.objects.filter(session_key=session_key).delete()
        publish_sessions(user.pk, ended=session_key)


def move_session(session_key: str, new_key: str, user_id: int | None) -> None:
    """The same session goes on under a new key; the sockets of its person, if it has one, are told to come back."""
    SignIn.objects.filter(session_key=session_key).update(session_key=new_key)
    if user_id is not None:
        publish_sessions(user_id, renewed=session_key)


def renew_session(user: User, session_key: str | None) -> None:
    """A session goes on under another key: its sockets are told to come back, and stale ones of others close."""
    publish_sessions(user.pk, renewed=session_key)


def check_sessions(user: User) -> None:
    """Something about the person's sign-in changed, such as the password: stale sockets close."""
    publish_sessions(user.pk)


def revoke_session(user: User, sign_in_id: int) -> None:
    """End one of one's own sessions, wherever it is: its next request is nobody's, and its sockets close with 4401."""
    with transaction.atomic():
        found = user.sign_ins.select_for_update().filter(pk=sign_in_id).first()
        if found is None:
            raise NotFound("There is no such session.", field="session")
        _revoke(found)


def revoke_other_sessions(user: User, but: str | None) -> int:
    """End all of one's own sessions but the one of this key; returns how many."""
    with transaction.atomic():
        others = list(user.sign_ins.select_for_update().exclude(session_key=but))
        for other in others:
            _revoke(other)
    return len(others)


def forget_ended_sessions() -> None:
    """Delete expired sessions, and what was noted of any that is over."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()
    going_on = store.get_model_class().objects.values("session_key")
    SignIn.objects.exclude(session_key__in=going_on).delete()


def _revoke(sign_in: SignIn) -> None:
    record(sign_in.user, "session_revoked", sign_in.user, browser=sign_in.browser, address=sign_in.address)
    sign_in.session.delete()
    sign_in.delete()
    publish_sessions(sign_in.user_id, ended=sign_in.session_key)
