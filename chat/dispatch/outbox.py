"""Frames on their way to one ASGI `send`: in order, one at a time, bounded.

For servers that give a connection no wire. It must not know what the frames say.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from chat.hub import tasks
from chat.limits import PENDING_BYTES

logger = logging.getLogger(__name__)

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]


class Outbox:
    """Of one connection. `failed` is told that a frame did not go out, and gives the code to close with."""

    def __init__(self, send: AsgiSend, failed: Callable[[], int]) -> None:
        # Called when the reader is too far behind, after what waited was dropped; whoever sends sets it.
        self.overflowed: Callable[[], None] = lambda: None
        self._failed = failed
        self._send = send
        self._messages: deque[dict[str, Any]] = deque()
        self._pending = 0
        self._writer: asyncio.Task[None] | None = None

    @property
    def pending(self) -> int:
        """Characters handed over and not written yet; what a slow reader is judged by."""
        return self._pending

    def put(self, text: str) -> None:
        """Send a text frame behind the others."""
        # What waits already decides: one page of long texts may be larger than the bound by itself.
        if self._pending > PENDING_BYTES:
            self._messages.clear()
            self.overflowed()
            return
        self._pending += len(text)
        self._put({"type": "websocket.send", "text": text})

    def close(self, code: int, reason: str) -> None:
        """Close behind what waits."""
        self._put({"type": "websocket.close", "code": code, "reason": reason})

    async def settle(self) -> None:
        """Return when everything is written."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])

    async def end(self) -> None:
        """The socket is gone: nothing more is sent."""
        self._messages.clear()
        if self._writer is not None:
            await tasks.end([self._writer])

    def _put(self, message: dict[str, Any]) -> None:
        self._messages.append(message)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._messages:
            message = self._messages.popleft()
            try:
                await self._send(message)
            except Exception as error:  # Servers raise each their own error for a peer that has gone.
                logger.debug("A connection is gone: %s", error)
                await self._give_up()
                return
            self._pending -= len(message.get("text", ""))

    async def _give_up(self) -> None:
        """A frame did not go out, so none may follow it: the client comes back and resumes."""
        code = self._failed()
        self._messages.clear()
        with contextlib.suppress(Exception):  # Mostly there is nobody left to hear it.
            await self._send({"type": "websocket.close", "code": code, "reason": "Resume."})
