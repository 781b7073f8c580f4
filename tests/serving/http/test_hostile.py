"""Hostile clients against the whole chat: it keeps its memory, answers everybody else, and they leave nothing.

The server is impatient, so that nothing takes as long here as it may in earnest.
"""

import asyncio
import resource
import socket
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.programs import Program
from tests.serving.http.line import HANDSHAKE, Line, request
from tests.serving.http.process import MIB, PATIENCE_S, eventually, memory, open_files
from tests.wire import Wire

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs /proc to look at the server"
)

# What the server may hold more than before, and how soon somebody else is answered meanwhile.
MEMORY_MORE = 100 * MIB
ANSWER_S = 0.5
SENDS, ROUNDS = 5, 3
HALF_OPEN, TRICKLING = 2_000, 500
FILES = HALF_OPEN + 1_000
# What the server may open meanwhile: its threads' connections to the database.
FILES_OF_ITS_OWN = 30
LARGEST_FILE = max(filter(Path.is_file, Path("static").rglob("*")), key=lambda path: path.stat().st_size)


@pytest.fixture(scope="module", autouse=True)
def _many_files() -> Iterator[None]:
    """The clients are in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(FILES, hard)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    settings = {"CHAT_DATA_DIR": str(tmp_path_factory.mktemp("data")), "CHAT_RATE_LIMITS": "off"}
    arguments = ("-m", "tests.serving.http.impatient", "serve", "--migrate", "--no-jobs", "--port", "0")
    with Program(*arguments, **settings) as program:
        program.url()
        yield program
        assert program.end() == 0
        assert "Traceback" not in program.output


@pytest.fixture
async def alice(server: Program) -> AsyncIterator[Wire]:
    """A normal user. What the server learns with the first messages is not held against the others."""
    async with await Wire.connect(server.url()) as wire:
        for _ in range(SENDS):
            await wire.ask("send", room="lobby", text="first")
        yield wire


async def assert_answers(alice: Wire) -> None:
    """Somebody else is answered in time. A busy machine may spoil one round of it, a hostile client spoils all."""
    medians = []
    for _ in range(ROUNDS):
        medians.append(statistics.median([await time_of_a_send(alice) for _ in range(SENDS)]))
        if medians[-1] < ANSWER_S:
            return
    raise AssertionError(f"the median of {SENDS} sends took {medians} s")


async def time_of_a_send(alice: Wire) -> float:
    began = time.perf_counter()
    await alice.ask("send", room="lobby", text="meanwhile")
    return time.perf_counter() - began


async def connect_all(url: str, count: int, begun: bytes) -> list[socket.socket]:
    """So many connections that have sent this; plain sockets, as they are made in a tenth of the time."""
    return await asyncio.to_thread(lambda: [connect(url, begun) for _ in range(count)])


def connect(url: str, begun: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), PATIENCE_S)
    line.sendall(begun)
    return line


def close_all(lines: list[socket.socket]) -> None:
    for line in lines:
        line.close()


@pytest.mark.parametrize(
    ("count", "begun"),
    [
        (HALF_OPEN, request("GET", "/ws/chat/", *HANDSHAKE)[:-2]),
        (TRICKLING, request("POST", "/api/rooms", "Content-Length: 60000") + b"x" * 100),
    ],
    ids=["handshakes", "bodies"],
)
async def test_what_is_begun_and_not_ended_holds_up_nobody_and_leaves_nothing(
    server: Program, alice: Wire, count: int, begun: bytes
) -> None:
    before, files = memory(server), open_files(server)
    lines = await connect_all(server.url(), count, begun)
    await assert_answers(alice)
    assert memory(server) < before + MEMORY_MORE
    await eventually(lambda: open_files(server) <= files + FILES_OF_ITS_OWN)
    close_all(lines)


async def test_a_large_body_without_a_login_holds_up_nobody(server: Program, alice: Wire) -> None:
    before = memory(server)
    async with await Line.connect(server.url()) as line:
        await line.send(request("POST", "/accounts/login/", "Transfer-Encoding: chunked"))
        flood = asyncio.create_task(line.trickle(b"100000\r\n" + b"x" * MIB + b"\r\n", 0))
        await assert_answers(alice)
        assert (await line.answer()).status == 413
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)
    assert memory(server) < before + MEMORY_MORE


async def test_a_static_file_that_nobody_reads_holds_up_nobody(server: Program, alice: Wire) -> None:
    before, files = memory(server), open_files(server)
    many = request("GET", f"/{LARGEST_FILE}") * 100
    lines = await connect_all(server.url(), 20, many)
    await assert_answers(alice)
    await eventually(lambda: open_files(server) <= files + FILES_OF_ITS_OWN)
    assert memory(server) < before + MEMORY_MORE
    close_all(lines)
