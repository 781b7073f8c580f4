"""The governor: cool-downs that are kept, and as many calls at once as GitHub bears."""

import asyncio
import time

import pytest

from chat.errors import RateLimited
from chat.github.upstream import governor
from chat.github.upstream.governor import ANSWERS_FOR_ONE_MORE, Governor, governor_of, resting
from chat.github.upstream.places import Places
from chat.github.upstream.verdicts import Limited


def refuse(
    one: Governor, seconds: float | None = 0.0, *, hourly: bool = False, called_at: float | None = None
) -> None:
    one.limited(Limited(seconds, hourly=hourly), time.monotonic() if called_at is None else called_at)


def praise(one: Governor, times: int) -> None:
    for _ in range(times):
        one.heed({})


def test_without_a_word_of_github_calls_may_be_made() -> None:
    one = Governor()
    one.check()
    assert (one.width, one.rests_for) == (10, 0)


def test_a_limit_is_a_cool_down_for_as_long_as_github_says() -> None:
    one = Governor()
    refuse(one, 90)
    with pytest.raises(RateLimited) as error:
        one.check()
    assert error.value.retry_after == pytest.approx(90, abs=20)


def test_a_shorter_limit_does_not_end_a_longer_one() -> None:
    one = Governor()
    refuse(one, 900)
    refuse(one, 1)
    assert one.rests_for > 800


def test_limits_without_a_time_are_twice_as_long_each_time_until_an_answer_comes() -> None:
    one = Governor()
    waits = []
    for _ in range(3):
        refuse(one, None)
        waits.append(one.rests_for)
    assert waits == pytest.approx([60, 120, 240], abs=20)
    for _ in range(20):
        refuse(one, None)
    assert one.rests_for <= 3600
    another = Governor()
    refuse(another, None)
    praise(another, 1)
    refuse(another, None)
    assert another.rests_for == pytest.approx(60, abs=20)


def test_the_last_call_of_the_hour_is_noticed_before_github_has_to_refuse() -> None:
    one = Governor()
    one.heed({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 300)})
    assert one.rests_for == pytest.approx(300, abs=20)


def test_the_end_of_another_budget_is_none_of_this_one() -> None:
    one = Governor()
    soon = str(int(time.time()) + 300)
    one.heed({"x-ratelimit-remaining": "0", "x-ratelimit-reset": soon, "x-ratelimit-resource": "search"})
    assert one.rests_for == 0


def test_a_secondary_limit_halves_the_calls_at_once_and_good_answers_bring_them_back() -> None:
    one = Governor()
    refuse(one)
    assert one.width == 5
    for _ in range(5):
        refuse(one)
    assert one.width == 1
    praise(one, ANSWERS_FOR_ONE_MORE + 1)
    assert one.width == 2
    praise(one, 20 * ANSWERS_FOR_ONE_MORE)
    assert one.width == 10


def test_calls_that_were_refused_together_halve_once() -> None:
    one = Governor()
    began = time.monotonic()
    for _ in range(10):
        refuse(one, called_at=began)
    assert one.width == 5


def test_the_hourly_limit_says_nothing_about_how_many_at_once() -> None:
    one = Governor()
    refuse(one, 10, hourly=True)
    assert one.width == 10


def test_each_credential_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(governor_of(("api", "one")), 60)
    governor_of(("api", "two")).check()
    assert list(resting()) == [("api", "one")]
    monkeypatch.setattr(governor, "MOST_CREDENTIALS", 2)
    for number in range(3):
        governor_of(("api", f"new {number}"))
    assert resting() == {}


class Crowd:
    """Askers who take a place and stay until they are sent away."""

    def __init__(self, places: Places, count: int) -> None:
        self.inside = 0
        self.leave = asyncio.Semaphore(0)
        self._tasks = [asyncio.create_task(self._visit(places)) for _ in range(count)]

    async def _visit(self, places: Places) -> None:
        async with places.taken():
            self.inside += 1
            try:
                await self.leave.acquire()
            finally:
                self.inside -= 1

    async def send_away(self, count: int) -> None:
        for _ in range(count):
            self.leave.release()
        await self.settle()

    async def settle(self) -> None:
        """Everybody has gone as far as they can."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


async def test_a_narrower_width_holds_for_those_who_wait_already() -> None:
    one = Governor()
    crowd = Crowd(Places(one), 100)
    await crowd.settle()
    assert crowd.inside == 10
    refuse(one)
    await crowd.send_away(5)
    assert crowd.inside == 5
    await crowd.send_away(5)
    assert crowd.inside == 5
    praise(one, 20 * ANSWERS_FOR_ONE_MORE)
    await crowd.send_away(1)
    assert crowd.inside == 10
    await crowd.end()


async def test_a_narrower_width_holds_for_places_that_were_free() -> None:
    one = Governor()
    places = Places(one)
    async with places.taken():
        refuse(one)
    crowd = Crowd(places, 20)
    await crowd.settle()
    assert crowd.inside == 5
    await crowd.end()


async def test_who_gives_up_waiting_leaves_the_place_to_the_next() -> None:
    places = Places(Governor())
    crowd = Crowd(places, 30)
    await crowd.settle()
    await crowd.end()
    again = Crowd(places, 30)
    await again.settle()
    assert (again.inside, places.users) == (10, 30)
    await again.end()
    assert places.users == 0
