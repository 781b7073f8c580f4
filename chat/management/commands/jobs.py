"""manage.py jobs: the periodic jobs alone, beside servers that run with --no-jobs; or one of them; or a list."""

import asyncio
import signal
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from chat import embedded_redis, jobs
from chat.errors import ChatError
from chat.models import JobState
from chat.serving.drain import exit_in_time

COLUMNS = ("JOB", "EVERY", "LAST RUN (UTC)", "TOOK", "RUNS", "FAILED", "RUNS NOW IN", "DUE", "LAST ERROR")


class Command(BaseCommand):
    help = (
        "Runs the periodic jobs until SIGTERM or SIGINT, each in one process of the installation at a time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--list", action="store_true", help="show the jobs and how they went")
        which.add_argument(
            "--once", metavar="NAME", help="run this job now, unless it runs elsewhere, and end"
        )

    def handle(self, *, list: bool, once: str | None, **options: Any) -> None:
        try:
            if list:
                self.stdout.write(_table())
            elif once is not None:
                self._run_once(once)
            else:
                self._run_all()
        except ChatError as error:
            raise CommandError(error.detail) from error
        except DatabaseError as error:
            said = str(error).partition("\n")[0]
            raise CommandError(f"The database refused ({said}). Has it been migrated?") from error

    def _run_once(self, name: str) -> None:
        errors: list[str] = []

        async def run() -> None:
            errors.append(await jobs.run_once(name))

        asyncio.run(_until_a_signal(run()))
        if not errors:
            raise CommandError("The job was cut off.")
        if errors[0]:
            raise CommandError(f"The job {name} failed: {errors[0]}")
        self.stdout.write(f"The job {name} is done.")

    def _run_all(self) -> None:
        try:
            if settings.EMBEDDED_REDIS:
                embedded_redis.ensure(settings.DATA_DIR)
            asyncio.run(_until_a_signal(self._announced()))
        finally:
            embedded_redis.release()

    async def _announced(self) -> None:
        self.stdout.write(f"Running {', '.join(job.name for job in jobs.registered())}.")
        self.stdout.flush()
        await jobs.run_all()


async def _until_a_signal(work: Coroutine[Any, Any, None]) -> None:
    """Cancelled by SIGTERM and SIGINT; from then on the process is gone in time, even if a query hangs."""
    running = asyncio.create_task(work)

    def end() -> None:
        exit_in_time()
        running.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    await asyncio.wait({running})
    if not running.cancelled():
        running.result()


def _table() -> str:
    registered = jobs.registered()
    states = jobs.states([job.name for job in registered])
    rows = [COLUMNS, *(_row(job, state) for job, state in zip(registered, states, strict=True))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(job: jobs.Job, state: JobState) -> tuple[str, ...]:
    took = "-" if state.duration_ms is None else f"{state.duration_ms / 1000:.1f} s"
    error = (
        f"{_time(state.last_error_at)} {state.last_error.partition(chr(10))[0]}" if state.last_error else "-"
    )
    due = jobs.due_at(job, state)
    return (
        job.name,
        str(timedelta(seconds=job.interval_s)),
        _time(state.started_at),
        took,
        str(state.runs),
        str(state.failures),
        state.holder or "-",
        "now" if due is None else _time(due),
        error,
    )


def _time(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
