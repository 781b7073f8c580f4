"""Fixtures of all tests: the real services behind the settings, and what must be fresh for each test."""

import inspect
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.services import environment, presence
from tests.services.redis import Redis

if TYPE_CHECKING:
    from tests.cast import Cast

SKIPS = os.environ.get("CHAT_TEST_SKIPS")
environment.prepare()

# The settings read the environment that was just prepared.
import django  # noqa: E402
from django.db import connections  # noqa: E402

django.setup()

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "installation", "used", "elsewhere"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches the database runs again. Async tests get what ends with their loop."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            # After the database is set up, so that the threads' connections are closed before it is emptied.
            item.fixturenames.insert(item.fixturenames.index("_django_db_marker") + 1, "_ends_with_its_loop")
    kept = [item for item in items if _is_for_this_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _is_for_this_database(item: pytest.Item) -> bool:
    if only := item.get_closest_marker("only_on"):
        return bool(only.args[0] == ("postgresql" if environment.ON_POSTGRESQL else "sqlite"))
    return not environment.ON_POSTGRESQL or _touches_the_database(item)


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & fixtures)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what was skipped for the list at the end of `make test`."""
    if SKIPS and report.skipped and isinstance(report.longrepr, tuple):
        with Path(SKIPS).open("a") as file:
            file.write(f"  {report.nodeid}: {report.longrepr[2].removeprefix('Skipped: ')}\n")


def pytest_unconfigure() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
        if close_pool := getattr(connection, "close_pool", None):
            close_pool()
    environment.remove()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """PostgreSQL does not drop a database while other threads' connections idle; its cluster is deleted."""
    return environment.ON_POSTGRESQL


@pytest.fixture(scope="session", autouse=True)
def _services() -> None:
    """The servers that the settings name. pytest_unconfigure stops them."""
    presence.require("Redis")
    environment.redis.start()
    if environment.ON_POSTGRESQL:
        presence.require("PostgreSQL")
        environment.postgres.start()


@pytest.fixture(autouse=True)
def _empty_redis(_services: None) -> Iterator[None]:
    """Nothing that one test left in Redis is there for the next."""
    yield
    if environment.redis.running:
        environment.redis.flush()


@pytest.fixture(autouse=True)
def _full_buckets() -> None:
    """Nobody is slowed down for what another test did."""
    from chat import limits

    limits.forget_all()


@pytest.fixture
async def _ends_with_its_loop() -> AsyncIterator[None]:
    """Hub, writer and the threads' connections belong to one loop, and each test has its own."""
    yield
    from chat import database, hub

    await hub.stop()
    await database.close()


@pytest.fixture
def cast(db: None) -> "Cast":
    """People and rooms that stand to each other in every way there is (tests/cast.py)."""
    from tests.cast import assemble

    return assemble()


@pytest.fixture
def installation(tmp_path: Path, _services: None) -> Iterator[dict[str, str]]:
    """Settings of an installation of its own, for the programs of a test, which runs on both databases."""
    from chat import embedded_redis

    folder = tmp_path / "data"
    settings = {"CHAT_DATA_DIR": str(folder)}
    if environment.ON_POSTGRESQL:
        settings["DATABASE_URL"] = environment.postgres.new_database()
    yield settings
    # A server that was killed leaves its Redis to the next one, and here none comes.
    Redis(embedded_redis.socket_path(folder)).shut_down()


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory, _services: None) -> dict[str, str]:
    """The settings of an empty installation whose database is up to date: making it costs more than many a test."""
    from tests.programs import Program

    settings = {"CHAT_DATA_DIR": str(tmp_path_factory.mktemp("migrated"))}
    if environment.ON_POSTGRESQL:
        settings["DATABASE_URL"] = environment.postgres.new_database()
    with Program.manage("migrate", "--verbosity", "0", **settings) as migrate:
        assert migrate.wait() == 0, migrate.output
    return settings


@pytest.fixture
def migrated(installation: dict[str, str], _migrated: dict[str, str]) -> dict[str, str]:
    """The same as `installation`, its database up to date."""
    folder = Path(installation["CHAT_DATA_DIR"])
    folder.mkdir()
    if environment.ON_POSTGRESQL:
        made = environment.postgres.new_database(like=_migrated["DATABASE_URL"])
        return {**installation, "DATABASE_URL": made}
    shutil.copy(Path(_migrated["CHAT_DATA_DIR"]) / "chat.sqlite3", folder)
    return installation


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A real Redis of a test's own, which it may kill."""
    # Short, because a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="r-"))
    server = Redis(folder / "redis.sock")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)
