"""Jobs of a test's own, at a pace at which a test can watch them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from chat import database, jobs
from chat.jobs import leases, registry
from chat.jobs.runs import Pace
from chat.models import JobState

# A lease far longer than any hiccup of a busy machine: in tests that do not wait for its end it never runs out.
QUICK = Pace(first_look_after=0, look_every=0.01, renew_every=0.05, give_up_after=40, lease=60)
# One that runs out while a test waits for it.
SHORT = QUICK._replace(renew_every=60, give_up_after=60, lease=0.3)
HOUR_S = 3_600.0
PATIENCE_S = 30.0

Runners = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture(autouse=True)
def only_mine(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The jobs of the house stay out, except where they are what is tested."""
    if "house" not in request.module.__name__:
        monkeypatch.setattr(registry, "_jobs", {})


@asynccontextmanager
async def runners(count: int = 1, pace: Pace = QUICK) -> AsyncIterator[None]:
    """So many processes' worth of runners, each with a name of its own, until the end of the block."""
    tasks = [asyncio.create_task(jobs.run_all(pace)) for _ in range(count)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def state_of(name: str) -> JobState:
    [state] = await database.call(leases.states, [name])
    return state


async def until(name: str, true: Callable[[JobState], bool]) -> JobState:
    """The job's row once it is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not true(state := await state_of(name)):
            await asyncio.sleep(0.01)
    return state
