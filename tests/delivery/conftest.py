"""Two real servers on one data folder and one real Redis of their own, which tests may kill."""

from collections.abc import Iterator

import pytest

from tests.delivery.house import House
from tests.services.redis import Redis


@pytest.fixture
def house(migrated: dict[str, str], redis: Redis) -> Iterator[House]:
    """Two servers, on both databases."""
    with House({**migrated, "REDIS_URL": redis.url}) as both:
        yield both
