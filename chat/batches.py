"""What waits on one loop for the writer: taken together, answered once each, in order. Knows no database."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from math import inf
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from chat import metrics
from chat.errors import ChatError, Unavailable
from chat.writer import STUCK_SECONDS, Writer

logger = logging.getLogger(__name__)

# Bounds one transaction: at 20,000 posts a second this is a tenth of a second.
BATCH_MOST = 2_000

Item = TypeVar("Item")
Result = TypeVar("Result")
# What an item is answered with.
Outcome: TypeAlias = Result | ChatError
# A list of items to their outcomes, in order, in the writer's thread.
Function: TypeAlias = Callable[[list[Item]], list[Outcome[Result]]]


class Call(NamedTuple):
    """Something to be called on a loop."""

    loop: asyncio.AbstractEventLoop
    function: Callable[[], object]


class _Here(threading.local):
    """What the batch at work in this thread has its loop told of, behind its answers."""

    calls: list[Call] | None = None


_here = _Here()


def tell(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> None:
    """Call the function on the loop, from any thread; from inside of a batch it is called behind the answers.

    So a batch wakes its loop once, and nobody hears of a post before its author has the reply. A loop that was
    closed is not told.
    """
    if _here.calls is not None:
        _here.calls.append(Call(loop, function))
    else:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(function)


def silent() -> Unavailable:
    metrics.database_unavailable.inc()
    return Unavailable("The database does not answer; try again.", retry_after=1)


def away() -> Unavailable:
    metrics.database_unavailable.inc()
    return Unavailable("The database is not available; try again.", retry_after=1)


class Waiting(Generic[Item, Result]):
    """An item that was handed over, until it is answered or given up."""

    __slots__ = ("_answer", "deadline", "item", "since")

    def __init__(
        self, item: Item, answer: Callable[[Outcome[Result]], None], since: float, deadline: float
    ) -> None:
        self.item = item
        self.since = since
        self.deadline = deadline
        self._answer: Callable[[Outcome[Result]], None] | None = answer

    @property
    def is_open(self) -> bool:
        return self._answer is not None

    def settle(self, outcome: Outcome[Result]) -> None:
        """Give the answer, if nobody did. What goes wrong there is nothing to the others of the batch."""
        answer = self._close()
        if answer is not None:
            _do(answer, outcome)

    def give_up(self) -> None:
        """Nobody waits for the answer any more; what has not begun is not carried out."""
        self._close()

    def _close(self) -> Callable[[Outcome[Result]], None] | None:
        answer, self._answer = self._answer, None
        return answer


class _Lot(Generic[Item, Result]):
    """What goes to the writer together."""

    def __init__(self, waiting: list[Waiting[Item, Result]]) -> None:
        self.waiting = waiting
        self.calls: list[Call] = []
        self.timer: asyncio.TimerHandle | None = None

    def carry_out(self, function: Function[Item, Result]) -> list[Outcome[Result]]:
        """In the writer's thread. Those that gave up were told so, and nothing is done behind their back."""
        self.waiting = [one for one in self.waiting if one.is_open]
        metrics.batch_posts.observe(len(self.waiting))
        _here.calls = self.calls
        try:
            return function([one.item for one in self.waiting]) if self.waiting else []
        finally:
            _here.calls = None


