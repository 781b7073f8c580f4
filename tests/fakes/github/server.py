"""The fake's server: sockets, keep-alive, and a record of who was there at the same time.

It runs in a thread and event loop of its own, so that it never shares time with the loop under test.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.fakes.github.answers import answer_for, not_found
from tests.fakes.github.messages import Answer, Request, with_headers

START_SECONDS = 10.0
CALLS_AN_HOUR = 5_000
HOLD_SECONDS = 10.0  # a held request goes on after this, so that a failing test ends


class FakeGitHub:
    """A server for the time of a `with` block; `url` is its base address.

    `delay_seconds` comes before every answer. `answers` maps a login to a function of the request and
    goes before what the fake knows itself. `hold(n)` keeps requests waiting until n of them are there.
    """

    def __init__(self, port: int = 0, delay_seconds: float = 0.0) -> None:
        self.port = port
        self.delay_seconds = delay_seconds
        self.reset = int(time.time()) + 3600
        self.answers: dict[str, Callable[[Request], Answer]] = {}
        self.requests: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self.connections = 0
        self._writers: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._held = 0
        self._full: asyncio.Event
        self._stopped: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-github", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._listening.wait(START_SECONDS):
            raise RuntimeError(f"the fake GitHub could not listen on port {self.port}")
        return self

    def __exit__(self, *failure: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address, to be used as GITHUB_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    def hold(self, count: int) -> None:
        """Answer nobody until `count` requests are there at the same time."""
        self._held = count
        self._loop.call_soon_threadsafe(self._full.clear)

    def calls(self, login: str) -> int:
        """How often this login was asked for."""
        return sum(request.login == login.lower() for request in self.requests)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._full, self._stopped = asyncio.Event(), asyncio.Event()
        server = await asyncio.start_server(self._converse, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        async with server:
            await self._stopped.wait()
            await self._hang_up()

    async def _hang_up(self) -> None:
        talking = [task for task in self._writers.values() if task is not None]
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*talking)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers[writer] = asyncio.current_task()
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone: nothing to answer, and nobody to tell
        finally:
            del self._writers[writer]
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = Request.parse(await reader.readuntil(b"\r\n\r\n"))
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._hold_back()
            answer = self._answer(request)
            await _pause(reader, self.delay_seconds + answer.wait_seconds)
            await _write(reader, writer, answer)
        finally:
            self.at_once -= 1
        return answer.headers.get("connection") != "close"

    async def _hold_back(self) -> None:
        if self.at_once >= self._held:
            self._full.set()
        try:
            await asyncio.wait_for(self._full.wait(), HOLD_SECONDS)
        except TimeoutError:
            self._full.set()

    def _answer(self, request: Request) -> Answer:
        login = request.login
        if request.method != "GET" or login is None:
            return self._counted(not_found())
        return self._counted(self.answers[login](request) if login in self.answers else answer_for(login))

    def _counted(self, answer: Answer) -> Answer:
        """With the headers by which GitHub tells how many calls are left, unless it has its own."""
        left = CALLS_AN_HOUR - len(self.requests)
        told = {"limit": CALLS_AN_HOUR, "remaining": left, "reset": self.reset}
        return with_headers(answer, {f"x-ratelimit-{name}": str(number) for name, number in told.items()})


async def _write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
    chunked = answer.length is None
    writer.write(answer.head())
    for piece in answer.body:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
        await writer.drain()
        await _pause(reader, answer.pause_seconds)
    if chunked:
        writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _pause(reader: asyncio.StreamReader, seconds: float) -> None:
    """Wait, but not for a client that has hung up: reading is what notices that."""
    if seconds <= 0:
        return
    try:
        await asyncio.wait_for(reader.read(1), seconds)
    except TimeoutError:
        return
    raise ConnectionResetError("the client hung up")
