"""One socket, as hub and commands see it: frames go out in order, bounded; commands in flight are counted."""

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from chat.auth import Visitor
from chat.hub import Credential, RoomFeed, tasks
from chat.protocol.closes import Close

logger = logging.getLogger(__name__)

# A reader that is this far behind is cut: the others must not pay for it, and it can resume.
PENDING_BYTES = 1 << 20
# So many commands of one connection may be at work; then its next frame waits.
IN_FLIGHT_MOST = 64

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]


class Connection:
    """Implements `chat.hub.Connection` over an ASGI send."""

    def __init__(self, visitor: Visitor, send: AsgiSend, *, plain: bool, real_closes: bool) -> None:
        self.visitor = visitor
        self.plain = plain
        # Tells the connections of one person apart.
        self.name = secrets.token_hex(8)
        self.idle = False
        self.rooms: dict[int, RoomFeed] = {}
        # The room of the URL, for commands that name none.
        self.default_room: str | None = None
        # One change of subscriptions at a time, so that an unsubscribe never overtakes its subscribe.
        self.subscribing = asyncio.Lock()
        # By room slug: when typing was last passed on.
        self.typed_at: dict[str, float] = {}
        self.closed = False
        # Why this side closed it, if it did.
        self.close_code: Close | None = None
        self._send = send
        self._real_closes = real_closes
        self._outbox: deque[dict[str, Any]] = deque()
        self._pending = 0
        self._writer: asyncio.Task[None] | None = None
        self._in_flight: set[asyncio.Task[None]] = set()
        self._room_to_work = asyncio.Semaphore(IN_FLIGHT_MOST)
        self._settling = False

    @property
    def user_id(self) -> int | None:
        return self.visitor.user.pk if self.visitor.user else None

    @property
    def hidden(self) -> bool:
        return self.visitor.user is None or self.visitor.user.hides_presence

    @property
    def credential(self) -> Credential:
        return self.visitor.credential

    @property
    def pending(self) -> int:
        """Characters handed over and not written yet; what a slow reader is judged by."""
        return self._pending

    def person_changed(self, name: str, hides_presence: bool) -> None:
        if (user := self.visitor.user) is not None:
            user.name, user.hides_presence = name, hides_presence

    def deliver(self, frame: str) -> None:
        """Queue a text frame; a reader too far behind is closed with 1013."""
        if self.closed:
            return
        # What waits already decides: one page of long texts may be larger than the bound by itself.
        if self._pending > PENDING_BYTES:
            self._outbox.clear()
            self.close(Close.READER_TOO_SLOW, "You read too slowly; resume from what you have.")
            return
        self._pending += len(frame)
        self._put({"type": "websocket.send", "text": frame})

    def close(self, code: Close, reason: str) -> None:
        """Queue the close frame behind what waits; the second call does nothing."""
        if self.closed:
            return
        self.closed, self.close_code = True, code
        real = code if self._real_closes else code.plain_server
        self._put({"type": "websocket.close", "code": int(real), "reason": reason})

    def expelled(self, room_id: int) -> None:
        """The right to read a room has ended. The plain dialect knows no other room, so it ends with it."""
        self.rooms.pop(room_id, None)
        if self.plain:
            self.close(Close.FORBIDDEN, "You may not read this room any more.")

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Carry out a command beside the others; waits while too many are at work."""
        if self._settling or self.closed:
            work.close()
            return
        await self._room_to_work.acquire()
        task = asyncio.create_task(work)
        self._in_flight.add(task)
        task.add_done_callback(self._finished)

    async def settle(self) -> None:
        """Take no more commands, and return when those in flight are answered and written."""
        self._settling = True
        while self._in_flight or (self._writer is not None and not self._writer.done()):
            await asyncio.wait([*self._in_flight, *([self._writer] if self._writer else [])])

    async def end(self) -> None:
        """The socket is gone: nothing more is sent, and what was being done for it is cancelled."""
        self.closed = True
        self._outbox.clear()
        await tasks.end([*self._in_flight, *([self._writer] if self._writer else [])])

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self._room_to_work.release()

    def _put(self, message: dict[str, Any]) -> None:
        self._outbox.append(message)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._outbox:
            message = self._outbox.popleft()
            try:
                await self._send(message)
            except Exception as error:  # Servers raise each their own error for a peer that has gone.
                logger.debug("A connection is gone: %s", error)
                await self._give_up()
                return
            self._pending -= len(message.get("text", ""))

    async def _give_up(self) -> None:
        """A frame did not go out, so none may follow it: the client comes back and resumes."""
        self.closed, self.close_code = True, Close.SERVER_ERROR
        self._outbox.clear()
        code = Close.SERVER_ERROR if self._real_closes else Close.SERVER_ERROR.plain_server
        with contextlib.suppress(Exception):  # Mostly there is nobody left to hear it.
            await self._send({"type": "websocket.close", "code": int(code), "reason": "Resume."})
