"""A Redis at one remove: a proxy on a unix socket that swallows published messages while it is told to."""

import asyncio
from pathlib import Path
from typing import Self

# How Redis begins a published message for a subscriber, in both versions of its protocol.
PUBLISHED = (b"*3\r\n$7\r\nmessage\r\n", b">3\r\n$7\r\nmessage\r\n")
CHUNK_BYTES = 1 << 16


class LossyRedis:
    """Passes everything on. While `losing`, a subscriber's messages vanish and its connection stays."""

    def __init__(self, path: Path, upstream: Path) -> None:
        self.url = f"unix://{path}"
        self.losing = False
        self.lost = 0
        self._path = path
        self._upstream = upstream
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._accept, self._path)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_unix_connection(self._upstream)
        for task in (
            asyncio.create_task(self._pump(reader, below, may_lose=False)),
            asyncio.create_task(self._pump(above, writer, may_lose=True)),
        ):
            self._tasks.add(task)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, may_lose: bool
    ) -> None:
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                if may_lose and self.losing and chunk.startswith(PUBLISHED):
                    self.lost += chunk.count(PUBLISHED[0]) + chunk.count(PUBLISHED[1])
                    continue
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
