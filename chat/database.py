"""The only bridge from async code to the database: calls in threads, and group commit.

Readers run side by side; whatever changes rows goes through one writer thread (chat/writer.py) with a kept
connection, so that SQLite never waits for itself. No rule of the chat lives here.
"""

import asyncio
import logging
import select
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakKeyDictionary, ref

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connections

from chat import metrics
from chat.batches import Queue, away, silent
from chat.errors import ChatError
from chat.writer import STUCK_SECONDS, Writer

logger = logging.getLogger(__name__)

# Reads wait for the disk, not for the interpreter; more threads than this only take turns.
READER_THREADS = 4
# A database that has not answered by then is reported as unavailable; the client repeats with its client id.
PATIENCE_SECONDS = 15.0

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
    work = partial(copy_context().run, partial(function, *args, **kwargs))
    _writes.add(work)
    try:
        return await _answer(_written(work))
    finally:
        _writes.discard(work)


async def flush() -> None:
    """Return when everything handed to the writer by this loop so far is done."""
    for queue in _everywhere.get(asyncio.get_running_loop(), []):
        await queue.flush()
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
        raise silent() from None
    except DatabaseError as error:
        logger.warning("The database refused: %s", _said(error))
        raise away() from error


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
    _close_ended()
    _close_broken()
    try:
        return function()
    finally:
        _close_broken()


def _close_broken() -> None:
    """As close_old_connections does, but the few threads here keep theirs, also where pages give it back to a pool.

    To take one and give it back costs as much as a statement, each time.
    """
    for connection in connections.all(initialized_only=True):
        connection.close_at = None
        connection.close_if_unusable_or_obsolete()


def _close_ended() -> None:
    """Drop a kept connection that PostgreSQL ended while nothing was asked, as a restart does, before it fails anybody.

    PostgreSQL said so on the socket, where between two statements nothing comes otherwise: to look costs no round trip.
    What waits in the pool most likely was ended with it. The pool looks at one when it lends it, but rests longer and
    longer between those that it finds dead, so it is made to look at all of them now.
    """
    everything: Sequence[Any] = connections.all(initialized_only=True)
    for connection in everything:
        if connection.vendor == "postgresql" and _has_ended(connection):
            connection.close()
            connection.pool.check()


def _has_ended(connection: Any) -> bool:
    """What is heard may also be a notice, so a connection that is not silent is asked."""
    kept = connection.connection
    if kept is None:
        return False
    return (kept.closed or _is_heard(kept.fileno())) and not connection.is_usable()


def _is_heard(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


class Batch(Generic[Item, Result]):
    """Group commit: the items that came while the last batch committed are given to `function` as one list.

    `function` runs one transaction in the writer thread and returns a result or a ChatError for each item, in
    order. A list that fails as a whole is run again item by item, so one bad item never fails its neighbours.
    """

    def __init__(self, function: Callable[[list[Item]], list[Result | ChatError]]) -> None:
        self._function = function
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, Queue[Item, Result]] = WeakKeyDictionary()
        # The one asked for last: the dictionary takes its time, and a server has one loop.
        self._latest: tuple[Callable[[], asyncio.AbstractEventLoop | None], Queue[Item, Result]] | None = None

    def submit(self, item: Item, answer: Callable[[Result | ChatError], None]) -> None:
        """Have the item carried out; `answer` is called once, on the running loop, after the commit.

        The answers of a batch come together, in the order of their items. What waited for PATIENCE_SECONDS is
        answered Unavailable, and is not carried out if it had not begun.
        """
        self._queue().add(item, answer, PATIENCE_SECONDS)

    async def put(self, item: Item) -> Result:
        """The item's result after the commit; raises its ChatError. Cancelled before its turn it is not carried out."""
        outcome: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        waiting = self._queue().add(item, partial(_settle, outcome), PATIENCE_SECONDS)
        try:
            return await outcome
        finally:
            waiting.give_up()

    def _queue(self) -> Queue[Item, Result]:
        loop, latest = asyncio.get_running_loop(), self._latest
        if latest is not None and latest[0]() is loop:
            return latest[1]
        queue = self._queues.get(loop)
        if queue is None:
            queue = self._queues[loop] = Queue(self._carry_out, _writer)
            _everywhere.setdefault(loop, []).append(queue)
        self._latest = (ref(loop), queue)
        return queue

    def _carry_out(self, items: list[Item]) -> list[Result | ChatError]:
        return _tidy(partial(_commit, self._function, items))


def _settle(outcome: asyncio.Future[Result], result: Result | ChatError) -> None:
    if outcome.done():
        return
    if isinstance(result, ChatError):
        outcome.set_exception(result)
    else:
        outcome.set_result(result)


def _commit(
    function: Callable[[list[Item]], list[Result | ChatError]], items: list[Item]
) -> list[Result | ChatError]:
    """The results of the whole list, or of each item by itself when the whole fails."""
    try:
        return _all_answered(function(items), len(items))
    except (OperationalError, InterfaceError) as error:
        logger.warning("The database is not available: %s", _said(error))
        return [away() for _ in items]
    except Exception as error:
        logger.warning(
            "A batch of %d failed as a whole and is run item by item: %s", len(items), _said(error)
        )
        return [_commit_alone(function, item) for item in items]


def _commit_alone(
    function: Callable[[list[Item]], list[Result | ChatError]], item: Item
) -> Result | ChatError:
    """A second look settles a race with another process; what fails again was thought of by nobody."""
    try:
        return _all_answered(function([item]), 1)[0]
    except Exception:
        logger.exception("An item of a batch failed")
        return away()


def _all_answered(results: list[T], count: int) -> list[T]:
    if len(results) != count:
        raise RuntimeError(f"A batch of {count} got {len(results)} answers")
    return results


def _said(error: Exception) -> str:
    """The error without the rows and queries that PostgreSQL shows below its first line: people wrote those."""
    return str(error).partition("\n")[0] or type(error).__name__


# By loop and gone with it: what `flush` waits for.
_everywhere: WeakKeyDictionary[asyncio.AbstractEventLoop, list[Queue[Any, Any]]] = WeakKeyDictionary()
# Changes outside of batches that are not answered yet.
_writes: set[Callable[[], object]] = set()


def _unanswered() -> int:
    queues = [queue for queues in [*_everywhere.values()] for queue in queues]
    return len(_writes) + sum(queue.unanswered for queue in queues)


metrics.writer_queue.set_function(_unanswered)
