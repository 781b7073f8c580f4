"""Work in line: bounded, one at a time for each key, and once more for what came meanwhile."""

import asyncio
from collections import Counter

import pytest

from chat.errors import Unavailable
from chat.github.cards.line import Line
from tests.github.asking import until


class Bench:
    """Counts what is done, and holds it until it is let go."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.busy: Counter[str] = Counter()
        self.most_at_once = 0
        self.open = asyncio.Event()

    async def work(self, key: str) -> None:
        self.busy[key] += 1
        assert self.busy[key] == 1, "never twice at the same time"
        self.most_at_once = max(self.most_at_once, self.busy.total())
        try:
            await self.open.wait()
            if key == "bad":
                raise Unavailable("not now")
            if key == "broken":
                raise ValueError(key)
        finally:
            self.busy[key] -= 1
            self.done[key] += 1


async def test_what_comes_many_times_is_done_once_and_once_more() -> None:
    bench = Bench()
    line = Line(bench.work, at_once=2, most=100)
    line.add("a")
    await until(lambda: bench.busy["a"] == 1)
    for _ in range(50):
        line.add("a")
    bench.open.set()
    await until(lambda: bench.done["a"] == 2)
    await asyncio.sleep(0)
    assert bench.done == {"a": 2}


async def test_only_so_many_are_done_at_once_and_so_many_wait() -> None:
    bench = Bench()
    line = Line(bench.work, at_once=3, most=5)
    for number in range(20):
        line.add(f"{number}")
    await until(lambda: bench.busy.total() == 3)
    bench.open.set()
    await until(lambda: bench.done.total() == 8)
    assert bench.most_at_once == 3


async def test_a_failure_holds_up_nothing(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    line = Line(bench.work, at_once=1, most=10)
    for key in ("bad", "broken", "good"):
        line.add(key)
    bench.open.set()
    await until(lambda: bench.done["good"] == 1)
    assert "The card broken could not be seen to" in caplog.text


async def test_at_the_end_nothing_more_is_begun() -> None:
    bench = Bench()
    line = Line(bench.work, at_once=1, most=10)
    line.add("a")
    line.add("b")
    [left] = line.end()
    line.add("c")
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    await asyncio.sleep(0)
    assert set(bench.done) <= {"a"}
