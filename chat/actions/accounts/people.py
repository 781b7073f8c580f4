"""Accounts: they are made, of nothing or of a guest, deactivated and opened again."""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from chat.actions.audit import record
from chat.broadcast import publish_sessions
from chat.errors import Conflict, Forbidden, Invalid
from chat.limits import check_characters
from chat.models import Installation, Token, User
from chat.models.token import digest, new_secret
from chat.models.user import NAME_CHARS

GUEST_TOKEN_LIFE = timedelta(hours=24)


def create_guest(name: str | None) -> tuple[User, str]:
    """A new guest, and the Bearer token by which it stays itself for 24 h. Without a name one is invented."""
    chosen = name if name and name.strip() else f"Guest {secrets.randbelow(9000) + 1000}"
    _check_name(chosen)
    secret = new_secret()
    with transaction.atomic():
        guest = User(username=f"guest-{secrets.token_hex(8)}", name=chosen, kind=User.Kind.GUEST)
        guest.set_unusable_password()
        guest.save()
        expires = timezone.now() + GUEST_TOKEN_LIFE
        Token.objects.create(user=guest, digest=digest(secret), label="guest", expires_at=expires)
    return guest, secret


def create_account(
    username: str,
    password: str | None,
    *,
    name: str = "",
    email: str = "",
    superuser: bool = False,
    guest: User | None = None,
    by: User | None = None,
) -> User:
    """Make an account, or make one of a guest, who keeps what they wrote. Without a password nobody signs in by one.

    `by` is the operator who makes it for somebody else. Raises Invalid for a name or username of a wrong form,
    Conflict for a username that is taken, in any case.
    """
    username = User.normalize_username(username)
    _check_username(username)
    _check_name(name)
    with transaction.atomic():
        # One account at a time: the constraint of the database lets "Bob" stand beside "bob".
        Installation.objects.select_for_update().get()
        if User.objects.filter(username__iexact=username).exists():
            raise Conflict("This username is taken.", field="username")
        account = _guest_row(guest) or User()
        account.username, account.name, account.email = username, name.strip(), email
        account.kind, account.is_staff, account.is_superuser = User.Kind.USER, superuser, superuser
        account.set_password(password)
        account.save()
        record(by, "account_made", account, **({"superuser": True} if superuser else {}))
    return account


def bot_account(username: str, name: str) -> User:
    """The bot of this username, made if there is none; nobody signs in as it. It is the product's own to choose."""
    bot, made = User.objects.get_or_create(
        username=username, defaults={"kind": User.Kind.BOT, "name": name, "password": make_password(None)}
    )
    if made:
        record(None, "account_made", bot)
    return bot


def deactivate_user(user: User, *, by: User) -> None:
    """Close the account and its open sockets; what the person wrote stays."""
    if user.pk == by.pk:
        raise Forbidden("You cannot deactivate yourself.")
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            record(by, "deactivated", user)
            publish_sessions(user.pk)


def reactivate_user(user: User, *, by: User) -> None:
    """Open the account again; sessions that have not expired by now are valid again."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            record(by, "reactivated", user)


def _guest_row(guest: User | None) -> User | None:
    """The row of a guest that is still one, without the tokens by which it stayed itself."""
    if guest is None:
        return None
    row = User.objects.select_for_update().filter(pk=guest.pk, kind=User.Kind.GUEST, is_active=True).first()
    if row is not None:
        Token.objects.filter(user=row).delete()
    return row


def _check_username(username: str) -> None:
    field = User._meta.get_field("username")
    try:
        field.run_validators(username)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="username") from None
    if not username:
        raise Invalid("A username is needed.", field="username")


def _check_name(name: str) -> None:
    check_characters(name, "name")
    if len(name) > NAME_CHARS:
        raise Invalid(f"A name has at most {NAME_CHARS} characters.", field="name")
