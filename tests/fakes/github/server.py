"""The fake's server: sockets, keep-alive, and a record of who was there at the same time.

It runs in a thread and event loop of its own, so that it never shares time with the loop under test.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from tests.fakes.github import control
from tests.fakes.github.answers import MISBEHAVING, bad_credentials, not_found
from tests.fakes.github.conditions import Conditions
from tests.fakes.github.limiting import Limits
from tests.fakes.github.messages import Answer, Exchange, Request, json_answer
from tests.fakes.github.sign_in import SignIn
from tests.fakes.github.webhooks.webhooks import Webhooks
from tests.fakes.github.world.routes import resource_at
from tests.fakes.github.world.world import World

Say = Callable[[Request], Answer]

START_SECONDS = 10.0
HOLD_SECONDS = 10.0  # a held request goes on after this, so that a failing test ends


class FakeGitHub:
    """A server for the time of a `with` block; `url` is its base address.

    `world` is what it holds, `webhooks` who is told when it moves, `limits` what it grants, `record` every call with
    its time. `delay_seconds` comes before every answer. `answers` maps a login or a path to a function of the
    request, and `once` says what comes the next times: both go before what the fake knows itself. `hold(n)` keeps
    requests waiting until n are there.
    """

    def __init__(self, port: int = 0, delay_seconds: float = 0.0) -> None:
        self.port = port
        self.delay_seconds = delay_seconds
        self.world = World()
        self.webhooks: Webhooks = Webhooks(self.world.listeners)
        self.sign_in = SignIn(self.world)
        self.limits: Limits = Limits()
        self.conditions = Conditions()
        self.answers: dict[str, Say] = {}
        self.record: list[Exchange] = []
        self.at_once = 0
        self.most_at_once = 0
        self.connections = 0
        self._writers: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._next: dict[str, list[Say]] = {}
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
        self.webhooks.close()

    @property
    def url(self) -> str:
        """The base address, to be used as GITHUB_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    def hold(self, count: int) -> None:
        """Answer nobody until `count` requests are there at the same time."""
        self._held = count
        self._loop.call_soon_threadsafe(self._full.clear)

    @property
    def requests(self) -> list[Request]:
        """Every call so far, in the order in which they came."""
        return [exchange.request for exchange in self.record]

    @property
    def reset(self) -> int:
        """When the hour starts anew, unless a token was given another time."""
        return self.limits.reset

    def calls(self, what: str) -> int:
        """How often this login, or this path, was asked for."""
        return sum(what.lower() in (request.login, request.path.lower()) for request in self.requests)

    def once(self, path: str, *says: Say) -> None:
        """Answer the next calls of this path so, one after the other."""
        self._next.setdefault(path.lower(), []).extend(says)

    def forget_record(self) -> None:
        """As if nobody had called so far."""
        self.record = []
        self.most_at_once = self.at_once

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
        head = Request.parse(await reader.readuntil(b"\r\n\r\n"))
        request = replace(head, body=await reader.readexactly(head.length))
        if request.path.startswith(control.PREFIX):
            await _write(reader, writer, control.carried_out(self, request))
            return True
        exchange = Exchange(request)
        self.record.append(exchange)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._hold_back()
            answer = self._answer(request)
            exchange.status = answer.status
            await _pause(reader, self.delay_seconds + answer.wait_seconds)
            await _write(reader, writer, answer)
        finally:
            self.at_once -= 1
            exchange.ended = time.monotonic()
        return answer.headers.get("connection") != "close"

    async def _hold_back(self) -> None:
        if self.at_once >= self._held:
            self._full.set()
        try:
            await asyncio.wait_for(self._full.wait(), HOLD_SECONDS)
        except TimeoutError:
            self._full.set()

    def _answer(self, request: Request) -> Answer:
        refused = self.limits.refusal(request)
        answer = refused or self.conditions.answer(request, self._whole(request))
        return self.limits.told(request, answer)

    def _whole(self, request: Request) -> Answer:
        if request.token in self.world.revoked:
            return bad_credentials()
        if say := self._said_otherwise(request):
            return say(request)
        if request.login in MISBEHAVING:
            return MISBEHAVING[request.login]()
        if (answer := self.sign_in.answer(request)) is not None:
            return answer
        body = None
        if request.method == "GET":
            body = resource_at(self.world, request.path, request.query, request.token)
        return not_found() if body is None else json_answer(body)

    def _said_otherwise(self, request: Request) -> Say | None:
        for name in (request.path.lower(), request.login or ""):
            if self._next.get(name):
                return self._next[name].pop(0)
            if name in self.answers:
                return self.answers[name]
        return None


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
