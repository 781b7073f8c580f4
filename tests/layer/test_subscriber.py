"""What comes in: whatever becomes of the connection, who joined a group is in it again."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis as Client
from redis.asyncio import UnixDomainSocketConnection
from redis.exceptions import RedisError, ResponseError

from chat.layer import subscriber
from tests.layer.conftest import PATIENCE_S, Make, allow_only, hear, until_it_works
from tests.layer.tap import Tap
from tests.services.redis import Redis

GROUPS = [f"group {number}" for number in range(1_000)]


async def reached(sender: Any, layer: Any, group: str, channel: str) -> None:
    """Send until one arrives: what Redis lost with the connection is lost."""

    async def knock() -> None:
        while True:
            await until_it_works(lambda: sender.group_send(group, {"type": "knock"}))
            await asyncio.sleep(0.02)

    knocking = asyncio.create_task(knock())
    try:
        assert (await hear(layer, channel))["group"] == group
    finally:
        knocking.cancel()
        await asyncio.wait([knocking])


async def test_after_a_restart_of_redis_every_group_is_heard_again(
    ours: Make, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    layer, sender = ours(redis.url), ours(redis.url)
    first, second = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("one", first)
    await layer.group_add("other", second)
    redis.kill()
    await asyncio.sleep(0.5)
    redis.start()
    await reached(sender, layer, "one", first)
    await reached(sender, layer, "other", second)
    said = [record.getMessage() for record in caplog.records if record.name == subscriber.__name__]
    assert [line.split(",")[0] for line in said] == [
        "The channel layer hears nothing",
        "The channel layer hears Redis again",
    ]


async def test_a_connection_that_redis_ends_is_opened_again(ours: Make, redis: Redis) -> None:
    layer, sender = ours(redis.url), ours(redis.url)
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    async with Client.from_url(redis.url) as client:
        for _ in range(3):
            assert await client.client_kill_filter(_type="pubsub") == 1
            await reached(sender, layer, "group", channel)


async def test_a_network_that_fell_silent_is_left(
    ours: Make, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(subscriber, "ANSWER_SECONDS", 0.1)
    async with Tap(redis.path.with_name("tap.sock"), redis.path) as tap:
        layer, sender = ours(tap.url), ours(redis.url)
        channel = await layer.new_channel()
        await layer.group_add("group", channel)
        tap.hush()
        await reached(sender, layer, "group", channel)
        await layer.flush()


@pytest.mark.parametrize("protocol", [2, 3])
async def test_a_quiet_connection_is_kept(
    ours: Make, redis: Redis, monkeypatch: pytest.MonkeyPatch, protocol: int
) -> None:
    monkeypatch.setattr(subscriber, "SILENCE_SECONDS", 0.05)
    layer = ours({"address": redis.url, "protocol": protocol})
    channel = await layer.new_channel()
    async with Client.from_url(redis.url) as client:
        before = {one["id"] for one in await client.client_list(_type="pubsub")}
        async with asyncio.timeout(PATIENCE_S):
            while (await client.info("commandstats")).get("cmdstat_ping", {"calls": 0})["calls"] < 5:
                await asyncio.sleep(0.02)
        assert {one["id"] for one in await client.client_list(_type="pubsub")} == before != set()
    await layer.send(channel, {"type": "after all"})
    assert (await hear(layer, channel))["type"] == "after all"


async def test_a_thousand_groups_are_joined_by_one_command(ours: Make, redis: Redis) -> None:
    layer = ours(redis.url)
    channel = await layer.new_channel()
    await layer.group_add_all(GROUPS, channel)
    async with Client.from_url(redis.url) as client:
        assert (await client.info("commandstats"))["cmdstat_subscribe"]["calls"] == 2
        assert len(await client.pubsub_channels()) == len(GROUPS) + 1
    await layer.group_send_all((group, {"type": "knock"}) for group in GROUPS)
    assert [(await hear(layer, channel))["group"] for _ in GROUPS] == GROUPS


async def test_who_asks_while_redis_is_away_is_told_and_leaves_nothing_behind(
    ours: Make, redis: Redis
) -> None:
    layer = ours(redis.url)
    redis.kill()
    for _ in range(2):
        with pytest.raises((RedisError, OSError)):
            await layer.new_channel()
    assert layer._get_layer().channels == {}
    redis.start()
    await until_it_works(layer.new_channel)
    async with Client.from_url(redis.url) as client:
        assert len(await client.pubsub_channels()) == 1


async def test_a_group_asked_for_while_redis_was_away_is_joined_when_it_is_back(
    ours: Make, redis: Redis
) -> None:
    layer, sender = ours(redis.url), ours(redis.url)
    channel = await layer.new_channel()
    redis.kill()
    with pytest.raises((RedisError, OSError)):
        await layer.group_add("group", channel)
    redis.start()
    await reached(sender, layer, "group", channel)


async def test_a_refused_group_is_an_error_for_who_asked_alone(ours: Make, redis: Redis) -> None:
    await allow_only(redis, "&asgispecific*", "&*allowed")
    layer = ours(redis.url)
    channel = await layer.new_channel()
    told = await asyncio.gather(
        *(layer.group_add(group, channel) for group in ("allowed", "forbidden", "also allowed")),
        return_exceptions=True,
    )
    assert [type(one) for one in told] == [type(None), ResponseError, type(None)]


async def test_a_flushed_layer_has_no_connection_left(ours: Make, redis: Redis) -> None:
    layer = ours(redis.url)
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "one"})
    async with Client.from_url(redis.url) as client:
        assert len(await client.client_list()) == 3
        await layer.flush()
        async with asyncio.timeout(PATIENCE_S):
            while len(await client.client_list()) > 1:
                await asyncio.sleep(0.01)


async def test_redis_py_still_keeps_its_streams_where_we_take_them(redis: Redis) -> None:
    connection = UnixDomainSocketConnection(path=str(redis.path))
    await connection.connect()  # type: ignore[no-untyped-call]
    for name, kind in (("_reader", asyncio.StreamReader), ("_writer", asyncio.StreamWriter)):
        stream = getattr(connection, name, None)
        assert isinstance(stream, kind), f"redis.asyncio.Connection.{name} has moved"
    await connection.disconnect()