class Queue(Generic[Item, Result]):
    """What waits on one loop. It knows its loop only while something is with the writer, so it keeps none alive.

    There is one timer for those who wait, not one for each: nearly all are answered long before it rings.
    """

    def __init__(self, function: Function[Item, Result], writer: Writer) -> None:
        self._function = function
        self._writer = writer
        self._waiting: list[Waiting[Item, Result]] = []
        self._lots: list[_Lot[Item, Result]] = []
        # The next lot is about to be made, or comes when the one with the writer is done.
        self._busy = False
        self._rings_at = inf
        self._flushed: list[asyncio.Future[None]] = []

    def add(
        self, item: Item, answer: Callable[[Outcome[Result]], None], patience: float
    ) -> Waiting[Item, Result]:
        """Queue the item; without an outcome after `patience` seconds it is answered Unavailable."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        one: Waiting[Item, Result] = Waiting(item, answer, now, now + patience)
        self._waiting.append(one)
        self._ring_at(loop, one.deadline)
        if not self._busy:
            self._busy = True
            # In the next round: all that came in this one goes together.
            loop.call_soon(self._begin, loop)
        return one

    @property
    def unanswered(self) -> int:
        """How many wait for the writer or are with it."""
        everybody = [one for lot in [*self._lots] for one in lot.waiting] + self._waiting
        return sum(one.is_open for one in everybody)

    async def flush(self) -> None:
        """Return when nothing waits any more. What hangs is not waited for."""
        if self._busy:
            flushed = asyncio.get_running_loop().create_future()
            self._flushed.append(flushed)
            await flushed

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand the next lot to the writer, if anything waits."""
        self._busy = bool(self._waiting)
        if not self._busy:
            self._tell_flushed()
            return
        lot = _Lot(self._waiting[:BATCH_MOST])
        self._waiting = self._waiting[BATCH_MOST:]
        self._lots.append(lot)
        self._watch(loop, lot)
        work = self._writer.submit(partial(lot.carry_out, self._function))
        work.add_done_callback(partial(self._done, loop, lot))

    def _watch(self, loop: asyncio.AbstractEventLoop, lot: _Lot[Item, Result]) -> None:
        lot.timer = loop.call_later(STUCK_SECONDS, self._look_after, loop, lot)

    def _look_after(self, loop: asyncio.AbstractEventLoop, lot: _Lot[Item, Result]) -> None:
        """The next lot waits for this one, unless it hangs: then another thread is free for the next."""
        if not self._writer.look_after():
            self._watch(loop, lot)
            return
        lot.timer = None
        self._begin(loop)

    def _done(
        self,
        loop: asyncio.AbstractEventLoop,
        lot: _Lot[Item, Result],
        work: Future[list[Outcome[Result]]],
    ) -> None:
        """In the writer's thread."""
        tell(loop, partial(self._hand_out, loop, lot, work))

    def _hand_out(
        self,
        loop: asyncio.AbstractEventLoop,
        lot: _Lot[Item, Result],
        work: Future[list[Outcome[Result]]],
    ) -> None:
        """The answers, then what the others are told of, in one call of the loop."""
        self._lots.remove(lot)
        if (error := work.exception()) is not None:
            logger.error("The writer failed", exc_info=error)
        outcomes = [away() for _ in lot.waiting] if error is not None else work.result()
        answered = [*zip(lot.waiting, outcomes, strict=True)]
        now = loop.time()
        metrics.acknowledge_seconds.observe(
            [
                now - one.since
                for one, outcome in answered
                if one.is_open and not isinstance(outcome, ChatError)
            ]
        )
        for one, outcome in answered:
            one.settle(outcome)
        for call in lot.calls:
            if call.loop is loop:
                _do(call.function)
            else:
                tell(*call)
        if lot.timer is not None:
            lot.timer.cancel()
            self._begin(loop)

    def _ring_at(self, loop: asyncio.AbstractEventLoop, moment: float) -> None:
        if moment < self._rings_at:
            self._rings_at = moment
            loop.call_at(moment, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer those who waited for too long, and wait for the next of them."""
        now, self._rings_at = loop.time(), inf
        everybody = [one for lot in self._lots for one in lot.waiting] + self._waiting
        for one in everybody:
            if one.is_open and one.deadline <= now:
                one.settle(silent())
        self._waiting = [one for one in self._waiting if one.is_open]
        self._ring_at(loop, min((one.deadline for one in everybody if one.is_open), default=inf))

    def _tell_flushed(self) -> None:
        for flushed in self._flushed:
            if not flushed.done():
                flushed.set_result(None)
        self._flushed = []


def _do(function: Callable[..., Any], *args: Any) -> None:
    try:
        function(*args)
    except Exception:
        logger.exception("What follows a commit failed")
