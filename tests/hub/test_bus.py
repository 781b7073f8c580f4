"""The hub's link to the channel layer: what is wanted is joined, what is published arrives, whatever Redis does."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis as Client

from chat.hub.bus import Bus
from chat.hub.hints import (
    PEOPLE_GROUP,
    Hint,
    Item,
    MembershipsChanged,
    Passing,
    PeopleHere,
    PersonChanged,
    PersonHere,
    SessionsChanged,
    from_layer,
    group_of,
    to_layer,
)
from chat.layer import ChatChannelLayer
from tests.hub.listener import until
from tests.services.redis import Redis

GROUPS = [f"chat_{number}" for number in range(1_000)]
MANY = 300


@asynccontextmanager
async def started(redis: Redis) -> AsyncIterator[tuple[Bus, list[Item]]]:
    """A bus on a Redis of its own, and the items of others that came to it."""
    heard: list[Item] = []

    def take(message: dict[str, Any]) -> None:
        if message["origin"] != bus.origin:
            heard.extend(from_layer(message))

    bus = Bus(take)
    bus._layer = ChatChannelLayer(hosts=[redis.url])
    bus.start()
    try:
        yield bus, heard
    finally:
        await bus.stop()


async def joined(redis: Redis) -> int:
    async with Client.from_url(redis.url) as client:
        return sum(b"__group__" in name for name in await client.pubsub_channels())


async def test_a_thousand_rooms_wanted_at_once_are_joined_together(redis: Redis) -> None:
    async with started(redis) as (bus, _):
        events = [bus.want(group) for group in GROUPS]
        await asyncio.gather(*(event.wait() for event in events))
        assert await joined(redis) == len(GROUPS)
        async with Client.from_url(redis.url) as client:
            assert (await client.info("commandstats"))["cmdstat_subscribe"]["calls"] < 10


async def test_a_group_is_left_when_nobody_wants_it_any_more(redis: Redis) -> None:
    async with started(redis) as (bus, _):
        for _ in range(2):
            await bus.want("chat_1").wait()
        await bus.want("chat_2").wait()
        bus.forget("chat_1")
        bus.forget("chat_2")
        async with asyncio.timeout(20):
            while await joined(redis) != 1:
                await asyncio.sleep(0.01)
        bus.forget("chat_1")
        again = bus.want("chat_1")
        await again.wait()
        assert await joined(redis) == 1


async def test_what_one_publishes_the_others_hear_in_its_order(redis: Redis) -> None:
    async with started(redis) as (here, own), started(redis) as (there, heard):
        items: list[Item] = [Hint(1 + number % 2, number, number - 1, "{}") for number in range(MANY)]
        items += [Passing("user.5", "{}", only_users=[1, 2], after=3), SessionsChanged(5, ended="key")]
        items += [MembershipsChanged(5, gained=1), PersonChanged(5, "bob", hides_presence=True)]
        for bus, group in itertools.product((here, there), {group_of(item) for item in items}):
            await bus.want(group).wait()
        for item in items:
            here.publish(item)
        await until(lambda: len(heard) == len(items))
        assert own == []
        for room_id in (1, 2):
            hints = [item for item in heard if isinstance(item, Hint) and item.room_id == room_id]
            assert hints == [item for item in items if isinstance(item, Hint) and item.room_id == room_id]
        # Groups cross each other: within one of them the order is kept.
        assert {repr(item) for item in heard if not isinstance(item, Hint)} == set(map(repr, items[MANY:]))


async def test_redis_may_come_after_the_bus_and_go_and_come(redis: Redis) -> None:
    redis.kill()
    async with started(redis) as (here, _), started(redis) as (there, heard):
        joined = there.want("chat_1")
        here.publish(Hint(1, 1, 0, "{}"))
        await until(lambda: here.degraded)
        for seq in (2, 3):
            redis.start()
            await joined.wait()
            await until_it_arrives(here, heard, Hint(1, seq, seq - 1, "{}"))
            assert not here.degraded
            redis.kill()
            assert not await here.answers()


async def until_it_arrives(bus: Bus, heard: list[Item], item: Item) -> None:
    async with asyncio.timeout(20):
        while item not in heard:
            bus.publish(item)
            await asyncio.sleep(0.05)


def test_items_come_out_as_they_went_in() -> None:
    items: list[Item] = [
        Hint(1, 2, 1, "{}", plain="é", expelled=3, reason="left", recheck=True, sent_at=1.5),
        PeopleHere("origin", [PersonHere(1, "online", [1, 2])], whole=True, asking=True),
        PeopleHere("origin", []),
    ]
    message = to_layer(items, "origin")
    assert message["type"] == "chat.items"
    assert message["origin"] == "origin"
    assert from_layer(message) == items


@pytest.mark.parametrize(
    "items", [b"", b"\xc1", b"\x91\x81\xa4type\xa5Other", b"\x91\x81\xa4type\xa4Hint", "text", None]
)
def test_what_is_no_item_is_refused(items: object) -> None:
    with pytest.raises((msgspec.DecodeError, TypeError)):
        from_layer({"items": items})
    with pytest.raises(KeyError):
        from_layer({})


async def test_one_bad_message_does_not_end_the_receiving(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    async with started(redis) as (here, _), started(redis) as (there, heard):
        await there.want("chat_1").wait()
        for items in (b"\xc1", None):
            await here._layer.group_send("chat_1", {"type": "chat.items", "origin": "", "items": items})
        here.publish(Hint(1, 1, 0, "{}"))
        await until(lambda: heard == [Hint(1, 1, 0, "{}")])
    assert sum("was refused" in record.getMessage() for record in caplog.records) == 2


async def test_hints_that_nobody_would_hear_are_not_sent(redis: Redis) -> None:
    async with started(redis) as (here, _), Client.from_url(redis.url) as client, client.pubsub() as listener:
        await listener.subscribe("asgi__group__chat_1", f"asgi__group__{PEOPLE_GROUP}")
        await here.want(PEOPLE_GROUP).wait()
        here._listening = 1
        here.publish(Hint(1, 1, 0, "{}"))
        here.publish(PeopleHere(here.origin, []))
        assert await next_items(here, listener) == [PeopleHere(here.origin, [])]
        # This listener is a second one.
        await until(lambda: here._listening == 2)
        here.publish(Hint(1, 2, 1, "{}"))
        assert await next_items(here, listener) == [Hint(1, 2, 1, "{}")]


async def next_items(bus: Bus, listener: Any) -> list[Item]:
    async with asyncio.timeout(20):
        while (message := await listener.get_message(ignore_subscribe_messages=True, timeout=1)) is None:
            pass
    return from_layer(bus._layer.deserialize(message["data"]))


async def test_who_is_alone_is_so_until_another_process_says_a_word(redis: Redis) -> None:
    async with started(redis) as (here, _):
        await here.want(PEOPLE_GROUP).wait()
        here.publish(PeopleHere(here.origin, [], asking=True))
        await until(lambda: here._alone)
        async with started(redis) as (there, heard):
            await there.want("chat_1").wait()
            there.publish(PeopleHere(there.origin, [], asking=True))
            await until(lambda: not here._alone)
            here.publish(Hint(1, 1, 0, "{}"))
            await until(lambda: len(heard) == 1)


async def test_who_cannot_reach_redis_does_not_know_that_it_is_alone(redis: Redis) -> None:
    async with started(redis) as (here, _):
        await here.want(PEOPLE_GROUP).wait()
        here.publish(PeopleHere(here.origin, []))
        await until(lambda: here._alone)
        redis.kill()
        assert not await here.answers()
        assert not here._alone
