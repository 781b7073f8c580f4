"""The one row of a job that all processes of an installation agree by. Synchronous; it runs nothing.

No clock decides who runs a job. A holder changes its lease all the time, and whoever has watched one for longer than
a lease lasts without a change takes over (chat/jobs/watch.py). When a job is due is asked of the database's clock,
which all processes share. Every change is one UPDATE that says what it expects to find.
"""

import os
import secrets
import socket
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from chat.actions.audit import record
from chat.models import JobState, User

HOST_CHARS, ERROR_CHARS = 40, 2_000
# A job that the code no longer knows is shown for so long, as an older version may still run somewhere.
KEPT_UNKNOWN = timedelta(days=30)


def new_holder() -> str:
    """This process: its machine, its number, and something that no other process had before it."""
    return f"{socket.gethostname()[:HOST_CHARS]}:{os.getpid()}:{secrets.token_hex(4)}"


def states(names: list[str]) -> list[JobState]:
    """The rows of these jobs, in this order, made where there is none. Each has the database's time as `now`."""
    found = {state.name: state for state in _with_time().filter(name__in=names)}
    if missing := [name for name in names if name not in found]:
        JobState.objects.bulk_create([JobState(name=name) for name in missing], ignore_conflicts=True)
        found |= {state.name: state for state in _with_time().filter(name__in=missing)}
    return [found[name] for name in names if name in found]


def _with_time() -> Any:
    return JobState.objects.annotate(now=Now())


def take(seen: JobState, holder: str, lease_s: float) -> bool:
    """Begin a run, if the row still is as it was seen: exactly one of many finds it so."""
    changes: dict[str, Any] = {"holder": holder, "started_at": Now(), "runs": F("runs") + 1}
    if seen.holder:
        changes |= _failure(f"{seen.holder} ended in the middle of a run.")
    unchanged = JobState.objects.filter(
        pk=seen.pk, runs=seen.runs, holder=seen.holder, lease_until=seen.lease_until
    )
    return bool(unchanged.update(lease_until=_in(lease_s), **changes))


def renew(name: str, holder: str, lease_s: float) -> bool:
    """Show that the holder lives; False when the lease is another's by now."""
    return bool(_held(name, holder).update(lease_until=_in(lease_s)))


def finish(name: str, holder: str, duration_s: float, error: str) -> bool:
    """The run has ended, with an error or with none; False when the lease was another's by then."""
    changes: dict[str, Any] = {"ended_at": Now(), "duration_ms": round(duration_s * 1000), "wanted": False}
    if error:
        changes |= _failure(error)
    return bool(_held(name, holder).update(holder="", lease_until=None, **changes))


def release(name: str, holder: str) -> None:
    """The run was cut off: the job is due as it was before, for anybody."""
    _held(name, holder).update(holder="", lease_until=None)


def ask_for(operator: User, state: JobState) -> None:
    """Have the job run soon, by whichever process runs jobs."""
    with transaction.atomic():
        JobState.objects.filter(pk=state.pk).update(wanted=True)
        record(operator, "job_asked_for", state)


def forget_unknown(names: list[str]) -> None:
    """Delete the rows of jobs that the code does not know any more, some time after their last run."""
    long_ago = Q(started_at=None) | Q(started_at__lt=timezone.now() - KEPT_UNKNOWN)
    JobState.objects.exclude(name__in=names).filter(long_ago).delete()


def _held(name: str, holder: str) -> Any:
    return JobState.objects.filter(name=name, holder=holder)


def _failure(error: str) -> dict[str, Any]:
    return {"failures": F("failures") + 1, "last_error": error[:ERROR_CHARS], "last_error_at": Now()}


def _in(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)
