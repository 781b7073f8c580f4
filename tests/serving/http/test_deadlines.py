"""How long the server waits: absolute times, which no byte now and then moves. The server here is impatient.

Nothing is measured but that it ends at all; the test fails by its own patience.
"""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from tests.programs import Program
from tests.serving.http.line import HANDSHAKE, Line, chunk, request
from tests.serving.http.process import MIB, eventually, memory, open_files
from tests.serving.plain import IMPATIENT, PIECE, PIECES

# Often enough that an idle timeout would never end it.
OFTEN_S = IMPATIENT.head / 10


@pytest.fixture(scope="module")
def server() -> Iterator[Program]:
    with Program("-m", "tests.serving.plain", "0", "impatient") as program:
        program.url()
        yield program
        assert program.end() == 0
        assert "Traceback" not in program.output


async def end_of(line: Line, byte: bytes) -> bytes:
    """What the server says to somebody who goes on byte by byte, until it ends the line."""
    trickling = asyncio.create_task(line.trickle(byte, OFTEN_S))
    try:
        return await line.rest()
    finally:
        await trickling


@pytest.mark.parametrize(
    ("begun", "byte"),
    [
        (b"GET /", b"x"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"y"),
        (request("GET", "/", *HANDSHAKE)[:-2] + b"X: ", b"y"),
        (request("POST", "/", "Content-Length: 60000"), b"z"),
        (request("POST", "/", "Transfer-Encoding: chunked"), chunk(b"z")),
        (request("POST", "/", "Transfer-Encoding: chunked") + b"ffff\r\n", b"z"),
    ],
    ids=["the request line", "a header", "a handshake", "a body", "chunks", "one chunk"],
)
async def test_what_trickles_is_cut_and_told_so(server: Program, begun: bytes, byte: bytes) -> None:
    async with await Line.connect(server.url()) as line:
        await line.send(begun)
        said = await end_of(line, byte)
    # Bytes that were still on their way when the line ended may cost the client the answer.
    assert said == b"" or said.startswith(b"HTTP/1.1 408 ")


async def test_whoever_stops_in_the_middle_reads_408(server: Program) -> None:
    for begun in (b"GET / HTTP/1.1\r\n", request("POST", "/api/x", "Content-Length: 9") + b"half"):
        async with await Line.connect(server.url()) as line:
            await line.send(begun)
            answer = await line.answer()
            assert (answer.status, answer.headers["connection"]) == (408, "close")
            assert await line.rest() == b""


async def test_whoever_says_nothing_is_left_without_a_word(server: Program) -> None:
    async with await Line.connect(server.url()) as line:
        assert await line.rest() == b""


async def test_between_two_requests_the_line_ends_without_a_word(server: Program) -> None:
    async with await Line.connect(server.url()) as line:
        await line.send(request("GET", "/"))
        assert (await line.answer()).body == b"got "
        assert await line.rest() == b""


async def test_a_request_that_begins_late_has_the_whole_time(server: Program) -> None:
    async with await Line.connect(server.url()) as line:
        for _ in range(3):
            await asyncio.sleep(IMPATIENT.head * 0.6)
            await line.send(request("GET", "/"))
            assert (await line.answer()).status == 200


async def test_an_answer_may_take_its_time(server: Program) -> None:
    async with await Line.connect(server.url()) as line:
        await line.send(request("GET", "/slow"))
        assert (await line.answer()).status == 200


async def test_a_handshake_that_nobody_decides_ends(server: Program) -> None:
    async with await Line.connect(server.url()) as line:
        await line.send(request("GET", "/undecided", *HANDSHAKE))
        assert b"101" not in await line.rest()


async def test_what_comes_before_a_handshake_is_decided_waits_outside(server: Program) -> None:
    taken = 0

    async def flood(line: Line) -> None:
        nonlocal taken
        with contextlib.suppress(ConnectionError):
            while True:
                await line.send(b"x" * MIB)
                taken += 1

    async with await Line.connect(server.url()) as line:
        await line.send(request("GET", "/undecided", *HANDSHAKE))
        flooding = asyncio.create_task(flood(line))
        await line.rest()
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
    # The system takes some; the server takes none.
    assert taken < 16


async def test_an_answer_that_nobody_reads_is_cut_and_does_not_fill_the_memory(server: Program) -> None:
    before, files = memory(server), open_files(server)
    lines = [await Line.connect(server.url()) for _ in range(10)]
    for line in lines:
        # Many at once: none is begun before the one in front was read.
        await line.send(request("GET", "/large") * 100)
    await eventually(lambda: server.lines.count("request /large") == len(lines))
    await eventually(lambda: open_files(server) <= files)
    assert memory(server) < before + 40 * MIB
    assert server.lines.count("request /large") == len(lines)
    for line in lines:
        await line.close()


async def test_whoever_reads_slowly_but_steadily_gets_everything(server: Program) -> None:
    async with await Line.connect(server.url()) as line:
        await line.send(request("GET", "/large", "Connection: close"))
        left = len(PIECE) * PIECES
        for _ in range(15):
            left -= len(await line.read(4 * MIB))
            await asyncio.sleep(IMPATIENT.unread / 5)
        left -= len(await line.rest())
    # The headers came too.
    assert -200 < left < 0
