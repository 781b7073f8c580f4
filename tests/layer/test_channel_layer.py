"""Whatever Channels asks of a layer: the stock layer and ours do it alike."""

import asyncio
import inspect
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from redis.asyncio import Redis as Client

from tests.layer.conftest import PATIENCE_S, Make, hear, until_it_works
from tests.services import environment
from tests.services.redis import Redis, binary

SHARDS = 2


async def test_a_message_to_a_channel_arrives_as_it_was_sent(either: Make) -> None:
    layer = either()
    channel = await layer.new_channel()
    message = {
        "type": "one",
        "text": "é 🎉",
        "bytes": b"\x00\xff",
        "number": 2**40,
        "none": None,
        "list": [1, {}],
    }
    await layer.send(channel, message)
    assert await hear(layer, channel) == message


async def test_messages_keep_their_order(either: Make) -> None:
    layer = either()
    channel = await layer.new_channel()
    for number in range(20):
        await layer.send(channel, {"type": "one", "number": number})
    assert [(await hear(layer, channel))["number"] for _ in range(20)] == list(range(20))


async def test_a_group_reaches_the_channels_in_it_and_no_other(either: Make) -> None:
    here, there = either(), either()
    first, second, third, left = [await here.new_channel() for _ in range(3)] + [await there.new_channel()]
    for layer, channel in ((here, first), (here, second), (here, third), (there, left)):
        await layer.group_add("group", channel)
    await here.group_discard("group", second)
    await there.group_discard("group", left)
    await here.group_send("group", {"type": "for the group"})
    for layer, channel in ((here, first), (here, second), (here, third), (there, left)):
        await layer.send(channel, {"type": "for one"})
    types = [
        (await hear(layer, channel))["type"]
        for layer, channel in ((here, first), (here, second), (here, third), (there, left))
    ]
    assert types == ["for the group", "for one", "for the group", "for one"]


async def test_a_channel_joins_again_after_it_left(either: Make) -> None:
    layer = either()
    channel = await layer.new_channel()
    for _ in range(3):
        await layer.group_add("group", channel)
        await layer.group_send("group", {"type": "in"})
        assert (await hear(layer, channel))["type"] == "in"
        await layer.group_discard("group", channel)
        await layer.group_send("group", {"type": "out"})


async def test_leaving_a_group_that_nobody_joined_is_no_error(either: Make) -> None:
    layer = either()
    await layer.group_discard("group", await layer.new_channel())


async def test_only_a_channel_of_this_process_can_join(either: Make) -> None:
    layer = either()
    with pytest.raises(RuntimeError):
        await layer.group_add("group", "somebody else's")


async def test_whoever_receives_on_a_general_channel_listens_to_it(either: Make) -> None:
    here, there = either(), either()
    receiving = asyncio.create_task(hear(there, "everybody's"))
    async with asyncio.timeout(PATIENCE_S), Client.from_url(environment.redis.url) as client:
        while b"everybody's" not in await client.pubsub_channels():
            await asyncio.sleep(0.01)
    await here.send("everybody's", {"type": "found"})
    assert (await receiving)["type"] == "found"


async def test_a_receiver_that_ends_ends_its_channel(either: Make) -> None:
    layer = either()
    channel = await layer.new_channel()
    receiving = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    receiving.cancel()
    await asyncio.wait([receiving])
    with pytest.raises(RuntimeError):
        await layer.group_add("group", channel)
    async with asyncio.timeout(PATIENCE_S), Client.from_url(environment.redis.url) as client:
        while channel.encode() in await client.pubsub_channels():
            await asyncio.sleep(0.01)


async def test_channels_have_names_of_their_own_with_the_prefix(either: Make) -> None:
    layer = either(prefix="house")
    names = {await layer.new_channel() for _ in range(3)} | {await layer.new_channel(prefix="mine.")}
    assert len(names) == 4
    assert all(name.startswith("house") for name in names)
    assert any("mine." in name for name in names)


async def test_another_prefix_is_another_world(either: Make) -> None:
    here, there = either(prefix="here"), either(prefix="there")
    channel = await here.new_channel()
    await here.group_add("group", channel)
    await there.group_send("group", {"type": "of there"})
    await here.group_send("group", {"type": "of here"})
    assert (await hear(here, channel))["type"] == "of here"


