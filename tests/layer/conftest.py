"""Layers that close with their test: ours, or ours and the stock one where both must agree."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis as Client

from chat.layer import ChatChannelLayer
from tests.services import environment
from tests.services.redis import Redis

Make = Callable[..., Any]

# Far above what any step takes.
PATIENCE_S = 20


@pytest.fixture
async def close_all() -> AsyncIterator[list[Any]]:
    layers: list[Any] = []
    yield layers
    for layer in layers:
        async with asyncio.timeout(PATIENCE_S):
            await layer.flush()


@pytest.fixture
def ours(close_all: list[Any]) -> Make:
    """Makes layers of ours, on the Redis of this run unless hosts are named."""
    return maker(ChatChannelLayer, close_all)


@pytest.fixture(params=[RedisPubSubChannelLayer, ChatChannelLayer], ids=["stock", "ours"])
def either(request: pytest.FixtureRequest, close_all: list[Any]) -> Make:
    """The same, of the stock layer and of ours in turn."""
    return maker(request.param, close_all)


def maker(kind: type, layers: list[Any]) -> Make:
    def make(*hosts: Any, **config: Any) -> Any:
        layer = kind(hosts=list(hosts) or [environment.redis.url], **config)
        layers.append(layer)
        return layer

    return make


async def hear(layer: Any, channel: str) -> Any:
    """The next message of a channel."""
    async with asyncio.timeout(PATIENCE_S):
        return await layer.receive(channel)


async def until_it_works(step: Callable[[], Awaitable[object]]) -> None:
    """Try until Redis is back: a layer says so at once when it is not."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await step()
                return
            except Exception:
                await asyncio.sleep(0.02)


async def allow_only(redis: Redis, *patterns: str) -> None:
    """From now on the names of channels that everybody may use."""
    async with Client.from_url(redis.url) as client:
        await client.execute_command(  # type: ignore[no-untyped-call]
            "ACL", "SETUSER", "default", "resetchannels", *patterns
        )
