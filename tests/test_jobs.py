"""Periodic jobs: each in a task of its own, until cancelled; and the command that runs them alone."""

import asyncio
import signal
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat import jobs
from chat.models import Token, User
from tests.programs import Program

PATIENCE_S = 20


@pytest.fixture
def only_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.usefixtures("only_mine")
async def test_a_job_that_fails_is_logged_and_disturbs_neither_itself_nor_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: list[str] = []
    enough = asyncio.Event()

    @jobs.every(0.001, "broken")
    async def broken() -> None:
        calls.append("broken")
        raise ValueError("as arranged")

    @jobs.every(0.001, "fine")
    async def fine() -> None:
        calls.append("fine")
        if calls.count("fine") >= 3 and calls.count("broken") >= 3:
            enough.set()

    task = asyncio.create_task(jobs.run_all(0))
    await asyncio.wait_for(enough.wait(), PATIENCE_S)
    await stop(task)
    assert "The job broken failed" in caplog.text
    assert "as arranged" in caplog.text


@pytest.mark.usefixtures("only_mine")
async def test_a_job_that_hangs_delays_no_other_and_is_ended_with_the_rest() -> None:
    ended = asyncio.Event()
    ran = asyncio.Event()

    @jobs.every(0.001, "hanging")
    async def hanging() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    @jobs.every(0.001, "quick")
    async def quick() -> None:
        ran.set()

    task = asyncio.create_task(jobs.run_all(0))
    await asyncio.wait_for(ran.wait(), PATIENCE_S)
    await stop(task)
    assert ended.is_set()


@pytest.mark.django_db(transaction=True)
async def test_the_jobs_of_the_house_delete_what_has_expired() -> None:
    user = await User.objects.acreate(username="alice")
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(hours=1)
    await Token.objects.acreate(user=user, digest="old", expires_at=past)
    await Token.objects.acreate(user=user, digest="valid", expires_at=future)
    await Token.objects.acreate(user=user, digest="for ever")
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for expiry in (past, future):
        session = store()
        session.set_expiry(expiry)
        await session.asave()
    for job in jobs.registered():
        await job.function()
    assert {token.digest async for token in Token.objects.all()} == {"valid", "for ever"}
    assert await Session.objects.acount() == 1


def test_every_job_has_a_name_that_says_what_it_does() -> None:
    assert {"forget guests", "delete expired tokens", "delete expired sessions"} <= {
        job.name for job in jobs.registered()
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_runs_until_a_signal_and_ends_with_code_0(tmp_path: Path, number: signal.Signals) -> None:
    with Program.manage("jobs", CHAT_DATA_DIR=str(tmp_path)) as program:
        program.wait_for("Running")
        assert (tmp_path / "redis.sock").exists()
        assert program.end(number) == 0
        assert "Traceback" not in program.output
    assert not (tmp_path / "redis.sock").exists()
