"""The cast at the JSON door: each with a client of their own, and one whom nobody knows."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from django.conf import settings

from chat import database
from chat.models import Token, User
from chat.models.token import digest
from chat.shortcut import Shortcut
from chatproject.asgi import application as through_django
from tests.cast import Cast, assemble

ELSEWHERE = "203.0.113.9"

# As `serve` has it; CHAT_SHORTCUT=off runs these tests without it.
application = Shortcut(through_django) if settings.CHAT_SHORTCUT else through_django

Clients = dict[str, httpx.AsyncClient]


def client(address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
    """Somebody at an address, over the product's ASGI application."""
    transport = httpx.ASGITransport(app=application, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers)


def give_token(user: User) -> str:
    secret = f"secret of {user.username}"
    Token.objects.get_or_create(user=user, digest=digest(secret))
    return secret


@pytest.fixture
async def cast() -> Cast:
    return await database.write(assemble)


@pytest.fixture
async def clients(cast: Cast) -> AsyncIterator[Clients]:
    """By name, each signed in with a token: alice, bob, carol, gus; and nobody, who is not."""
    async with AsyncExitStack() as stack:
        found = {"nobody": client()}
        for user in (cast.alice, cast.bob, cast.carol, cast.gus):
            secret = await database.write(give_token, user)
            found[user.username] = client(Authorization=f"Bearer {secret}")
        for each in found.values():
            await stack.enter_async_context(each)
        yield found


@pytest.fixture
async def nobody() -> AsyncIterator[httpx.AsyncClient]:
    async with client() as found:
        yield found


@pytest.fixture
def refused() -> Callable[[httpx.Response], tuple[int, str, str | None]]:
    """The status, code and field of a refusal, which has exactly the form of the contract."""

    def read(answer: httpx.Response) -> tuple[int, str, str | None]:
        body = answer.json()
        assert set(body) == {"code", "detail", "retryable", "retry_after", "field"}, body
        assert body["detail"].endswith(".")
        return answer.status_code, body["code"], body["field"]

    return read
