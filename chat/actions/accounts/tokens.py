"""Bearer tokens: made for programs, shown once, revoked."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chat.actions.audit import record
from chat.broadcast import publish_sessions
from chat.errors import Conflict, Forbidden, Invalid, NotFound
from chat.limits import check_characters
from chat.models import Token, User
from chat.models.token import LABEL_CHARS, digest, new_secret

# More programs than anybody has; the list of them stays one page.
TOKENS_MOST = 100
DAYS_MOST = 3650


def create_token(user: User, label: str = "", *, by: User | None = None) -> str:
    """A new Bearer token of this person, to be shown once; earlier ones stay valid."""
    return _create(user, label, None, by)[1]


def create_own_token(user: User, label: str = "", days: int | None = None) -> tuple[Token, str]:
    """A token for a program of one's own, and its secret, to be shown once. Without `days` it never expires.

    Raises Forbidden for guests, Invalid for a label or a number of days that cannot be, Conflict above TOKENS_MOST.
    """
    if user.is_guest:
        raise Forbidden("Guests have no tokens of their own.")
    check_characters(label, "label")
    if len(label) > LABEL_CHARS:
        raise Invalid(f"A label has at most {LABEL_CHARS} characters.", field="label")
    if days is not None and not 1 <= days <= DAYS_MOST:
        raise Invalid(f"A token lasts 1 to {DAYS_MOST} days.", field="days")
    if user.tokens.count() >= TOKENS_MOST:
        raise Conflict(f"You have {TOKENS_MOST} tokens; revoke one that nobody uses.")
    return _create(user, label.strip(), days, user)


def revoke_token(token: Token, *, by: User | None = None) -> None:
    """The token ends, and with it the sockets that it opened."""
    with transaction.atomic():
        record(by, "token_revoked", token.user, token=token.pk, label=token.label)
        token.delete()
        publish_sessions(token.user_id)


def revoke_own_token(user: User, token_id: int) -> None:
    """End one of one's own tokens; raises NotFound for another's as for none."""
    with transaction.atomic():
        token = user.tokens.select_for_update().filter(pk=token_id).first()
        if token is None:
            raise NotFound("There is no such token.", field="token")
        revoke_token(token, by=user)


def _create(user: User, label: str, days: int | None, by: User | None) -> tuple[Token, str]:
    secret = new_secret()
    expires = timezone.now() + timedelta(days=days) if days is not None else None
    with transaction.atomic():
        token = Token.objects.create(user=user, digest=digest(secret), label=label, expires_at=expires)
        record(by, "token_made", user, token=token.pk, label=label)
    return token, secret
