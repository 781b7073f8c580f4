"""What operators do to other people's accounts beside closing them: rights, passwords, sessions. Each is recorded."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat.actions.accounts.sessions import check_sessions
from chat.actions.audit import record
from chat.errors import Forbidden
from chat.models import User

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def note_change(user: User, changed: Mapping[str, Any], *, by: User) -> None:
    """Record which fields an operator has changed; of rights also what they are now, of names and addresses nothing."""
    rights = {name: _plain(value) for name, value in changed.items() if name in RIGHTS}
    if rights:
        record(by, "rights_changed", user, **rights)
        check_sessions(user)
    if others := sorted(set(changed) - set(RIGHTS)):
        record(by, "account_changed", user, fields=others)


def note_password(user: User, *, by: User) -> None:
    """Record that an operator has just given this person another password, or none; stale sockets close."""
    with transaction.atomic():
        record(by, "password_set", user, usable=user.has_usable_password())
        check_sessions(user)


def end_all_sessions(user: User, *, by: User) -> int:
    """Sign the person out everywhere and return of how many sessions; their sockets close. Tokens stay."""
    if user.pk == by.pk:
        raise Forbidden("Your own session is the one that you are using.")
    with transaction.atomic():
        rows = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
        ended, _ = rows.filter(session_key__in=_keys_of(user, rows.all())).delete()
        if ended:
            record(by, "sessions_ended", user, sessions=ended)
            check_sessions(user)
    return int(ended)


def _keys_of(user: User, sessions: QuerySet[Any]) -> list[str]:
    """Django's sessions say whose they are only inside, so each that has not expired is looked into."""
    alive: Iterable[Any] = sessions.filter(expire_date__gt=timezone.now()).iterator()
    return [each.session_key for each in alive if each.get_decoded().get(SESSION_KEY) == str(user.pk)]


def _plain(value: Any) -> object:
    return sorted(map(str, value)) if isinstance(value, Iterable) else value
