"""Redis only hints: whatever happens to it, what was acknowledged is everywhere, once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis as Client

from tests.delivery.house import House
from tests.delivery.load import EVERYWHERE_WITHIN_S, Load
from tests.faults.lossy import LossyRedis
from tests.services.redis import Redis
from tests.wire import PATIENCE_S, Wire

Enter = Callable[..., None]

FROZEN_S = 20.0
FLUSHES = 5


async def test_redis_killed_and_restarted_under_load(two: House, redis: Redis, enter: Enter) -> None:
    async with Load(two, speakers=6, messages=60) as load:
        await load.reached(0.2)
        redis.kill()
        # Answered while Redis is away.
        await load.reached(0.5)
        redis.start()
        await load.done()
        enter("Redis killed and started again", await load.check_everywhere_once())


@pytest.mark.long
async def test_redis_killed_and_gone_for_good(two: House, redis: Redis, enter: Enter) -> None:
    async with Load(two, speakers=4, messages=30) as load:
        await load.reached(0.3)
        redis.kill()
        await load.done()
        enter("Redis killed for good", await load.check_everywhere_once())


async def test_redis_absent_from_the_start(
    new_house: Callable[..., House], tmp_path: Path, enter: Enter
) -> None:
    nowhere = {"REDIS_URL": f"unix://{tmp_path / 'nobody'}"}
    house = await asyncio.to_thread(new_house, servers=2, settings=nowhere)
    async with Load(house, speakers=4, messages=20) as load:
        await load.done()
        enter("Redis absent from the start", await load.check_everywhere_once(), await readiness(house))


async def test_redis_flushed_under_load(two: House, redis: Redis, enter: Enter) -> None:
    async with Load(two, speakers=4, messages=30) as load:
        for number in range(FLUSHES):
            await load.reached((number + 1) / (FLUSHES + 1))
            redis.flush()
        await load.done()
        enter(f"Redis flushed {FLUSHES} times", await load.check_everywhere_once())


async def test_a_redis_that_hangs_delays_no_answer(two: House, redis: Redis) -> None:
    async with Load(two, speakers=4, messages=30) as load:
        await load.reached(0.3)
        redis.hold()
        try:
            await load.done()
        finally:
            redis.let_go()
        await load.check_everywhere_once()


@pytest.mark.long
async def test_redis_frozen_for_twenty_seconds(two: House, redis: Redis, enter: Enter) -> None:
    async with Load(two, speakers=4, messages=None, pause_s=0.2) as load:
        await load.acknowledges(20)
        redis.hold()
        try:
            before = len(load.acknowledged)
            await asyncio.sleep(FROZEN_S)
            meanwhile = len(load.acknowledged) - before
            ready = await readiness(two)
        finally:
            redis.let_go()
        await load.acknowledges(20)
        await load.done()
        assert meanwhile > 0
        seen = await load.check_everywhere_once()
        enter("Redis frozen for 20 s", seen, f"{ready}, {meanwhile} acknowledged meanwhile")


async def readiness(house: House) -> str:
    """What /readyz says of the first server: Redis is missed, and the server takes messages all the same."""
    async with httpx.AsyncClient(base_url=house.urls[0], timeout=PATIENCE_S) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "degraded"})
    return "/readyz: degraded"


async def test_a_swallowed_last_hint_is_found_without_another(
    new_house: Callable[..., House], redis: Redis
) -> None:
    async with LossyRedis(redis.path.with_name("lossy.sock"), redis.path) as lossy:
        second = {"REDIS_URL": lossy.url}
        house = await asyncio.to_thread(new_house, servers=2, own={1: second})
        await the_last_message_arrives(house, lossy)
        await asyncio.to_thread(house.end)


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


async def test_a_hint_lost_with_the_subscribers_connection_is_found(two: House, redis: Redis) -> None:
    here, there = two.urls
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
