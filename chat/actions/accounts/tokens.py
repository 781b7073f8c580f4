"""Bearer tokens: made for programs, shown once, revoked."""

from django.db import transaction

from chat.actions.audit import record
from chat.broadcast import publish_sessions
from chat.models import Token, User
from chat.models.token import digest, new_secret


def create_token(user: User, label: str = "", *, by: User | None = None) -> str:
    """A new Bearer token of this person, to be shown once; earlier ones stay valid."""
    secret = new_secret()
    with transaction.atomic():
        token = Token.objects.create(user=user, digest=digest(secret), label=label)
        record(by, "token_made", user, token=token.pk, label=label)
    return secret


def revoke_token(token: Token, *, by: User | None = None) -> None:
    """The token ends, and with it the sockets that it opened."""
    with transaction.atomic():
        record(by, "token_revoked", token.user, token=token.pk, label=token.label)
        token.delete()
        publish_sessions(token.user_id)
