"""Opening many WebSockets at once: handshakes in parallel, each until its server says that it is open."""

import base64
import contextlib
import secrets
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.generator.dialects import Dialect
from tests.benchmarks.generator.frames import PING, PONG, bounds, client_frame

# Enough that the server never waits for the next one, few enough for any listen queue.
AT_ONCE = 32
# For one handshake; the slowest server here takes a second when 32 come at once.
PATIENCE_S = 30.0
READ_BYTES = 1 << 18
# On a machine that is busy with something else a server may give up a handshake that it had no time for.
TRIES = 4


class NotOpened(Exception):
    """A server refused a handshake, hung up, or took too long."""


@dataclass
class Opened:
    """An open connection, and the bytes behind what made it open."""

    socket: socket.socket
    rest: bytes


@dataclass(frozen=True)
class Call:
    """Whom to call, as whom: a session cookie or none."""

    dialect: Dialect
    port: int
    room: str
    cookie: str = ""

    def request(self) -> bytes:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        host = f"127.0.0.1:{self.port}"
        lines = [
            f"GET {self.dialect.path(self.room)} HTTP/1.1",
            *(f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"),
            *("Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", f"Origin: http://{host}"),
        ]
        if self.dialect.subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {self.dialect.subprotocol}")
        if self.cookie:
            lines.append(f"Cookie: sessionid={self.cookie}")
        return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class _Opening:
    number: int
    call: Call
    tries_left: int
    socket: socket.socket
    got: bytes = b""
    upgraded: bool = False
    began: float = field(default_factory=time.monotonic)


def open_all(calls: Sequence[Call], tries: int = TRIES) -> list[Opened]:
    """Open them all, in the order of the calls; each is tried so often. Raises NotOpened."""
    waiting = deque((number, call, tries) for number, call in enumerate(calls))
    opening, opened = dict[int, _Opening](), dict[int, Opened]()
    # The open ones by descriptor: servers ping them while the others are opened.
    talkative = dict[int, Opened]()
    with contextlib.closing(select.epoll()) as poll, contextlib.ExitStack() as lines:
        while waiting or opening:
            while waiting and len(opening) < AT_ONCE:
                one = _begin(*waiting.popleft())
                lines.enter_context(one.socket)
                opening[one.socket.fileno()] = one
                poll.register(one.socket, select.EPOLLIN)
            for descriptor, _ in poll.poll(1.0):
                if descriptor not in opening:
                    _keep_alive(talkative[descriptor])
                    continue
                if (after := _proceed(opening[descriptor])) is None:
                    continue
                one = opening.pop(descriptor)
                if isinstance(after, Opened):
                    opened[one.number] = talkative[descriptor] = after
                else:
                    one.socket.close()
                    waiting.append(after)
            _check_patience(opening)
        # All went well: they stay open.
        lines.pop_all()
    return [opened[number] for number in range(len(calls))]


def _proceed(one: "_Opening") -> Opened | tuple[int, Call, int] | None:
    """What has become of it: open, to be tried again, or nothing yet."""
    try:
        return Opened(one.socket, one.got) if _goes_on(one) else None
    except NotOpened:
        if one.tries_left <= 1:
            raise
        return one.number, one.call, one.tries_left - 1


def _keep_alive(one: Opened) -> None:
    """Answer pings; keep everything else for whoever reads on."""
    chunk = one.socket.recv(READ_BYTES)
    if not chunk:
        raise NotOpened("a server hung up on an open connection, while others were opened")
    data, kept, at = one.rest + chunk, list[bytes](), 0
    while (place := bounds(data, at)) is not None:
        first, end = place
        if data[at] & 15 == PING:
            one.socket.send(client_frame(data[first:end], PONG))
        else:
            kept.append(data[at:end])
        at = end
    one.rest = b"".join([*kept, data[at:]])


def _begin(number: int, call: Call, tries: int) -> _Opening:
    # Connecting waits for nobody on loopback: the kernel answers for the server.
    line = socket.create_connection(("127.0.0.1", call.port), PATIENCE_S)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A server that hangs up at once is noticed when its answer is read.
    with contextlib.suppress(ConnectionError):
        line.sendall(call.request())
    line.setblocking(False)
    return _Opening(number, call, tries, line)


def _goes_on(one: _Opening) -> bool:
    """Read what has come; True when the connection is open."""
    try:
        chunk = one.socket.recv(READ_BYTES)
    except ConnectionError:
        chunk = b""
    if not chunk:
        waited = time.monotonic() - one.began
        raise NotOpened(f"{one.call.dialect.name} hung up after {waited:.1f} s and {one.got[:200]!r}")
    one.got += chunk
    if not one.upgraded:
        head, end, one.got = one.got.partition(b"\r\n\r\n")
        if not end:
            one.got = head
            return False
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise NotOpened(f"{one.call.dialect.name} answered {head[:200]!r}")
        one.upgraded = True
        if one.call.dialect.first is not None:
            one.socket.send(client_frame(one.call.dialect.first))
    return one.call.dialect.ready is None or _is_ready(one, one.call.dialect.ready)


def _is_ready(one: _Opening, ready: Callable[[bytes], bool]) -> bool:
    at, found = 0, False
    while not found and (place := bounds(one.got, at)) is not None:
        found = ready(one.got[place[0] : place[1]])
        at = place[1]
    one.got = one.got[at:]
    return found


def _check_patience(opening: dict[int, _Opening]) -> None:
    now = time.monotonic()
    for one in opening.values():
        if now - one.began > PATIENCE_S:
            raise NotOpened(
                f"{one.call.dialect.name}: no answer for {PATIENCE_S:.0f} s, got {one.got[:200]!r}"
            )
