"""What the jobs of every installation do."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from chat import database, jobs
from chat.models import Invitation, JobState, Token, User

pytestmark = pytest.mark.django_db(transaction=True)

PAST, FUTURE = timedelta(seconds=-1), timedelta(hours=1)


async def run_them_all() -> None:
    for job in jobs.registered():
        await job.function()


async def test_what_has_expired_is_deleted_and_nothing_else() -> None:
    user, now = await User.objects.acreate(username="alice"), timezone.now()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for name, expires_at in (("old", now + PAST), ("valid", now + FUTURE), ("for ever", None)):
        await Token.objects.acreate(user=user, digest=name, expires_at=expires_at)
        await Invitation.objects.acreate(by=user, digest=name, expires_at=expires_at)
    for expiry in (now + PAST, now + FUTURE):
        session = store()
        session.set_expiry(expiry)
        await session.asave()
    await run_them_all()
    for kind in (Token, Invitation):
        assert {row.digest async for row in kind.objects.all()} == {"valid", "for ever"}
    assert await Session.objects.acount() == 1


def cached() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM chat_cache")
        return int(cursor.fetchone()[0])


async def test_the_cache_keeps_no_address_longer_than_it_counts() -> None:
    await database.write(cache.set, "failed:192.0.2.7", 1, 600)
    await database.write(cache.set, "failed:192.0.2.8", 1, 600)
    with_both = await database.call(cached)
    past = timezone.now() - timedelta(seconds=5)
    await database.write(_backdate, past)
    await run_them_all()
    assert (with_both, await database.call(cached)) == (2, 1)
    assert await database.call(cache.get, "failed:192.0.2.8") == 1
    await database.write(cache.clear)


def _backdate(past: object) -> None:
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(past)  # type: ignore[arg-type]
        cursor.execute("UPDATE chat_cache SET expires = %s WHERE cache_key LIKE %s", [moment, "%192.0.2.7"])


async def test_jobs_that_the_code_no_longer_knows_are_forgotten_after_a_month() -> None:
    now = timezone.now()
    ages = {
        "long gone": timedelta(days=31),
        "just gone": timedelta(days=29),
        "forget guests": timedelta(days=31),
    }
    for name, age in ages.items():
        await JobState.objects.acreate(name=name, started_at=now - age)
    await JobState.objects.acreate(name="never ran")
    await run_them_all()
    assert {state.name async for state in JobState.objects.all()} == {"just gone", "forget guests"}


def test_every_job_has_a_name_that_says_what_it_does() -> None:
    assert {job.name for job in jobs.registered()} >= {
        "forget guests",
        "delete expired tokens",
        "delete expired sessions",
        "delete expired invitations",
        "delete expired cache entries",
        "forget unknown jobs",
    }
