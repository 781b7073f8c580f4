"""Two real servers on one data folder and one real Redis of their own, which tests may kill."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.house import House
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


@pytest.fixture
def house(installation: dict[str, str], redis: Redis) -> Iterator[House]:
    """Two servers on both databases, of which one migrates while the other waits."""
    with House({**installation, "REDIS_URL": redis.url}) as both:
        yield both
