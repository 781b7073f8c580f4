"""The only bridge from async code to the database: calls in threads, and group commit.

Readers run side by side; whatever changes rows goes through one writer thread (chat/writer.py) with a kept
connection, so that SQLite never waits for itself. No rule of the chat lives here.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from chat import metrics
from chat.errors import ChatError, Unavailable
from chat.writer import STUCK_SECONDS, Writer

logger = logging.getLogger(__name__)

# Reads wait for the disk, not for the interpreter; more threads than this only take turns.
READER_THREADS = 4
# A database that has not answered by then is reported as unavailable; the client repeats with its client id.
PATIENCE_SECONDS = 15.0
# Bounds one transaction: at 20,000 posts a second this is a tenth of a second.
BATCH_MOST = 2_000

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

_readers = ThreadPoolExecutor(READER_THREADS, "chat-reader")
_writer = Writer(at_end=connections.close_all)


async def call(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The function's result from a reader thread; raises its ChatError, or Unavailable without a database."""
    work = partial(_tidy, partial(function, *args, **kwargs))
    return await _answer(asyncio.get_running_loop().run_in_executor(_readers, work))


async def write(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same in the writer thread, in the caller's context: for functions that change rows."""
    with metrics.writer_queue.track_inprogress():
        return await _answer(_written(partial(copy_context().run, partial(function, *args, **kwargs))))


async def flush() -> None:
    """Return when everything handed to the writer by this loop so far is done."""
    for task in _batch_tasks():
        await asyncio.wait([task])
    await write(lambda: None)


async def close() -> None:
    """Close the connections that the threads keep; the next call opens new ones."""
    await flush()
    everyone = threading.Barrier(READER_THREADS)
    closing = [_readers.submit(_close_together, everyone) for _ in range(READER_THREADS)]
    await asyncio.gather(*map(asyncio.wrap_future, [*closing, _writer.submit(connections.close_all)]))


def _close_together(everyone: threading.Barrier) -> None:
    """Each job holds its thread until all threads hold one, so that none is passed over."""
    everyone.wait(PATIENCE_SECONDS)
    connections.close_all()


async def _answer(outcome: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await outcome
    except TimeoutError:
        raise _silent() from None
    except DatabaseError as error:
        logger.warning("The database refused: %s", _said(error))
        raise _away() from error


async def _written(function: Callable[[], T]) -> T:
    """The function's result from the writer; who gives up before its turn has come takes it back."""
    outcome = asyncio.wrap_future(_writer.submit(partial(_tidy, function)))
    try:
        while not (await asyncio.wait([outcome], timeout=STUCK_SECONDS))[0]:
            _writer.look_after()
        return outcome.result()
    finally:
        outcome.cancel()


def _tidy(function: Callable[[], T]) -> T:
    """Run in this thread, with Django's care for stale connections before and after."""
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()


class Batch(Generic[Item, Result]):
    """Group commit: the items that came while the last batch committed are given to `function` as one list.

    `function` runs one transaction in the writer thread and returns a result or a ChatError for each item, in
    order. A list that fails as a whole is run again item by item, so one bad item never fails its neighbours.
    """

    def __init__(self, function: Callable[[list[Item]], list[Result | ChatError]]) -> None:
        self._function = function
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue[Item, Result]] = WeakKeyDictionary()

    async def put(self, item: Item) -> Result:
        """The item's result after the commit; raises its ChatError."""
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        queue = self._queue(loop)
        outcome: asyncio.Future[Result] = loop.create_future()
        queue.add(item, outcome)
        try:
            with metrics.writer_queue.track_inprogress():
                async with asyncio.timeout(PATIENCE_SECONDS):
                    result = await outcome
        except TimeoutError:
            raise _silent() from None
        metrics.acknowledge_seconds.observe(time.perf_counter() - began)
        return result

    def _queue(self, loop: asyncio.AbstractEventLoop) -> "_Queue[Item, Result]":
        if loop not in self._queues:
            self._queues[loop] = _Queue(self._function)
            _everywhere.setdefault(loop, []).append(self._queues[loop])
        return self._queues[loop]


class _Queue(Generic[Item, Result]):
    """What waits on one loop for one batch; its task lives while something waits."""

    def __init__(self, function: Callable[[list[Item]], list[Result | ChatError]]) -> None:
        self._function = function
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self.task: asyncio.Task[None] | None = None

    def add(self, item: Item, outcome: asyncio.Future[Result]) -> None:
        self._waiting.append((item, outcome))
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and (self.task is None or self.task.done()):
            self.task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH_MOST], self._waiting[BATCH_MOST:]
            # Those that gave up while they waited were told so, and must not be carried out behind their back.
            batch = [(item, outcome) for item, outcome in batch if not outcome.done()]
            metrics.batch_posts.observe(len(batch))
            work = partial(_commit, self._function, [item for item, _ in batch])
            committed = asyncio.wrap_future(_writer.submit(partial(_tidy, work)))
            # Not a step of this task: what is committed is answered, whatever becomes of the task.
            committed.add_done_callback(partial(self._hand_out, batch))
            # The next batch waits for this one, unless it hangs: then another thread is free for the next.
            while not (await asyncio.wait([committed], timeout=STUCK_SECONDS))[0]:
                if _writer.look_after():
                    break
        # A task holds its loop, and what is kept for a loop must not hold it.
        self.task = None

    def _hand_out(
        self,
        batch: list[tuple[Item, asyncio.Future[Result]]],
        committed: asyncio.Future[list[Result | Exception]],
    ) -> None:
        if (error := committed.exception()) is not None:
            logger.error("The writer failed", exc_info=error)
        results = [_away() for _ in batch] if error is not None else committed.result()
        for (_, outcome), result in zip(batch, results, strict=True):
            _settle(outcome, result)
        self._go_on()


