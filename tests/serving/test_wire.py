"""What readers get, fast and slow ones, from our server with a plain application."""

import asyncio
import base64
import contextlib
import os
import re
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from chat.limits import PENDING_BYTES
from chat.serving.outlet import WRITES_AT_ONCE
from chat.serving.wire import SLOW_READER_S
from tests.programs import Program

PATIENCE_S = 30
# A reader that stops: the smallest buffer that the system gives, so that the server soon has to wait for it.
SMALL_BUFFER_BYTES = 4_096
# More than a system takes by itself for a connection on loopback.
FLOOD_FRAMES, FLOOD_SIZE = 6, 1_000_000

PONG = b"p" * 125


@pytest.fixture(scope="module")
def server() -> Iterator[Program]:
    with Program("-m", "tests.serving.plain", "0", "short") as program:
        program.url()
        yield program
        assert program.end() == 0


@pytest.fixture
async def client(server: Program) -> AsyncIterator[ClientConnection]:
    async with connected(server) as connection:
        yield connection


def connected(server: Program, path: str = "/") -> websockets.connect:
    return websockets.connect(server.url().replace("http", "ws") + path, max_size=None)


class SlowReader:
    """A socket that reads only what it is told to read."""

    def __init__(self, server: Program, path: str = "/") -> None:
        parts = urlsplit(server.url())
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect((parts.hostname, parts.port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(1)
        assert b" 101 " in answer

    def send(self, opcode: int, payload: bytes) -> None:
        self.socket.sendall(bytes((0x80 | opcode, 0x80 | len(payload))) + b"\0" * 4 + payload)

    def ping(self, count: int) -> None:
        ping = bytes((0x89, 0x80 | len(PONG))) + b"\0" * 4 + PONG
        for _ in range(count // 100):
            self.socket.sendall(ping * 100)

    def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload."""
        first, size = self._read(2)
        if size == 126:
            [size] = struct.unpack("!H", self._read(2))
        elif size == 127:
            [size] = struct.unpack("!Q", self._read(8))
        assert first & 0x80, "the server never sends fragments"
        return first & 0x0F, self._read(size)

    def _read(self, count: int) -> bytes:
        read = bytearray()
        while len(read) < count:
            piece = self.socket.recv(count - len(read))
            if not piece:
                raise EOFError(f"{len(read)} of {count} bytes")
            read += piece
        return bytes(read)

    def __enter__(self) -> "SlowReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


async def read(reader: SlowReader, count: int) -> list[tuple[int, bytes]]:
    return await asyncio.to_thread(lambda: [reader.frame() for _ in range(count)])


async def numbers(client: ClientConnection, count: int) -> list[int]:
    async with asyncio.timeout(PATIENCE_S):
        return [int(str(await client.recv()).split()[0]) for _ in range(count)]


async def test_the_frames_of_one_turn_arrive_in_order_with_the_close_behind_them(
    server: Program, client: ClientConnection
) -> None:
    await client.send("tell everybody 500 200")
    await client.send("close 4400 enough")
    assert await numbers(client, 500) == list(range(500))
    await asyncio.wait_for(client.wait_closed(), PATIENCE_S)
    assert (client.close_code, client.close_reason) == (4400, "enough")


async def test_everybody_in_a_crowd_gets_every_frame_in_order(server: Program) -> None:
    """More people than are written to at once, and frames of a size that needs each form of a header."""
    crowd = await asyncio.gather(*(connected(server) for _ in range(WRITES_AT_ONCE + 50)))
    try:
        for size in (10, 1_000, 70_000):
            await crowd[0].send(f"tell everybody 3 {size}")
            heard = await asyncio.gather(*(numbers(one, 3) for one in crowd))
            assert heard == [[0, 1, 2]] * len(crowd)
    finally:
        await asyncio.gather(*(one.close() for one in crowd))


async def test_a_reader_that_was_behind_gets_everything_in_order(
    server: Program, client: ClientConnection
) -> None:
    turns, size = 150, 6_000
    assert turns * size < PENDING_BYTES
    with SlowReader(server) as slow:
        await tell_in_turns(client, turns, size)
        # Its pong splits no frame.
        slow.send(9, b"still there?")
        await tell_in_turns(client, 1, 10)
        frames = await read(slow, 3 * turns + 2)
        assert frames.count((10, b"still there?")) == 1
        texts = [payload for opcode, payload in frames if opcode == 1]
        assert [int(text.split()[0]) for text in texts] == [*range(3)] * turns + [0]
        # Then it is written to directly again.
        await tell_in_turns(client, 2, 10)
        assert [payload[:1] for _, payload in await read(slow, 2)] == [b"0", b"0"]


async def tell_in_turns(client: ClientConnection, turns: int, size: int) -> None:
    """In each turn three frames, or a lone small one, which everybody but a slow reader has before the next turn."""
    for _ in range(turns):
        count = 3 if size > 10 else 1
        await client.send(f"tell everybody {count} {size // count}")
        assert await numbers(client, count) == list(range(count))


async def test_pongs_split_no_frame_and_are_each_sent(server: Program, client: ClientConnection) -> None:
    pings, turns = 4_000, 40
    with SlowReader(server) as slow:

        async def tell() -> None:
            for _ in range(turns):
                await tell_in_turns(client, 1, 10)

        frames, _, _ = await asyncio.gather(
            read(slow, pings + turns),
            asyncio.to_thread(slow.ping, pings),
            tell(),
        )
    assert frames.count((10, PONG)) == pings
    assert [payload[:2] for opcode, payload in frames if opcode == 1] == [b"0 "] * turns


async def test_one_who_pings_and_never_reads_is_cut_with_1013(server: Program) -> None:
    """More pings than a system keeps: by the time that the last one is sent, the server has answered megabytes."""
    with SlowReader(server) as slow:
        await asyncio.to_thread(slow.ping, 100_000)
        *pongs, close = await asyncio.to_thread(lambda: list(iter_frames(slow)))
    assert 0 < len(pongs) < 100_000
    assert set(pongs) == {(10, PONG)}
    assert struct.unpack("!H", close[1][:2]) == (1013,)


async def test_what_is_said_with_the_handshake_comes_behind_it(server: Program) -> None:
    async with connected(server, "/greet") as greeted:
        assert await greeted.recv() == "welcome"


async def test_whoever_is_closed_with_the_handshake_and_never_answers_is_not_waited_for_long(
    server: Program,
) -> None:
    """What waits behind the handshake is no sign of a slow reader: the patience for those would be twenty seconds."""
    with SlowReader(server, "/dismiss") as closed:
        frames = await asyncio.to_thread(lambda: list(iter_frames(closed)))
        assert [opcode for opcode, _ in frames] == [1, 1, 8]
        closed.socket.settimeout(SLOW_READER_S / 2)
        with contextlib.suppress(ConnectionResetError):
            assert await asyncio.to_thread(closed.socket.recv, 1) == b""


async def test_a_reader_that_is_behind_gets_its_close_frame_last(
    server: Program, client: ClientConnection
) -> None:
    turns = 50
    with SlowReader(server) as slow:
        await tell_in_turns(client, turns, 9_000)
        slow.send(1, b"close 4400 enough")
        # Told after the close frame was put: not for the one who was closed.
        await tell_in_turns(client, 3, 9_000)
        frames = await asyncio.to_thread(lambda: list(iter_frames(slow)))
    assert [opcode for opcode, _ in frames] == [1] * 3 * turns + [8]
    assert frames[-1][1] == struct.pack("!H", 4400) + b"enough"


async def test_a_reader_that_stops_is_cut_with_1013_and_costs_the_others_nothing(
    server: Program, client: ClientConnection
) -> None:
    with SlowReader(server) as slow:
        for _ in range(FLOOD_FRAMES):
            await client.send(f"tell everybody 1 {FLOOD_SIZE}")
            assert await numbers(client, 1) == [0]
        frames = await asyncio.to_thread(lambda: list(iter_frames(slow)))
        assert 0 < len(frames) - 1 < FLOOD_FRAMES
        assert {opcode for opcode, _ in frames[:-1]} == {1}
        assert all(len(payload) == FLOOD_SIZE + 2 for _, payload in frames[:-1])
        assert frames[-1][0] == 8
        assert struct.unpack("!H", frames[-1][1][:2]) == (1013,)


def iter_frames(reader: SlowReader) -> Iterator[tuple[int, bytes]]:
    """Up to the close frame."""
    opcode = 0
    while opcode != 8:
        opcode, payload = reader.frame()
        yield opcode, payload


async def test_fifty_readers_that_stop_leave_the_memory_as_it_was(
    server: Program, client: ClientConnection
) -> None:
    before = resident_mib(server)
    readers = [await asyncio.to_thread(SlowReader, server) for _ in range(50)]
    try:
        for _ in range(FLOOD_FRAMES):
            await client.send(f"tell everybody 1 {FLOOD_SIZE}")
            assert await numbers(client, 1) == [0]
        assert resident_mib(server) < before + 100
    finally:
        for reader in readers:
            reader.socket.close()


def resident_mib(server: Program) -> float:
    status = Path(f"/proc/{server.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


async def test_a_reader_that_vanishes_while_it_is_behind_is_forgotten(
    server: Program, client: ClientConnection
) -> None:
    cleaned = server.output.count("cleaned up")
    with SlowReader(server):
        await client.send("tell everybody 1 900000")
        await numbers(client, 1)
    await client.send("tell everybody 1 10")
    await numbers(client, 1)
    await until(lambda: server.output.count("cleaned up") > cleaned)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.01)
