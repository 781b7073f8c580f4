"""Named periodic jobs: what is done regularly, in one process or many.

Each job has a task of its own, so that one which fails or dawdles delays no other. Every job may run in
several processes at once and must bear that.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from chat import database
from chat.actions.accounts.guests import forget_guests
from chat.models import Token

logger = logging.getLogger(__name__)

# A server that just started has better things to do; one that restarts often still runs every job.
FIRST_RUN_AFTER_S = 20.0
HOUR_S = 3600.0

Function = Callable[[], Awaitable[object]]


class Job(NamedTuple):
    """`function` is awaited, then again `interval_s` after it ended."""

    name: str
    interval_s: float
    function: Function


_jobs: dict[str, Job] = {}


def every(interval_s: float, name: str) -> Callable[[Function], Function]:
    """Register an async function as a job; other apps do so in AppConfig.ready()."""

    def register(function: Function) -> Function:
        _jobs[name] = Job(name, interval_s, function)
        return function

    return register


def registered() -> list[Job]:
    return list(_jobs.values())


async def run_all(first_run_after_s: float = FIRST_RUN_AFTER_S) -> None:
    """Run every job until cancelled; ends with all of their tasks ended."""
    tasks = [asyncio.create_task(_repeat(job, first_run_after_s), name=job.name) for job in registered()]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job, first_run_after_s: float) -> None:
    await asyncio.sleep(min(first_run_after_s, job.interval_s))
    while True:
        try:
            await job.function()
        except Exception:
            logger.exception("The job %s failed; the next try is in %s s.", job.name, job.interval_s)
        await asyncio.sleep(job.interval_s)


@every(HOUR_S, "forget guests")
async def _forget_guests() -> None:
    while await database.write(forget_guests):
        pass


@every(HOUR_S, "delete expired tokens")
async def _delete_expired_tokens() -> None:
    await database.write(lambda: Token.objects.filter(expires_at__lt=timezone.now()).delete())


@every(HOUR_S, "delete expired sessions")
async def _delete_expired_sessions() -> None:
    await database.write(import_module(settings.SESSION_ENGINE).SessionStore.clear_expired)
