"""The cache: one call for many askers, values for a while, and nobody harmed by who leaves."""

import asyncio
import threading

import pytest

from chat.errors import BadGateway
from chat.github.upstream.cache import Cache

LONG = 60.0


class Source:
    """Something that is asked: it counts the calls and answers when `open` is set."""

    def __init__(self) -> None:
        self.calls = 0
        self.cancelled = 0
        self.open = asyncio.Event()
        self.fails = False

    async def fetch(self) -> int:
        self.calls += 1
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails:
            raise BadGateway("GitHub is down.")
        return self.calls


@pytest.fixture
def cache() -> Cache[int]:
    return Cache(most_entries=3)


async def get(cache: Cache[int], source: Source, key: str = "key", seconds: float = LONG) -> int:
    return (await cache.get(key, source.fetch, seconds=seconds)).value


async def ask(cache: Cache[int], source: Source, count: int) -> "list[asyncio.Task[int]]":
    """`count` askers, all of them waiting."""
    askers = [asyncio.create_task(get(cache, source)) for _ in range(count)]
    await asyncio.sleep(0.01)
    return askers


async def test_a_hundred_askers_make_one_call(cache: Cache[int]) -> None:
    source = Source()
    askers = await ask(cache, source, 100)
    source.open.set()
    assert await asyncio.gather(*askers) == [1] * 100
    assert source.calls == 1


async def test_a_value_is_kept_for_its_time_only(cache: Cache[int]) -> None:
    source = Source()
    source.open.set()
    assert await get(cache, source) == 1
    assert await get(cache, source) == 1
    assert await get(cache, source, "brief", 0.01) == 2
    await asyncio.sleep(0.05)
    assert await get(cache, source, "brief", 0.01) == 3


async def test_a_value_tells_where_it_came_from_and_its_age(cache: Cache[int]) -> None:
    source = Source()
    askers = [asyncio.create_task(cache.get("key", source.fetch, seconds=LONG)) for _ in range(2)]
    source.open.set()
    for told in await asyncio.gather(*askers):
        assert (told.source, told.age) == ("live", 0)
    kept = await cache.get("key", source.fetch, seconds=LONG)
    await asyncio.sleep(0.01)
    later = await cache.get("key", source.fetch, seconds=LONG)
    assert (kept.source, later.source) == ("cache", "cache")
    assert later.age > kept.age


async def test_a_failure_reaches_all_who_waited_and_is_not_kept(cache: Cache[int]) -> None:
    source = Source()
    source.fails = True
    askers = await ask(cache, source, 3)
    source.open.set()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BadGateway] * 3
    source.fails = False
    assert await get(cache, source) == 2


async def test_one_who_leaves_takes_nothing_from_the_others(cache: Cache[int]) -> None:
    source = Source()
    first, second = await ask(cache, source, 2)
    first.cancel()
    await asyncio.sleep(0.01)
    source.open.set()
    assert await second == 1
    assert first.cancelled()


async def test_when_the_last_asker_leaves_the_call_is_cancelled_and_the_next_makes_a_new_one(
    cache: Cache[int],
) -> None:
    source = Source()
    for asker in await ask(cache, source, 2):
        asker.cancel()
    await asyncio.sleep(0)  # the askers have left, the call does not know yet
    next_asker = asyncio.create_task(get(cache, source))
    await asyncio.sleep(0.01)
    assert source.cancelled == 1
    source.open.set()
    assert await next_asker == 2


async def test_the_oldest_value_goes_first(cache: Cache[int]) -> None:
    source = Source()
    source.open.set()
    for key in ("a", "b", "c", "d"):
        await get(cache, source, key)
    assert await get(cache, source, "b") == 2
    assert await get(cache, source, "a") == 5


def test_values_serve_every_loop_and_thread(cache: Cache[int]) -> None:
    calls: list[str] = []

    async def fetch() -> int:
        calls.append(threading.current_thread().name)
        return 1

    def run() -> None:
        asyncio.run(cache.get("key", fetch, seconds=LONG))

    for _ in range(3):
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert len(calls) == 1
