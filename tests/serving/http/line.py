"""A client that speaks bytes: what a hostile or odd one sends, and everything that it is answered."""

import asyncio
import contextlib
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

PATIENCE_S = 30.0
END_OF_HEADERS = b"\r\n\r\n"


class Answer(NamedTuple):
    """One HTTP answer whose length is known; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One TCP connection to a server's http:// address."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, url: str, source: str | None = None) -> Self:
        """`source` is the loopback address to come from."""
        parts = urlsplit(url)
        local = (source, 0) if source else None
        return cls(*await asyncio.open_connection(parts.hostname, parts.port, local_addr=local))

    async def send(self, data: bytes) -> None:
        """Hand the bytes over; returns when the system has taken them."""
        self._writer.write(data)
        await asyncio.wait_for(self._writer.drain(), PATIENCE_S)

    async def trickle(self, byte: bytes, every_s: float) -> None:
        """One byte after the other until the line is cut."""
        with contextlib.suppress(ConnectionError):
            while not self._reader.at_eof():
                await self.send(byte)
                await asyncio.sleep(every_s)

    async def answer(self) -> Answer:
        """The next answer."""
        head = await asyncio.wait_for(self._reader.readuntil(END_OF_HEADERS), PATIENCE_S)
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = int(headers.get("content-length", 0))
        body = await asyncio.wait_for(self._reader.readexactly(length), PATIENCE_S)
        return Answer(int(first.split()[1]), headers, body)

    async def read(self, most: int) -> bytes:
        """Up to so many bytes, empty at the end."""
        return await asyncio.wait_for(self._reader.read(most), PATIENCE_S)

    async def rest(self) -> bytes:
        """Everything until the server ends the line, however it does."""
        found = bytearray()
        with contextlib.suppress(ConnectionError):
            while data := await self.read(1 << 16):
                found += data
        return bytes(found)

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def request(method: str, path: str, *headers: str) -> bytes:
    """The head of a request to a server on this machine."""
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


def chunk(data: bytes) -> bytes:
    """One chunk of a body whose length nobody knows."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


HANDSHAKE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
    "Sec-WebSocket-Version: 13",
)
