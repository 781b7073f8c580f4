"""Thousands of clients as light as they can be: one bare socket each, in one loop over epoll, without asyncio."""

import base64
import contextlib
import json
import resource
import secrets
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.benchmarks.generator.frames import bounds, client_frame
from tests.wire import Object

# Descriptors besides those of the clients: files, pipes, and what the server holds.
SPARE_DESCRIPTORS = 500
READ_BYTES = 1 << 18
# A client that was turned away comes back after this; real ones take longer.
PAUSE_S = 0.5


class TooSlow(AssertionError):
    """Not everybody had what they waited for in time."""


@dataclass(eq=False)
class Client:
    """One of them: `page` is its last `subscribed` event, `refusals` how often it was turned away."""

    room: str
    cookie: str
    page: Object | None = None
    epoch: str = ""
    refusals: int = 0
    heard: list[Object] = field(default_factory=list)
    line: socket.socket | None = None
    _got: bytes = b""
    _open: bool = False

    def call(self, port: int) -> None:
        """Begin to connect; the request follows when the connection stands."""
        self.end()
        self._got, self._open = b"", False
        self.line = socket.socket()
        self.line.setblocking(False)
        self.line.connect_ex(("127.0.0.1", port))

    def ask(self, port: int) -> None:
        """Ask for the room, and for what was missed since the last page."""
        assert self.line is not None
        since = {} if self.page is None else {"since": self.page["seq"], "epoch": self.epoch}
        lines = [
            f"GET /ws/chat/{self.room}/?{urlencode(since)} HTTP/1.1",
            *(
                f"Host: 127.0.0.1:{port}",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
            ),
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}",
            *("Sec-WebSocket-Protocol: chat.v1", f"Origin: http://127.0.0.1:{port}"),
            *(f"Cookie: sessionid={self.cookie}", "", ""),
        ]
        self.line.sendall("\r\n".join(lines).encode())

    def say(self, **command: object) -> None:
        assert self.line is not None
        self.line.sendall(client_frame(json.dumps(command).encode()))

    def take(self, chunk: bytes) -> bool:
        """Read what came; False when the server does not want this connection."""
        self._got += chunk
        if not self._open:
            head, end, rest = self._got.partition(b"\r\n\r\n")
            if end and b" 101 " not in head.split(b"\r\n")[0]:
                return False
            if not end:
                return True
            self._open, self._got = True, rest
        at = 0
        while (place := bounds(self._got, at)) is not None:
            self._hear(self._got[place[0] : place[1]])
            at = place[1]
        self._got = self._got[at:]
        return True

    def end(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def _hear(self, payload: bytes) -> None:
        if not payload.startswith(b"{"):
            return  # A close frame: the end of the connection follows.
        frame = json.loads(payload)
        self.heard.append(frame)
        if frame["type"] == "hello":
            self.epoch = frame["epoch"]
        elif frame["type"] == "subscribed":
            self.page = frame


class Crowd:
    """Clients that connect at the same moment, and again as long as they are turned away."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = clients
        self._poll = select.epoll()
        self._by_number: dict[int, Client] = {}
        self._later: list[tuple[float, Client]] = []

    def come(self, port: int, within_s: float) -> float:
        """Everybody connects at once and waits for their page; returns the seconds until the last one has it."""
        began = time.monotonic()
        before = {client: client.page for client in self.clients}
        for client in self.clients:
            client.heard.clear()
            self._call(client, port)
        self._go_on(
            lambda: all(client.page is not before[client] for client in self.clients), port, began + within_s
        )
        return time.monotonic() - began

    def wait_until(self, done: Callable[[], bool], port: int, within_s: float) -> None:
        """Read on, until it is so."""
        self._go_on(done, port, time.monotonic() + within_s)

    def leave(self) -> None:
        for client in self.clients:
            self._drop(client)
        self._poll.close()

    def _go_on(self, done: Callable[[], bool], port: int, deadline: float) -> None:
        while not done():
            if time.monotonic() > deadline:
                refusals = sum(client.refusals for client in self.clients)
                raise TooSlow(f"not all of {len(self.clients)} are there, {refusals} were turned away so far")
            for number, events in self._poll.poll(0.1, 1_000):
                self._serve(number, events, port)
            due = [client for at, client in self._later if at <= time.monotonic()]
            self._later = [(at, client) for at, client in self._later if client not in due]
            for client in due:
                self._call(client, port)

    def _serve(self, number: int, events: int, port: int) -> None:
        client = self._by_number[number]
        assert client.line is not None
        try:
            if events & select.EPOLLOUT:
                self._poll.modify(number, select.EPOLLIN)
                client.ask(port)
                return
            chunk = client.line.recv(READ_BYTES)
        except OSError:
            chunk = b""
        if not chunk or not client.take(chunk):
            client.refusals += 1
            self._drop(client)
            self._later.append((time.monotonic() + PAUSE_S, client))

    def _call(self, client: Client, port: int) -> None:
        self._drop(client)
        client.call(port)
        assert client.line is not None
        self._by_number[client.line.fileno()] = client
        self._poll.register(client.line, select.EPOLLOUT)

    def _drop(self, client: Client) -> None:
        if client.line is not None:
            self._by_number.pop(client.line.fileno(), None)
            client.end()


@contextlib.contextmanager
def descriptors(clients: int) -> Iterator[None]:
    """Room for so many sockets in this process and in those it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, clients + SPARE_DESCRIPTORS)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
