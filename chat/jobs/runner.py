"""Looks regularly which jobs are due, and runs each of those in a task of its own: one that fails or dawdles delays
no other.
"""

import asyncio
import logging

from chat import database
from chat.errors import ChatError, Conflict, NotFound
from chat.jobs import leases
from chat.jobs.registry import Job, registered
from chat.jobs.runs import Pace, end, run
from chat.jobs.watch import Watch
from chat.models import JobState

logger = logging.getLogger(__name__)

PACE = Pace()


async def run_all(pace: Pace = PACE) -> None:
    """Run every job when it is due, until cancelled; ends with all of their tasks ended and leases given back."""
    runner = _Runner(pace)
    try:
        await asyncio.sleep(pace.first_look_after)
        while True:
            await runner.look()
            await asyncio.sleep(pace.look_every)
    finally:
        await runner.stop()


async def run_once(name: str, pace: Pace = PACE) -> str:
    """Run this job now, whenever it is due; its error, or "". Raises NotFound, or Conflict while it runs elsewhere.

    A lease whose holder is silent is waited for: after the length of a lease it is known to be dead.
    """
    job = next((job for job in registered() if job.name == name), None)
    if job is None:
        raise NotFound(f"There is no job {name!r}, only: {', '.join(job.name for job in registered())}.")
    watch, holder, first = Watch(), leases.new_holder(), None
    while True:
        [state] = await database.call(leases.states, [name])
        first = first or state
        if watch.is_free(state, pace.lease):
            if (error := await run(job, state, holder, pace)) is not None:
                return error
        elif (state.holder, state.lease_until) != (first.holder, first.lease_until):
            raise Conflict(f"The job {name} runs now, in {state.holder}.")
        await asyncio.sleep(min(1, pace.look_every))


class _Runner:
    """The jobs of this process: what it has seen of them, and those that it runs now."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._holder = leases.new_holder()
        self._watch = Watch()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._was_away = False

    async def look(self) -> None:
        """Start what is due and free. Without the database nothing is; that is said once."""
        jobs = {job.name: job for job in registered()}
        try:
            found = await database.call(leases.states, list(jobs))
        except ChatError as error:
            if not self._was_away:
                logger.warning("Jobs wait for the database: %s", error.detail)
            self._was_away = True
            return
        self._was_away = False
        for state in found:
            free = self._watch.is_free(state, self._pace.lease)
            due = self._watch.is_due(jobs[state.name], state)
            if free and due and state.name not in self._running:
                self._start(jobs[state.name], state)

    async def stop(self) -> None:
        """Cancel the runs and wait for them; each gives its lease back."""
        if self._running:
            # Twice: the work first gets its moment, then the lease.
            await end([*self._running.values()], 3 * self._pace.end_within)

    def _start(self, job: Job, state: JobState) -> None:
        task = asyncio.create_task(self._run(job, state), name=job.name)
        self._running[job.name] = task
        task.add_done_callback(lambda _: self._running.pop(job.name, None))

    async def _run(self, job: Job, state: JobState) -> None:
        try:
            await run(job, state, self._holder, self._pace)
        except ChatError as error:
            logger.warning("The job %s could not be written down: %s", job.name, error.detail)
