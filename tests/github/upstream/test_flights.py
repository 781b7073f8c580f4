"""Single flight: one call for many askers, and nobody harmed by who leaves."""

import asyncio

import pytest

from chat.errors import BadGateway
from chat.github.upstream.flights import Flights


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
def flights() -> Flights[int]:
    return Flights()


async def join(flights: Flights[int], source: Source, fresh: bool = False) -> int:
    return (await flights.join("key", source.fetch, fresh=fresh))[0]


async def ask(
    flights: Flights[int], source: Source, count: int, fresh: bool = False
) -> "list[asyncio.Task[int]]":
    """`count` askers, all of them waiting."""
    askers = [asyncio.create_task(join(flights, source, fresh)) for _ in range(count)]
    await asyncio.sleep(0)  # each has begun, in order
    return askers


async def test_a_hundred_askers_make_one_call(flights: Flights[int]) -> None:
    source = Source()
    askers = await ask(flights, source, 100)
    source.open.set()
    assert await asyncio.gather(*askers) == [1] * 100


async def test_only_the_one_who_made_the_call_is_told_so(flights: Flights[int]) -> None:
    source = Source()
    source.open.set()
    told = await asyncio.gather(*(flights.join("key", source.fetch) for _ in range(3)))
    assert [others for _, others in told] == [False, True, True]


async def test_another_key_is_another_call(flights: Flights[int]) -> None:
    source = Source()
    source.open.set()
    await asyncio.gather(*(flights.join(key, source.fetch) for key in ("a", "b")))
    assert source.calls == 2


async def test_who_wants_it_fresh_shares_the_next_call_not_the_one_under_way(flights: Flights[int]) -> None:
    source = Source()
    earlier = await ask(flights, source, 1)
    later = await ask(flights, source, 50, fresh=True)
    source.open.set()
    assert await asyncio.gather(*earlier) == [1]
    assert await asyncio.gather(*later) == [2] * 50


async def test_a_failure_reaches_all_who_waited_and_is_over(flights: Flights[int]) -> None:
    source = Source()
    source.fails = True
    askers = await ask(flights, source, 3)
    source.open.set()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BadGateway] * 3
    source.fails = False
    assert await join(flights, source) == 2


async def test_one_who_leaves_takes_nothing_from_the_others(flights: Flights[int]) -> None:
    source = Source()
    first, second = await ask(flights, source, 2)
    first.cancel()
    await asyncio.wait([first])
    source.open.set()
    assert await second == 1
    assert first.cancelled()


async def test_when_the_last_asker_leaves_the_call_is_cancelled_and_the_next_makes_a_new_one(
    flights: Flights[int],
) -> None:
    source = Source()
    askers = await ask(flights, source, 2)
    await asyncio.sleep(0)  # the call has begun, too
    for asker in askers:
        asker.cancel()
    await asyncio.wait(askers)
    [next_asker] = await ask(flights, source, 1)
    source.open.set()
    assert await next_asker == 2
    assert source.cancelled == 1
