"""One connection to Redis, opened by redis-py and then written and read in bulk.

redis-py knows addresses, passwords, TLS and Sentinel; its own way of sending a command and awaiting the answer costs
more than Redis needs to carry it out. So its two streams are used directly: `_reader` and `_writer` of its connection.
"""

import asyncio
from typing import Any, Self

import hiredis
from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import ResponseError

# A healthy Redis answers in a millisecond; one that is frozen, or behind a dead network, must be found out.
ANSWER_SECONDS = 5.0
# What asyncio takes from the socket at once, at most.
READ_BYTES = 256 << 10
_NOT_YET = object()


class Link:
    """Commands out, replies in, in the same order. Messages and other pushes come between them."""

    def __init__(self, pool: ConnectionPool, connection: Connection) -> None:
        reader, writer = connection._reader, connection._writer
        assert reader is not None
        assert writer is not None
        self._pool = pool
        self._connection = connection
        self._reader: asyncio.StreamReader = reader
        self._writer: asyncio.StreamWriter = writer
        self._parser = hiredis.Reader(replyError=ResponseError, notEnoughData=_NOT_YET)

    @classmethod
    async def open(cls, pool: ConnectionPool) -> Self:
        """Raises RedisError, OSError or TimeoutError when Redis cannot be had."""
        async with asyncio.timeout(ANSWER_SECONDS):
            link = cls(pool, await pool.get_connection())  # type: ignore[no-untyped-call]
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # It came while redis-py shook hands, which may swallow it.
            await link.close()
            raise asyncio.CancelledError
        return link

    @property
    def ended(self) -> bool:
        """Whether Redis has closed it."""
        return self._reader.at_eof() or self._writer.is_closing()

    def write(self, commands: bytes) -> None:
        """Send soon; never waits."""
        self._writer.write(commands)

    async def drain(self) -> None:
        """Wait until the system has taken most of what was written."""
        await self._writer.drain()

    async def read(self) -> list[Any]:
        """All that came, at least one; raises redis-py's ConnectionError when Redis has closed the connection."""
        replies: list[Any] = []
        while not replies:
            data = await self._reader.read(READ_BYTES)
            if not data:
                raise Lost("Redis closed the connection")
            self._parser.feed(data)
            while (reply := self._parser.gets(False)) is not _NOT_YET:
                replies.append(reply)
        return replies

    async def close(self) -> None:
        """Close at once, whatever is under way."""
        await self._connection.disconnect(nowait=True)
        await self._pool.release(self._connection)


def command(*parts: str | bytes) -> bytes:
    """As Redis reads it."""
    packed: bytes = hiredis.pack_command(parts)  # type: ignore[arg-type]  # its stub wants exactly one part
    return packed
