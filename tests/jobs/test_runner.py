"""Several processes' worth of runners on one database: each job runs once an interval, whatever goes wrong."""

import asyncio
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import database, hub, jobs
from chat.actions import audit
from chat.errors import Conflict, NotFound
from chat.jobs import leases
from chat.jobs.registry import every
from chat.models import AuditEntry, JobState, User
from tests.jobs.conftest import HOUR_S, PATIENCE_S, QUICK, SHORT, runners, state_of, until

pytestmark = pytest.mark.django_db(transaction=True)


async def test_of_many_runners_one_runs_the_job_and_its_interval_counts_for_all() -> None:
    calls: list[str] = []

    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        calls.append("tidy")
        await asyncio.sleep(0.05)

    async with runners(5):
        state = await until("tidy", lambda state: state.ended_at is not None)
        for _ in range(20):
            await state_of("tidy")
    # As after a restart: others come, who have seen nothing of it.
    async with runners(3):
        for _ in range(20):
            await state_of("tidy")
    assert calls == ["tidy"]
    assert (state.runs, state.failures, state.holder, state.lease_until) == (1, 0, "", None)
    assert state.started_at is not None
    assert state.ended_at is not None
    assert state.started_at <= state.ended_at
    assert (state.duration_ms or 0) >= 40


async def test_never_do_two_run_it_at_once_and_it_comes_again_after_its_interval() -> None:
    inside, most, enough = 0, 0, asyncio.Event()

    @every(0.02, "often")
    async def often() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        if (await state_of("often")).runs >= 8:
            enough.set()

    async with runners(4):
        await asyncio.wait_for(enough.wait(), PATIENCE_S)
    assert most == 1


async def test_a_failing_job_is_written_down_and_disturbs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    @every(0.01, "broken")
    async def broken() -> None:
        raise ValueError("as arranged")

    @every(0.01, "fine")
    async def fine() -> None:
        pass

    async with runners(2):
        state = await until("broken", lambda state: state.failures >= 3)
        other = await until("fine", lambda state: state.runs >= 3)
    assert state.last_error == "ValueError: as arranged"
    assert state.last_error_at is not None
    assert (other.failures, other.last_error, other.last_error_at) == (0, "", None)
    assert "The job broken failed" in caplog.text


async def test_a_job_that_hangs_delays_no_other_and_gives_its_lease_back_when_it_is_cancelled() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    @every(HOUR_S, "hanging")
    async def hanging() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    @every(HOUR_S, "quick")
    async def quick() -> None:
        pass

    async with runners():
        await until("quick", lambda state: state.ended_at is not None)
        await asyncio.wait_for(began.wait(), PATIENCE_S)
        assert (await state_of("hanging")).holder != ""
    assert ended.is_set()
    state = await state_of("hanging")
    assert (state.holder, state.lease_until, state.ended_at, state.failures) == ("", None, None, 0)


async def test_a_cut_off_run_is_taken_up_by_the_next_process_at_once() -> None:
    calls = 0

    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.Event().wait()

    async with runners():
        await until("tidy", lambda state: state.holder != "")
    async with runners():
        state = await until("tidy", lambda state: state.ended_at is not None)
    assert (calls, state.runs, state.failures) == (2, 2, 0)


async def test_the_lease_of_a_crashed_process_is_taken_over_and_that_is_told() -> None:
    ran = asyncio.Event()

    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        ran.set()

    seen = await state_of("tidy")
    # It took the lease for an hour, by its clock, and was never heard of again.
    assert await database.write(leases.take, seen, "crashed:1:x", 3_600)
    async with runners(1, SHORT):
        await asyncio.wait_for(ran.wait(), PATIENCE_S)
        state = await until("tidy", lambda state: state.ended_at is not None)
    assert (state.runs, state.failures) == (2, 1)
    assert state.last_error == "crashed:1:x ended in the middle of a run."


