"""Which jobs there are, and when each is due."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chat.models import JobState

Function = Callable[[], Awaitable[object]]


class Job(NamedTuple):
    """`function` is awaited, then again `interval_s` after it ended, by whichever process comes first."""

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


def due_at(job: Job, state: JobState) -> datetime | None:
    """When the job is to run next; None means at once, as it never ran or somebody asked for it."""
    if state.wanted or state.ended_at is None:
        return None
    return state.ended_at + timedelta(seconds=job.interval_s)
