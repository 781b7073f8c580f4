"""The thread that changes rows: one at a time, and another in its place when it died or hangs. Knows no database."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from chat.errors import Unavailable

logger = logging.getLogger(__name__)

# A transaction takes milliseconds; what takes this long holds up nobody else any further.
STUCK_SECONDS = 5.0
# Each thread that hangs keeps a connection; when so many hang, it is the database that does.
THREADS_MOST = 4

T = TypeVar("T")


class Writer:
    """Runs jobs one after the other. A job that hangs keeps its thread, and the next ones get another.

    That never harms what is written: the database's locks order the transactions of two threads as they do those
    of two processes. `at_end` is called by a thread that was replaced, when its job is done at last, and by one that
    dies: a transaction that it left open would lock out everybody after it.
    """

    def __init__(self, at_end: Callable[[], None]) -> None:
        self._at_end = at_end
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._threads: list[_Thread] = []
        self._lock = threading.Lock()

    def submit(self, function: Callable[[], T]) -> "Future[T]":
        """The function's result or error, once its turn has come; cancelled before that, it is not called."""
        job = _Job(function)
        self._jobs.put(job)
        self.look_after()
        return job.outcome

    def look_after(self) -> bool:
        """Put a thread in the place of one that died or hangs; False when too many hang for that."""
        with self._lock:
            if self._threads and self._threads[-1].is_well():
                return True
            self._threads = [thread for thread in self._threads if thread.is_alive() and not thread.dying]
            if len(self._threads) >= THREADS_MOST:
                return False
            self._replace()
            return True

    def _replace(self) -> None:
        if self._threads:
            logger.warning("The writer hangs; another takes its place.")
            self._threads[-1].retired = True
        thread = _Thread(self._jobs, self._at_end, self.look_after)
        self._threads.append(thread)
        thread.start()


class _Job:
    def __init__(self, function: Callable[[], Any]) -> None:
        self.outcome: Future[Any] = Future()
        self._function = function

    def run(self, dying: Callable[[], None]) -> None:
        """Never raises an error of the function; what ends the thread itself is told as Unavailable, after `dying`."""
        if not self.outcome.set_running_or_notify_cancel():
            return
        try:
            result = self._function()
        except Exception as error:
            self.outcome.set_exception(error)
        except BaseException:
            dying()
            self.outcome.set_exception(Unavailable("The writer was ended; try again.", retry_after=1))
            raise
        else:
            self.outcome.set_result(result)


class _Thread(threading.Thread):
    def __init__(
        self, jobs: "SimpleQueue[_Job]", at_end: Callable[[], None], look_after: Callable[[], object]
    ) -> None:
        # What hangs must not keep the process; what was acknowledged is written.
        super().__init__(name="chat-writer", daemon=True)
        self.retired = False
        # It takes no more jobs, though it may be alive for a moment.
        self.dying = False
        self._jobs = jobs
        self._at_end = at_end
        self._look_after = look_after
        self._busy_since: float | None = None

    def is_well(self) -> bool:
        since = self._busy_since
        return (
            not self.dying and self.is_alive() and (since is None or time.monotonic() - since < STUCK_SECONDS)
        )

    def run(self) -> None:
        try:
            while not self.retired:
                job = self._jobs.get()
                self._busy_since = time.monotonic()
                job.run(self._die)
                # The next wait must not keep the job's objects alive.
                del job
                self._busy_since = None
        finally:
            self._die()
            self._at_end()
            # A job may have come for it in its last moment.
            self._look_after()

    def _die(self) -> None:
        self.dying = True
