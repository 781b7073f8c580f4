"""What goes out: joined, bounded, and whoever waits learns what became of it."""

import asyncio
from typing import Any

import pytest
from channels.exceptions import ChannelFull
from redis.exceptions import RedisError, ResponseError

from chat.layer import link, losses, publisher
from tests.layer.conftest import PATIENCE_S, Make, allow_only, hear, until_it_works
from tests.layer.tap import Tap
from tests.services.redis import Redis
from tests.test_metrics import value

MANY = 200
A_KILOBYTE = b"x" * 1_000


def numbered(number: int) -> dict[str, Any]:
    return {"type": "numbered", "number": number, "body": A_KILOBYTE}


async def listening(layer: Any, group: str = "group") -> str:
    channel: str = await layer.new_channel()
    await layer.group_add(group, channel)
    return channel


async def test_what_is_published_at_once_shares_writes_and_keeps_its_order(ours: Make, redis: Redis) -> None:
    async with Tap(redis.path.with_name("tap.sock"), redis.path) as tap:
        layer, listener = ours(tap.url), ours(redis.url)
        channel = await listening(listener)
        await layer.group_send("group", numbered(0))
        tap.written.clear()
        await asyncio.gather(*(layer.group_send("group", numbered(n)) for n in range(1, MANY)))
        assert sum(chunk.count(b"PUBLISH") for chunk in tap.written) == MANY - 1
        assert len(tap.written) < MANY / 10
        assert [(await hear(listener, channel))["number"] for _ in range(MANY)] == list(range(MANY))


async def test_many_messages_go_to_many_groups_in_one_step(ours: Make) -> None:
    layer = ours()
    channels = {f"group {number}": await listening(layer, f"group {number}") for number in range(5)}
    await layer.group_send_all((group, {"type": "one", "for": group}) for group in channels)
    for group, channel in channels.items():
        assert await hear(layer, channel) == {"type": "one", "for": group, "group": group}


async def test_the_sender_learns_how_many_processes_heard(ours: Make) -> None:
    layer, other = ours(), ours()
    assert await layer.group_send("group", {"type": "one"}) == 0
    await listening(layer)
    await listening(layer)
    await listening(other)
    assert await layer.group_send("group", {"type": "one"}) == 2
    assert await layer.group_send_all([("group", {"type": "one"}), ("nobody's", {"type": "one"})]) == 2


async def test_only_whose_message_was_refused_hears_of_it(ours: Make, redis: Redis) -> None:
    await allow_only(redis, "&asgi__group__allowed*")
    layer = ours(redis.url)
    groups = ["allowed", "forbidden", "allowed too"]
    told = await asyncio.gather(
        *(layer.group_send(group, numbered(0)) for group in groups), return_exceptions=True
    )
    assert [type(one) for one in told] == [int, ResponseError, int]


async def test_without_redis_the_sender_is_told_and_later_it_works(ours: Make, redis: Redis) -> None:
    layer = ours(redis.url)
    await layer.group_send("group", numbered(0))
    redis.kill()
    for number in range(3):
        with pytest.raises((RedisError, OSError)):
            await layer.group_send("group", numbered(number))
    redis.start()
    await until_it_works(lambda: layer.group_send("group", numbered(4)))


async def test_a_redis_that_came_back_meanwhile_is_not_noticed(ours: Make, redis: Redis) -> None:
    layer = ours(redis.url)
    await layer.group_send("group", numbered(0))
    redis.kill()
    redis.start()
    await asyncio.sleep(0)
    await layer.group_send("group", numbered(1))


async def test_while_redis_hangs_the_oldest_messages_give_way(
    ours: Make, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "OUTBOX_MOST_BYTES", 10_000)
    layer, before = ours(redis.url), value('chat_channel_layer_dropped_total{where="outbox"}')
    channel = await listening(layer)
    await layer.group_send("group", numbered(0))
    redis.hold()
    under_way = asyncio.create_task(layer.group_send("group", numbered(1)))
    await asyncio.sleep(0.05)
    waiting = [asyncio.create_task(layer.group_send("group", numbered(n))) for n in range(2, 102)]
    await asyncio.sleep(0.05)
    redis.let_go()
    told = await asyncio.gather(under_way, *waiting, return_exceptions=True)
    dropped = [number for number, error in enumerate(told, start=1) if isinstance(error, ChannelFull)]
    assert 85 < len(dropped) < 100
    assert dropped == list(range(2, 2 + len(dropped)))
    assert value('chat_channel_layer_dropped_total{where="outbox"}') == before + len(dropped)
    heard = [(await hear(layer, channel))["number"] for _ in range(102 - len(dropped))]
    assert heard == [0, 1, *range(2 + len(dropped), 102)]


async def test_what_nobody_waits_for_any_more_is_not_sent(ours: Make, redis: Redis) -> None:
    layer = ours(redis.url)
    channel = await listening(layer)
    await layer.group_send("group", numbered(0))
    redis.hold()
    under_way = asyncio.create_task(layer.group_send("group", numbered(1)))
    await asyncio.sleep(0.05)
    given_up = asyncio.create_task(layer.group_send("group", numbered(2)))
    last = asyncio.create_task(layer.group_send("group", numbered(3)))
    await asyncio.sleep(0.05)
    given_up.cancel()
    await asyncio.wait([given_up])
    redis.let_go()
    await asyncio.gather(under_way, last)
    assert [(await hear(layer, channel))["number"] for _ in range(3)] == [0, 1, 3]


async def test_a_redis_that_does_not_answer_is_given_up_and_found_again(
    ours: Make, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = ours(redis.url)
    await layer.group_send("group", numbered(0))
    monkeypatch.setattr(publisher, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(link, "ANSWER_SECONDS", 0.1)
    redis.hold()
    async with asyncio.timeout(PATIENCE_S):
        for number in range(2):
            with pytest.raises(TimeoutError):
                await layer.group_send("group", numbered(number))
    redis.let_go()
    monkeypatch.undo()
    await until_it_works(lambda: layer.group_send("group", numbered(2)))


async def test_a_closed_layer_refuses_what_waits_and_can_be_used_again(ours: Make, redis: Redis) -> None:
    layer = ours(redis.url)
    await layer.group_send("group", numbered(0))
    redis.hold()
    waiting = [asyncio.create_task(layer.group_send("group", numbered(n))) for n in range(3)]
    await asyncio.sleep(0.05)
    await layer.flush()
    redis.let_go()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in told] == [ConnectionError] * 3
    await layer.group_send("group", numbered(4))


def test_losses_are_counted_each_and_told_seldom(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(losses, "_said", {})
    before = value('chat_channel_layer_dropped_total{where="inbox"}')
    for _ in range(50):
        losses.count(2, losses.INBOX)
    assert value('chat_channel_layer_dropped_total{where="inbox"}') == before + 100
    assert [record.getMessage() for record in caplog.records] == [
        "The channel layer's inbox is full, the oldest messages are dropped"
    ]
