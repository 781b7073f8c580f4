"""One run of a job under its lease: kept while it runs, given back when it ends, however it ends."""

import asyncio
import logging
import time
from typing import NamedTuple

from chat import database, metrics
from chat.actions.audit import coming_from
from chat.errors import ChatError
from chat.jobs import leases
from chat.jobs.registry import Job
from chat.logs import about
from chat.models import JobState

logger = logging.getLogger(__name__)


class Pace(NamedTuple):
    """The times of jobs, in seconds. A holder gives up before anybody else may take its lease."""

    # A server that just started has better things to do.
    first_look_after: float = 20
    look_every: float = 10
    renew_every: float = 10
    give_up_after: float = 40
    lease: float = 60
    # What is cancelled gets so long to end, and so does giving a lease back: a drain waits for both.
    end_within: float = 0.5


class LeaseLost(Exception):
    """Another process may run the job by now."""


async def run(job: Job, seen: JobState, holder: str, pace: Pace) -> str | None:
    """Run the job if its row still is as it was seen; its error, "" for none, or None if another was quicker."""
    began = time.monotonic()
    try:
        if not await database.write(leases.take, seen, holder, pace.lease):
            return None
        error = await _guarded(job, holder, pace)
    except asyncio.CancelledError:
        await _release(job, holder, pace)
        raise
    except LeaseLost:
        logger.error("The job %s was stopped: its lease could not be kept.", job.name)
        metrics.count_job(job.name, time.monotonic() - began, failed=True)
        return "The lease could not be kept."
    duration = time.monotonic() - began
    metrics.count_job(job.name, duration, failed=bool(error))
    if not await database.write(leases.finish, job.name, holder, duration, error):
        logger.warning("The job %s ended after its lease was taken by another process.", job.name)
    return error


async def _guarded(job: Job, holder: str, pace: Pace) -> str:
    """The error of the job's function; raises LeaseLost. Nothing of it runs on afterwards."""
    work = asyncio.create_task(_call(job), name=job.name)
    keeping = asyncio.create_task(_keep(job.name, holder, pace))
    try:
        await asyncio.wait({work, keeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end([work, keeping], pace.end_within)
    if not work.done() or work.cancelled():
        raise LeaseLost
    return work.result()


async def _call(job: Job) -> str:
    try:
        with about(job=job.name), coming_from("job"):
            await job.function()
    except Exception as error:
        logger.exception("The job %s failed; the next try is in %s s.", job.name, job.interval_s)
        return f"{type(error).__name__}: {error}"
    return ""


async def _keep(name: str, holder: str, pace: Pace) -> None:
    """Renew the lease; returns when it is lost, or so old that others may soon take it."""
    kept_at = time.monotonic()
    while True:
        await asyncio.sleep(pace.renew_every)
        asked_at = time.monotonic()
        try:
            async with asyncio.timeout(max(0, kept_at + pace.give_up_after - asked_at)):
                if not await database.write(leases.renew, name, holder, pace.lease):
                    return
        except TimeoutError:
            return
        except ChatError as error:
            logger.warning("The lease of the job %s could not be renewed: %s", name, error.detail)
        else:
            kept_at = asked_at


async def _release(job: Job, holder: str, pace: Pace) -> None:
    """Give the lease back at once, if the database takes it in time; else it runs out."""
    giving = asyncio.create_task(database.write(leases.release, job.name, holder))
    await asyncio.wait([giving], timeout=pace.end_within)
    if not giving.done():
        giving.cancel()
    elif error := giving.exception():
        logger.warning("The lease of the job %s is left to run out: %s", job.name, error)


async def end(tasks: list[asyncio.Task[str] | asyncio.Task[None]], within_s: float) -> None:
    """Cancel the tasks and wait for them, but not for one that ignores it."""
    for task in tasks:
        task.cancel()
    _, pending = await asyncio.wait(tasks, timeout=within_s)
    for task in pending:
        logger.warning("%s did not end when it was told to.", task.get_name())
