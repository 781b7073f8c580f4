"""What one connection has at work: counted, bounded, answered before a restart, cancelled at its end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from chat.hub import Wire, tasks
from chat.limits import spend

# So many commands of one connection may be at work; then its next frame waits.
IN_FLIGHT_MOST = 64

# Why the next frame waits.
WELCOME, FULL, TOO_FAST = 1, 2, 4


class Work:
    """While anything holds it up no frame is begun: the wire is paused; where there is none, `room` waits."""

    __slots__ = ("_changed", "_count", "_held_up_by", "_tasks", "_token", "_wire", "settling")

    def __init__(self, wire: Wire | None) -> None:
        self.settling = False
        self._wire = wire
        # The reasons, added up.
        self._held_up_by = 0
        self._count = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._token: asyncio.TimerHandle | None = None
        self._changed: asyncio.Event | None = None

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Carry out a command beside the others, in a task of its own."""
        self.begin()
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def begin(self) -> None:
        """One more command is at work, until `done`."""
        self._count += 1
        if self._count == IN_FLIGHT_MOST:
            self.hold_up(FULL)

    def done(self) -> None:
        """It is answered."""
        self._count -= 1
        if self._count == IN_FLIGHT_MOST - 1:
            self.go_on(FULL)
        elif self._count == 0:
            self._tell()

    def pay(self, payer: object) -> None:
        """A frame is taken; the next one waits until the payer's bucket has a token for it."""
        if wait := spend("frame_of_all", payer):
            self.hold_up(TOO_FAST)
            if self._token is not None:
                self._token.cancel()
            self._token = asyncio.get_running_loop().call_later(wait, self.go_on, TOO_FAST)

    def hold_up(self, reason: int) -> None:
        """Begin nothing more until `go_on` with the same reason."""
        if not self._held_up_by and self._wire is not None:
            self._wire.pause()
        self._held_up_by |= reason

    def go_on(self, reason: int) -> None:
        self._held_up_by &= ~reason
        if not self._held_up_by:
            if self._wire is not None:
                self._wire.resume()
            self._tell()

    async def room(self) -> None:
        """Return when the next frame may be begun."""
        while self._held_up_by:
            await self._change()

    async def settle(self) -> None:
        """Begin nothing more, and return when everything at work is answered."""
        self.settling = True
        while self._count:
            await self._change()

    async def end(self) -> None:
        """Cancel what can be. What is with the writer already goes on, and its answer is not heard."""
        self.settling = True
        if self._token is not None:
            self._token.cancel()
        await tasks.end([*self._tasks])

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.done()

    async def _change(self) -> None:
        if self._changed is None:
            self._changed = asyncio.Event()
        self._changed.clear()
        await self._changed.wait()

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed.set()
