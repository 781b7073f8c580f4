"""What goes out to one Redis: what was published in one round of the loop, or while Redis answered, is one write.

Nothing is sent twice: when the connection ends, nobody knows what Redis still passed on, and whoever waits is told.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from channels.exceptions import ChannelFull
from redis.exceptions import RedisError

from chat.layer import losses
from chat.layer.link import ANSWER_SECONDS, Link, command

# While Redis hangs so much waits here, and what came first is dropped: of old hints the least is missed.
OUTBOX_MOST_BYTES = 16 << 20
# One write: what Redis works off in some milliseconds. It is also all that the connection itself may hold.
WRITE_BYTES = 256 << 10
# A Redis that cannot be reached is asked again only so often: every refused message would cost an attempt.
PAUSE_SECONDS = 0.2


class Parcel:
    """Messages that somebody published together and waits for together."""

    __slots__ = ("commands", "count", "handed", "heard")

    def __init__(self, messages: Sequence[tuple[str, bytes]], handed: asyncio.Future[int]) -> None:
        self.commands = b"".join([command("PUBLISH", name, data) for name, data in messages])
        self.count = len(messages)
        self.handed = handed
        self.heard = 0

    def refuse(self, error: Exception) -> None:
        if not self.handed.done():
            self.handed.set_exception(error)


class Publisher:
    """Has a task only while something waits, so nothing of it outlives its loop."""

    def __init__(self, open_link: Callable[[], Awaitable[Link]]) -> None:
        self._open = open_link
        self._outbox: deque[Parcel] = deque()
        self._bytes = 0
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None
        self._refusal: Exception = ConnectionError()
        self._refused_until = 0.0

    async def publish(self, messages: Sequence[tuple[str, bytes]]) -> int:
        """How many heard them, once Redis has taken them all; raises what kept it from that."""
        parcel = Parcel(messages, asyncio.get_running_loop().create_future())
        self._outbox.append(parcel)
        self._bytes += len(parcel.commands)
        self._make_room()
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await parcel.handed

    async def stop(self) -> None:
        """Close the connection; what waits is refused."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._link is not None:
            await self._link.close()
            self._link = None
        self._refused_until = 0.0

    def _make_room(self) -> None:
        while self._bytes > OUTBOX_MOST_BYTES and len(self._outbox) > 1:
            parcel = self._take()
            parcel.refuse(ChannelFull("Redis does not keep up"))
            losses.count(parcel.count, losses.OUTBOX)

    def _take(self) -> Parcel:
        parcel = self._outbox.popleft()
        self._bytes -= len(parcel.commands)
        return parcel

    async def _work(self) -> None:
        try:
            while self._outbox:
                await self._hand_over(self._next())
        finally:
            self._task = None
            while self._outbox:
                self._take().refuse(ConnectionError("The channel layer was closed"))

    def _next(self) -> list[Parcel]:
        """What fits into one write, without what nobody waits for any more."""
        parcels: list[Parcel] = []
        size = 0
        while self._outbox and size < WRITE_BYTES:
            parcel = self._take()
            if not parcel.handed.done():
                parcels.append(parcel)
                size += len(parcel.commands)
        return parcels

    async def _hand_over(self, parcels: list[Parcel]) -> None:
        try:
            link = await self._linked()
            link.write(b"".join([parcel.commands for parcel in parcels]))
            async with asyncio.timeout(ANSWER_SECONDS):
                await link.drain()
                await self._answers(link, parcels)
        except BaseException as error:
            refusal = (
                error if isinstance(error, Exception) else ConnectionError("The channel layer was closed")
            )
            for parcel in parcels:
                parcel.refuse(refusal)
            await self._close()
            if not isinstance(error, Exception):
                raise

    async def _linked(self) -> Link:
        if self._link is not None and self._link.ended:
            await self._close()
        if self._link is None:
            now = asyncio.get_running_loop().time()
            if now < self._refused_until:
                raise self._refusal
            try:
                self._link = await self._open()
            except (RedisError, OSError, TimeoutError) as error:
                self._refusal, self._refused_until = error, now + PAUSE_SECONDS
                raise
        return self._link

    async def _answers(self, link: Link, parcels: list[Parcel]) -> None:
        """Read one reply for each message; an error is that of its parcel alone."""
        waiting = deque(parcels)
        left = waiting[0].count if waiting else 0
        while waiting:
            for reply in await link.read():
                if isinstance(reply, list):
                    continue  # No answer: word of the server's own, as RESP3 has it.
                if isinstance(reply, Exception):
                    waiting[0].refuse(reply)
                else:
                    waiting[0].heard += reply
                left -= 1
                if left == 0:
                    parcel = waiting.popleft()
                    if not parcel.handed.done():
                        parcel.handed.set_result(parcel.heard)
                    left = waiting[0].count if waiting else 0

    async def _close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close()
