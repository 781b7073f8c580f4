"""What starts and ends with the server: the hub, the writer and the tasks that run beside them.

Daphne has no ASGI lifespan, so the server awaits the three moments of one itself (server.Lifespan).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from chat import database, hub


class ChatLifespan:
    """The hub of the server's loop, the writer, and background functions that run until cancelled."""

    def __init__(self, background: Sequence[Callable[[], Awaitable[None]]] = ()) -> None:
        self._background = background
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await hub.current()
        self._tasks = [asyncio.ensure_future(run()) for run in self._background]

    async def drain(self) -> None:
        await (await hub.current()).drain("restart")

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await database.flush()
        await hub.stop()
