"""The jobs that every installation has: what has run out is deleted."""

from django.db import connection
from django.utils import timezone

from chat import database
from chat.actions.accounts import forget_ended_sessions
from chat.actions.accounts.guests import forget_guests
from chat.jobs.leases import forget_unknown
from chat.jobs.registry import every, registered
from chat.models import Invitation, Token

HOUR_S = 3_600.0
DAY_S = 86_400.0


@every(HOUR_S, "forget guests")
async def _forget_guests() -> None:
    while await database.write(forget_guests):
        pass


@every(HOUR_S, "delete expired tokens")
async def _delete_expired_tokens() -> None:
    await database.write(lambda: Token.objects.filter(expires_at__lt=timezone.now()).delete())


@every(HOUR_S, "delete expired sessions")
async def _delete_expired_sessions() -> None:
    await database.write(forget_ended_sessions)


@every(HOUR_S, "delete expired invitations")
async def _delete_expired_invitations() -> None:
    await database.write(lambda: Invitation.objects.filter(expires_at__lt=timezone.now()).delete())


@every(HOUR_S, "delete expired cache entries")
async def _delete_expired_cache_entries() -> None:
    """They hold the addresses of failed sign-ins, and Django deletes them only when the table is full."""
    await database.write(_empty_cache)


def _empty_cache() -> None:
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute("DELETE FROM chat_cache WHERE expires < %s", [now])


@every(DAY_S, "forget unknown jobs")
async def _forget_unknown_jobs() -> None:
    names = [job.name for job in registered()]
    await database.write(forget_unknown, names)
