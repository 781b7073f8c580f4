"""What waits for an application that asks for it message by message (ASGI `receive`). It does not know the messages."""

import asyncio
from typing import Any


class Mailbox:
    """The part of `asyncio.Queue` that Daphne uses, for one reader: without its three deques and its event.

    Those take three kilobytes for each connection, nearly all of which never queue anything.
    """

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[dict[str, Any]] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: dict[str, Any]) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> dict[str, Any]:
        """The next message, once there is one."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)

    def qsize(self) -> int:
        return len(self._messages)
