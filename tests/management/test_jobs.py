"""manage.py jobs: until a signal, one by name, or as a list."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chat import database
from chat.jobs import leases, registry
from chat.jobs.registry import every
from chat.models import JobState
from tests.programs import Program


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_runs_until_a_signal_and_ends_with_code_0(tmp_path: Path, number: signal.Signals) -> None:
    with Program.manage("jobs", CHAT_DATA_DIR=str(tmp_path)) as program:
        program.wait_for("Running")
        assert (tmp_path / "redis.sock").exists()
        assert program.end(number) == 0
        assert "Traceback" not in program.output
    assert not (tmp_path / "redis.sock").exists()


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two jobs, one of which fails. What the command opened in other threads is closed before the database goes."""
    monkeypatch.setattr(registry, "_jobs", {})

    @every(3_600, "tidy")
    async def tidy() -> None:
        pass

    @every(86_400, "broken")
    async def broken() -> None:
        raise ValueError("as arranged\nand more of it")

    yield
    asyncio.run(database.close())


def table(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The lines of the list by the name of the job."""
    call_command("jobs", "--list")
    return {line.partition("  ")[0]: line for line in capsys.readouterr().out.splitlines()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("mine")
def test_the_list_shows_jobs_that_never_ran_and_how_the_others_went(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fresh = table(capsys)
    assert list(fresh) == ["JOB", "tidy", "broken"]
    assert fresh["tidy"].split() == ["tidy", "1:00:00", "-", "-", "0", "0", "-", "now", "-"]
    [seen, _] = leases.states(["tidy", "broken"])
    assert leases.take(seen, "machine:7:x", 60)
    with pytest.raises(CommandError):
        call_command("jobs", "--once", "broken")
    shown = table(capsys)
    assert "machine:7:x" in shown["tidy"]
    assert "ValueError: as arranged" in shown["broken"]
    assert f"{timezone.now():%Y-%m}" in shown["broken"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("mine")
def test_once_runs_one_job_and_says_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("jobs", "--once", "tidy")
    assert capsys.readouterr().out == "The job tidy is done.\n"
    assert JobState.objects.get(name="tidy").runs == 1
    with pytest.raises(CommandError, match="The job broken failed: ValueError: as arranged"):
        call_command("jobs", "--once", "broken")
    with pytest.raises(CommandError, match="There is no job 'tidi', only: tidy, broken"):
        call_command("jobs", "--once", "tidi")


def test_a_process_says_what_went_wrong_in_one_line(tmp_path: Path) -> None:
    with Program.manage("jobs", "--once", "nonsense", CHAT_DATA_DIR=str(tmp_path)) as program:
        assert program.wait() == 1
    assert program.output.startswith("CommandError: There is no job 'nonsense', only: forget guests, ")
    with Program.manage("jobs", "--list", CHAT_DATA_DIR=str(tmp_path)) as program:
        assert program.wait() == 1
    assert "Has it been migrated?" in program.lines[-1]
    assert "Traceback" not in program.output
