"""A Redis at one remove: a proxy on a unix socket that keeps what clients write, and can fall silent."""

import asyncio
from pathlib import Path
from typing import Self

CHUNK_BYTES = 1 << 20


class Tap:
    """`written` has what came from clients, one entry a read. Those connected when it is hushed hear nothing more."""

    def __init__(self, path: Path, upstream: Path) -> None:
        self.url = f"unix://{path}"
        self.written: list[bytes] = []
        self._path = path
        self._upstream = upstream
        self._tasks: set[asyncio.Task[None]] = set()
        self._hushed: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._accept, self._path)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hush(self) -> None:
        self._hushed = set(self._tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_unix_connection(self._upstream)
        self._tasks.add(asyncio.create_task(self._pump(reader, below, self.written)))
        self._tasks.add(asyncio.create_task(self._pump(above, writer, [])))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: list[bytes]
    ) -> None:
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                kept.append(chunk)
                if asyncio.current_task() not in self._hushed:
                    writer.write(chunk)
                    await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
