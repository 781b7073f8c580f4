"""manage.py jobs: the periodic jobs alone, beside servers that run with --no-jobs."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat import embedded_redis, jobs
from chat.errors import Unavailable


class Command(BaseCommand):
    help = "Runs the periodic jobs until SIGTERM or SIGINT."

    def handle(self, **options: Any) -> None:
        try:
            if settings.EMBEDDED_REDIS:
                embedded_redis.ensure(settings.DATA_DIR)
            asyncio.run(self._run())
        except Unavailable as error:
            raise CommandError(error.detail) from error
        finally:
            embedded_redis.release()

    async def _run(self) -> None:
        running = asyncio.create_task(jobs.run_all())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        self.stdout.write(f"Running {', '.join(job.name for job in jobs.registered())}.")
        self.stdout.flush()
        await asyncio.wait({running})
