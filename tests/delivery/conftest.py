"""Two real servers on one data folder and one real Redis of their own, which tests may kill."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.house import House
from tests.programs import Program
from tests.services import environment
from tests.services.redis import Redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    # Short, because a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="r-"))
    server = Redis(folder / "redis.sock")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database is up to date, made once: that costs more than many a test here."""
    folder = tmp_path_factory.mktemp("migrated")
    with Program.manage("migrate", "--verbosity", "0", CHAT_DATA_DIR=str(folder)) as migrate:
        assert migrate.wait() == 0, migrate.output
    return folder


@pytest.fixture
def house(installation: dict[str, str], redis: Redis, migrated: Path) -> Iterator[House]:
    """Two servers, on both databases."""
    data = Path(installation["CHAT_DATA_DIR"])
    data.mkdir()
    if not environment.ON_POSTGRESQL:
        shutil.copy(migrated / "chat.sqlite3", data)
    with House({**installation, "REDIS_URL": redis.url}) as both:
        yield both
