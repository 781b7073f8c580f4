"""manage.py serve: the chat on one address, with everything it needs."""

import contextlib
import fcntl
import gc
import resource
from typing import Any

from channels.routing import get_default_application
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from chat import embedded_redis, jobs
from chat.actions.accounts import first_admin
from chat.errors import Unavailable
from chat.serving.lifespan import ChatLifespan
from chat.serving.server import ChatServer
from chat.shortcut import Shortcut

# A batch of texts makes thousands of objects and no cycles, and looking for some at every 700 new objects took nearly
# four per cent of the server's time. All objects are looked at after 90,000, about as often as usual: connections that
# end leave cycles behind.
GARBAGE_THRESHOLDS = (10_000, 3, 3)


class Command(BaseCommand):
    help = "Serves pages, API and sockets until SIGTERM or SIGINT, then ends gracefully within ten seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="0 takes a free one (PORT)")
        parser.add_argument("--no-jobs", action="store_true", help="leave the jobs to `manage.py jobs`")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *, host: str, port: int, no_jobs: bool, migrate: bool, **options: Any) -> None:
        if migrate:
            self._migrate()
        try:
            if settings.EMBEDDED_REDIS:
                embedded_redis.ensure(settings.DATA_DIR)
            self._serve(host, port, with_jobs=not no_jobs)
        except Unavailable as error:
            raise CommandError(error.detail) from error
        finally:
            embedded_redis.release()

    def _serve(self, host: str, port: int, *, with_jobs: bool) -> None:
        application = get_default_application()
        server = ChatServer(
            Shortcut(application) if settings.CHAT_SHORTCUT else application,
            host=host,
            port=port,
            lifespan=ChatLifespan([jobs.run_all] if with_jobs else []),
            announce=self._announce,
            trusted_proxies=settings.TRUSTED_PROXIES,
        )
        self._setup_code = self._find_setup_code()
        # What is loaded by now stays; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        _open_many_files()
        server.run()
        if server.failure:
            raise CommandError(server.failure)

    def _announce(self, url: str) -> None:
        self.stdout.write(f"The chat is at {url}")
        if self._setup_code:
            self.stdout.write("Nobody administrates it yet: its first page makes the administrator account.")
            self.stdout.write(f"From another machine that takes the one-time code {self._setup_code}")
        self.stdout.flush()

    @staticmethod
    def _find_setup_code() -> str:
        """The code while it is worth something. Asked before the loop runs, where the database cannot be."""
        try:
            return first_admin.setup_code() if first_admin.is_needed() else ""
        except (DatabaseError, ObjectDoesNotExist):
            return ""  # The database is away or not migrated, which the pages and /readyz will tell.
        finally:
            connection.close()

    def _migrate(self) -> None:
        """Apply what the database lacks. Two servers may start together on one data folder: one does it."""
        with (settings.DATA_DIR / "migrate.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.stdout.write("Bringing the database up to date.")
                call_command("migrate", interactive=False, verbosity=0)


def _open_many_files() -> None:
    """Each connection is an open file; the usual soft limit of 1,024 would end at about 1,000 of them."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Darwin names a hard limit that it does not grant.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
