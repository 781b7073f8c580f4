"""Redis only hints: whatever happens to it, what was acknowledged is everywhere, once."""

import asyncio

from redis.asyncio import Redis as Client

from tests.delivery.house import House
from tests.delivery.load import EVERYWHERE_WITHIN_S, Load
from tests.delivery.lossy import LossyRedis
from tests.services.redis import Redis
from tests.wire import Wire


async def test_redis_killed_and_restarted_under_load(house: House, redis: Redis) -> None:
    async with Load(house, speakers=6, messages=60) as load:
        await load.reached(0.2)
        redis.kill()
        before = len(load.acknowledged)
        await load.reached(0.5)
        assert len(load.acknowledged) > before, "nobody was answered while Redis was away"
        redis.start()
        await load.done()
        await load.check_everywhere_once()


async def test_redis_killed_and_gone_for_good(house: House, redis: Redis) -> None:
    async with Load(house, speakers=4, messages=30) as load:
        await load.reached(0.3)
        redis.kill()
        await load.done()
        await load.check_everywhere_once()


async def test_a_redis_that_hangs_delays_no_answer(house: House, redis: Redis) -> None:
    async with Load(house, speakers=4, messages=30) as load:
        await load.reached(0.3)
        redis.hold()
        try:
            await load.done()
        finally:
            redis.let_go()
        await load.check_everywhere_once()


async def test_a_swallowed_last_hint_is_found_without_another(
    installation: dict[str, str], redis: Redis
) -> None:
    async with LossyRedis(redis.path.with_name("lossy.sock"), redis.path) as lossy:
        settings = {**installation, "REDIS_URL": redis.url}
        house = await asyncio.to_thread(House, settings, second={"REDIS_URL": lossy.url})
        try:
            await the_last_message_arrives(house, lossy)
        finally:
            await asyncio.to_thread(house.__exit__, None, None, None)


async def the_last_message_arrives(house: House, lossy: LossyRedis) -> None:
    here, there = house.urls
    async with await Wire.connect(here) as alice, await Wire.connect(there) as bob:
        for wire in (alice, bob):
            await wire.subscribe("lobby")
        await alice.ask("send", room="lobby", text="heard", client_id="heard")
        await bob.event("message")
        lossy.losing = True
        sent = await alice.ask("send", room="lobby", text="the last", client_id="last")
        async with asyncio.timeout(EVERYWHERE_WITHIN_S):
            arrived = await bob.event("message")
        assert lossy.lost > 0, "the hint was not swallowed, so nothing was shown"
        assert arrived["message"]["id"] == sent["message_id"]
        assert bob.views["lobby"].texts() == ["heard", "the last"]


async def test_a_hint_lost_with_the_subscribers_connection_is_found(house: House, redis: Redis) -> None:
    here, there = house.urls
    async with await Wire.connect(here) as alice, await Wire.connect(there) as bob:
        for wire in (alice, bob):
            await wire.subscribe("lobby")
        for number in range(5):
            async with Client.from_url(redis.url) as client:
                await client.client_kill_filter(_type="pubsub")
            await alice.ask("send", room="lobby", text=f"{number}", client_id=f"{number}")
        async with asyncio.timeout(EVERYWHERE_WITHIN_S):
            await bob.until(lambda: len(bob.views["lobby"].messages) == 5)
        assert bob.views["lobby"].texts() == ["0", "1", "2", "3", "4"]