async def test_a_run_whose_lease_was_lost_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    stopped = asyncio.Event()

    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with runners():
        await until("tidy", lambda state: state.holder != "")
        await JobState.objects.filter(name="tidy").aupdate(holder="another:1:x")
        await asyncio.wait_for(stopped.wait(), PATIENCE_S)
        state = await state_of("tidy")
    assert state.holder == "another:1:x"
    assert "could not be kept" in caplog.text


@pytest.mark.parametrize(
    ("ended", "runs"),
    [
        # Another process ran it five minutes ago.
        (timedelta(minutes=-5), 0),
        (timedelta(minutes=-61), 1),
        # The clock was set back an hour since: nobody waits for it to come round again.
        (timedelta(minutes=55), 1),
    ],
)
async def test_the_interval_counts_from_the_last_run_by_whatever_process(ended: timedelta, runs: int) -> None:
    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        pass

    await JobState.objects.acreate(name="tidy", ended_at=timezone.now() + ended)

    @every(0.01, "ticking")
    async def ticking() -> None:
        pass

    async with runners():
        await until("ticking", lambda state: state.runs >= 3)
        state = await until("tidy", lambda state: state.holder == "")
    assert state.runs == runs


async def test_a_job_whose_query_hangs_does_not_hold_up_the_end() -> None:
    inside, released = threading.Event(), threading.Event()

    def hang() -> None:
        inside.set()
        released.wait(PATIENCE_S)

    @every(HOUR_S, "stuck")
    async def stuck() -> None:
        await database.write(hang)

    async with runners():
        await asyncio.to_thread(inside.wait, PATIENCE_S)
    # The block has ended although the writer still hangs.
    assert not released.is_set()
    released.set()
    await database.flush()
    # What was asked of the writer last is done by now: either the lease was given back, or it runs out.
    assert (await state_of("stuck")).ended_at is None


async def test_what_somebody_asked_for_runs_before_its_time_and_is_on_record() -> None:
    calls: list[audit.Origin] = []

    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        calls.append(audit._origin.get())

    operator = await User.objects.acreate(username="olga")
    await JobState.objects.acreate(name="tidy", ended_at=timezone.now())
    async with runners(2):
        await database.write(leases.ask_for, operator, await state_of("tidy"))
        state = await until("tidy", lambda state: state.runs == 1 and state.holder == "")
    assert [origin.door for origin in calls] == ["job"]
    assert not state.wanted
    entry = await AuditEntry.objects.aget()
    assert (entry.actor_name, entry.action, entry.target_name) == ("olga", "job_asked_for", "tidy")


async def test_run_once_runs_a_job_that_is_not_due() -> None:
    calls: list[str] = []

    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        calls.append("tidy")

    @every(HOUR_S, "broken")
    async def broken() -> None:
        raise ValueError("as arranged")

    await JobState.objects.acreate(name="tidy", ended_at=timezone.now())
    assert await jobs.run_once("tidy", QUICK) == ""
    assert await jobs.run_once("broken", QUICK) == "ValueError: as arranged"
    assert calls == ["tidy"]
    with pytest.raises(NotFound, match=r"There is no job 'tidi', only: tidy, broken"):
        await jobs.run_once("tidi", QUICK)


async def test_run_once_respects_a_living_lease_and_waits_for_a_dead_one() -> None:
    @every(HOUR_S, "tidy")
    async def tidy() -> None:
        await asyncio.Event().wait()

    async with runners(1, QUICK):
        await until("tidy", lambda state: state.holder != "")
        with pytest.raises(Conflict, match="The job tidy runs now, in "):
            await jobs.run_once("tidy", QUICK)

    @every(HOUR_S, "other")
    async def other() -> None:
        pass

    seen = await state_of("other")
    assert await database.write(leases.take, seen, "crashed:1:x", 60)
    assert await jobs.run_once("other", SHORT) == ""


async def test_nothing_of_the_runner_is_left_when_it_ends() -> None:
    before = asyncio.all_tasks()

    @every(0.01, "tidy")
    async def tidy() -> None:
        await asyncio.sleep(0.005)

    async with runners(3):
        await until("tidy", lambda state: state.runs >= 2)
    await hub.stop()
    assert asyncio.all_tasks() - before == set()