async def test_a_flushed_layer_has_forgotten_all_and_works(either: Make) -> None:
    layer = either()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    await layer.flush()
    fresh = await layer.new_channel()
    await layer.group_send("group", {"type": "for nobody"})
    await layer.send(fresh, {"type": "for one"})
    assert (await hear(layer, fresh))["type"] == "for one"
    with pytest.raises(RuntimeError):
        await layer.group_add("group", channel)


async def test_the_layer_says_what_it_can(either: Make) -> None:
    layer = either()
    assert set(layer.extensions) == {"groups", "flush"}
    for name in ("send", "receive", "new_channel", "group_add", "group_discard", "group_send", "flush"):
        assert inspect.iscoroutinefunction(getattr(layer, name)), name


def test_each_loop_has_its_own_connections_which_end_with_it(either: Make) -> None:
    layer = either()
    for _ in range(3):
        async_to_sync(to_oneself)(layer)
    assert layer._layers == {}
    threads = [threading.Thread(target=async_to_sync(to_oneself), args=(layer,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert layer._layers == {}


async def to_oneself(layer: Any) -> None:
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    await layer.send(channel, {"type": "to oneself"})
    assert (await hear(layer, channel))["type"] == "to oneself"


async def test_a_thread_s_loop_reaches_this_one(either: Make) -> None:
    layer = either()
    channel = await layer.new_channel()
    await layer.group_add("group", channel)
    await asyncio.to_thread(async_to_sync(layer.group_send), "group", {"type": "from a thread"})
    assert (await hear(layer, channel))["type"] == "from a thread"


@pytest.mark.parametrize(
    "config",
    [{"serializer_format": "json"}, {"symmetric_encryption_keys": ["a secret", "an older one"]}],
    ids=["as JSON", "encrypted"],
)
async def test_messages_may_be_packed_otherwise(either: Make, config: dict[str, Any]) -> None:
    layer, plain = either(**config), either()
    channel, watch = await layer.new_channel(), await plain.new_channel()
    await layer.group_add("group", channel)
    await layer.group_send("group", {"type": "packed"})
    assert (await hear(layer, channel))["type"] == "packed"
    packed = layer.serialize({"type": "packed"})
    assert layer.deserialize(packed) == {"type": "packed"}
    assert packed != plain.serialize({"type": "packed"})
    assert watch != channel


async def test_several_redis_share_the_groups(either: Make, redis: Redis) -> None:
    layer = either(environment.redis.url, redis.url)
    channels = [await layer.new_channel() for _ in range(8)]
    for number, channel in enumerate(channels):
        await layer.group_add(f"group {number}", channel)
        await layer.group_send(f"group {number}", {"type": f"{number}"})
    assert [(await hear(layer, channel))["type"] for channel in channels] == [f"{n}" for n in range(8)]
    for url in (environment.redis.url, redis.url):
        async with Client.from_url(url) as client:
            assert await client.pubsub_channels(), "one of them has nothing to do"


async def test_a_host_may_be_an_address_and_a_password(either: Make, redis: Redis) -> None:
    async with Client.from_url(redis.url) as client:
        await client.config_set("requirepass", "of a house")
    for host in (
        f"unix://:of%20a%20house@{redis.path}",
        {"address": redis.url, "password": "of a house", "db": 1},
        {"address": redis.url, "password": "of a house", "decode_responses": False, "protocol": 2},
    ):
        await to_oneself(either(host))
    with pytest.raises(Exception, match=r"(?i)auth"):
        await either(redis.url).group_send("group", {"type": "without"})


@pytest.fixture
def port(redis: Redis, tmp_path: Path) -> Iterator[int]:
    """A Sentinel's port, which knows the Redis of the test as `house`."""
    master, sentinel = free_port(), free_port()
    redis.listen(master)
    settings = tmp_path / "sentinel.conf"
    settings.write_text(f"port {sentinel}\ndir {tmp_path}\nsentinel monitor house 127.0.0.1 {master} 1\n")
    process = subprocess.Popen([binary(), str(settings), "--sentinel"], stdout=subprocess.DEVNULL)
    yield sentinel
    process.kill()
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_sentinel_says_which_redis_it_is(ours: Make, port: int) -> None:
    layer = ours({"sentinels": [("127.0.0.1", port)], "master_name": "house"})
    await until_it_works(lambda: to_oneself(layer))
