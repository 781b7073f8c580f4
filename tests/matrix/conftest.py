"""The visitors of the tables at every door: each with a token of their own, no rates, guests who may write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from pytest_django.fixtures import Settings

from chat import database
from chat.models import User
from tests.api.conftest import ELSEWHERE, client, give_token
from tests.matrix.in_rooms import KINDS
from tests.matrix.places import gather

# What people may is decided in Python from rows, which come alike from every database or fail wherever they are
# asked for. On PostgreSQL one kind of room shows it, with every deed at every door; the doors' own tests run there too.
on_sqlite_alone = pytest.mark.only_on("sqlite")
EACH_KIND = [kind if kind == "private" else pytest.param(kind, marks=on_sqlite_alone) for kind in KINDS]

Clients = dict[str, httpx.AsyncClient]
Tokens = dict[str, str]


@pytest.fixture(autouse=True)
def _no_rates(settings: Settings) -> None:
    settings.CHAT_RATE_LIMITS = False
    settings.CHAT_GUESTS = "write"
    settings.CHAT_ROOMS_ON_DEMAND = False


@pytest.fixture
async def _undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncio's debug mode takes most of the time of thousands of requests, and the other tests have it."""
    monkeypatch.delenv("PYTHONASYNCIODEBUG", raising=False)
    asyncio.get_running_loop().set_debug(False)


@pytest.fixture
async def people(_undisturbed: None) -> dict[str, User]:
    return await database.write(gather)


@pytest.fixture
async def tokens(people: dict[str, User]) -> Tokens:
    return {name: await database.write(give_token, user) for name, user in people.items()}


@pytest.fixture
async def clients(tokens: Tokens) -> AsyncIterator[Clients]:
    """By name, and nobody; none of them at the machine itself."""
    async with AsyncExitStack() as stack:
        found = {"nobody": client(ELSEWHERE)}
        found |= {
            name: client(ELSEWHERE, Authorization=f"Bearer {secret}") for name, secret in tokens.items()
        }
        for each in found.values():
            await stack.enter_async_context(each)
        yield found
