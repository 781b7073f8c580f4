"""A WebSocket client that sends bytes as it is told, right or wrong, and shows the frames that come back."""

import asyncio
import os
import struct
from types import TracebackType
from typing import Self

PATIENCE_S = 60.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0


def frame(
    payload: bytes | str = b"",
    opcode: int = TEXT,
    *,
    final: bool = True,
    mask: bytes | None = b"\x12\xf4\x00\x7e",
    reserved: int = 0,
    length: str | None = None,
) -> bytes:
    """One frame. `length` is how its size is said ("short", "two", "eight"), by default as it must be."""
    payload = payload.encode() if isinstance(payload, str) else payload
    size, masked = len(payload), 0x80 if mask is not None else 0
    form = length or ("short" if size < 126 else "two" if size < 1 << 16 else "eight")
    sizes = {
        "short": lambda: struct.pack("!B", masked | size),
        "two": lambda: struct.pack("!BH", masked | 126, size),
        "eight": lambda: struct.pack("!BQ", masked | 127, size),
    }
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode]) + sizes[form]()
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def close_frame(code: int = 1000) -> bytes:
    return frame(struct.pack("!H", code), CLOSE)


class RawSocket:
    """An open WebSocket. `read` gives one frame as (opcode, payload), None at the end of the line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        self._reader, self.writer, self.path = reader, writer, path

    @classmethod
    async def connect(cls, url: str, path: str = "/", **headers: str) -> Self:
        """Open one at a server's http:// address."""
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n{lines}\r\n".encode()
        )
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        assert b" 101 " in answer.splitlines()[0], answer
        return cls(reader, writer, path)

    async def send(self, *pieces: bytes) -> None:
        """Send each piece in a segment of its own."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0)

    async def read(self) -> tuple[int, bytes] | None:
        try:
            # Not wait_for: when a frame comes just then, it may swallow the end of somebody's patience.
            async with asyncio.timeout(PATIENCE_S):
                return await self._read()
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def until_text(self, text: str) -> list[tuple[int, bytes]]:
        """The frames up to this text, without it."""
        frames: list[tuple[int, bytes]] = []
        while (found := await self.read()) != (TEXT, text.encode()):
            assert found is not None, f"the line ended after {frames}"
            frames.append(found)
        return frames

    async def until_end(self) -> list[tuple[int, bytes]]:
        """Everything that still comes. A close frame is answered, as it must be."""
        frames = []
        while (found := await self.read()) is not None:
            frames.append(found)
            if found[0] == CLOSE:
                self.writer.write(frame(found[1][:2], CLOSE))
        return frames

    async def _read(self) -> tuple[int, bytes]:
        first, size = await self._reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(size)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()


def code_of(close: tuple[int, bytes]) -> int:
    assert close[0] == CLOSE, close
    return int.from_bytes(close[1][:2], "big")


def rss_bytes(pid: int) -> int:
    """The memory that a process holds."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