def _settle(outcome: asyncio.Future[Result], result: Result | Exception) -> None:
    if outcome.done():
        return
    if isinstance(result, Exception):
        outcome.set_exception(result)
    else:
        outcome.set_result(result)


def _commit(
    function: Callable[[list[Item]], list[Result | ChatError]], items: list[Item]
) -> list[Result | Exception]:
    """The results of the whole list, or of each item by itself when the whole fails."""
    if not items:
        return []
    try:
        results = _all_answered(function(items), len(items))
        return [*results]
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is not available: %s", _said(error))
        return [_away() for _ in items]
    except Exception as error:
        logger.warning(
            "A batch of %d failed as a whole and is run item by item: %s", len(items), _said(error)
        )
        alone: list[Result | ChatError] = [_commit_alone(function, item) for item in items]
        return [*alone]


def _commit_alone(
    function: Callable[[list[Item]], list[Result | ChatError]], item: Item
) -> Result | ChatError:
    """A second look settles a race with another process; what fails again was thought of by nobody."""
    try:
        return _all_answered(function([item]), 1)[0]
    except Exception:
        logger.exception("An item of a batch failed")
        return _away()


def _all_answered(results: list[T], count: int) -> list[T]:
    if len(results) != count:
        raise RuntimeError(f"A batch of {count} got {len(results)} answers")
    return results


def _said(error: Exception) -> str:
    """The error without the rows and queries that PostgreSQL shows below its first line: people wrote those."""
    return str(error).partition("\n")[0] or type(error).__name__


def _silent() -> Unavailable:
    metrics.database_unavailable.inc()
    return Unavailable("The database does not answer; try again.", retry_after=1)


def _away() -> Unavailable:
    metrics.database_unavailable.inc()
    return Unavailable("The database is not available; try again.", retry_after=1)


# By loop and gone with it: what `flush` waits for.
_everywhere: WeakKeyDictionary[asyncio.AbstractEventLoop, list[_Queue[Any, Any]]] = WeakKeyDictionary()


def _batch_tasks() -> list[asyncio.Task[None]]:
    tasks = [queue.task for queue in _everywhere.get(asyncio.get_running_loop(), [])]
    return [task for task in tasks if task is not None and not task.done()]
