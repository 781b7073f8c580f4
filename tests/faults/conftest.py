"""Servers that tests may break, and the sheet on which each fault is entered with what was seen."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.house import House
from tests.delivery.ledger import Seen
from tests.faults.sheet import Entry
from tests.services import environment
from tests.services.redis import Redis

# Where `make faults` collects the entries; without it only the quick tests run.
SHEET = os.environ.get("FAULTS_SHEET")
DATABASE = "postgresql" if environment.ON_POSTGRESQL else "sqlite"
# One process on SQLite, two on PostgreSQL: the two ways in which the chat is mostly run.
SERVERS = 2 if environment.ON_POSTGRESQL else 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long ones unless all were asked for."""
    out = [item for item in items if not SHEET and item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


@pytest.fixture
def new_house(migrated: dict[str, str], redis: Redis) -> Iterator[Callable[..., House]]:
    """Starts the servers of an installation: one on SQLite, two on PostgreSQL, with settings of a test's own."""
    with ExitStack() as houses:

        def make(servers: int = SERVERS, **options: Any) -> House:
            settings = {**migrated, "REDIS_URL": redis.url, **options.pop("settings", {})}
            return houses.enter_context(House(settings, servers=servers, **options))

        yield make


@pytest.fixture
def house(new_house: Callable[..., House]) -> House:
    return new_house()


@pytest.fixture
def two(new_house: Callable[..., House]) -> House:
    """Two servers on both databases: for what happens between them."""
    return new_house(servers=2)


@pytest.fixture
def enter(request: pytest.FixtureRequest) -> Iterator[Callable[..., None]]:
    """Called at the end of a test with what was injected and seen; a test that does not come so far has failed."""
    entries: list[Entry] = []

    def note(injected: str, seen: Seen | None = None, besides: str = "") -> None:
        entries.append(Entry(DATABASE, injected, "as promised", seen, besides))

    yield note
    if SHEET:
        for entry in entries or [Entry(DATABASE, request.node.name, "FAILED")]:
            entry.append_to(Path(SHEET))
