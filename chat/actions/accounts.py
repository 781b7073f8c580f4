"""Accounts: guests are made, people deactivated; sockets of an ended session are told at once."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chat.broadcast import publish_sessions
from chat.errors import Forbidden, Invalid
from chat.limits import check_characters
from chat.models import Token, User
from chat.models.token import digest, new_secret
from chat.models.user import NAME_CHARS

GUEST_TOKEN_LIFE = timedelta(hours=24)


def create_guest(name: str | None) -> tuple[User, str]:
    """A new guest, and the Bearer token by which it stays itself for 24 h. Without a name one is invented."""
    chosen = name if name and name.strip() else f"Guest {secrets.randbelow(9000) + 1000}"
    check_characters(chosen, "name")
    if len(chosen) > NAME_CHARS:
        raise Invalid(f"A name has at most {NAME_CHARS} characters.", field="name")
    secret = new_secret()
    with transaction.atomic():
        guest = User(username=f"guest-{secrets.token_hex(8)}", name=chosen, kind=User.Kind.GUEST)
        guest.set_unusable_password()
        guest.save()
        expires = timezone.now() + GUEST_TOKEN_LIFE
        Token.objects.create(user=guest, digest=digest(secret), label="guest", expires_at=expires)
    return guest, secret


def deactivate_user(user: User, *, by: User) -> None:
    """Close the account and its open sockets; what the person wrote stays."""
    if user.pk == by.pk:
        raise Forbidden("You cannot deactivate yourself.")
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        publish_sessions(user.pk)


def end_session(user: User, session_key: str | None) -> None:
    """A session is over: its sockets close with 4401 in every process."""
    publish_sessions(user.pk, session_key)


def check_sessions(user: User) -> None:
    """Something about the person's sign-in changed, such as the password: stale sockets close."""
    publish_sessions(user.pk)
