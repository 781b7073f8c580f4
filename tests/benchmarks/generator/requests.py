"""GET requests as fast as they are answered, over connections that stay open; every answer is looked at."""

import contextlib
import re
import select
import socket
import time
from dataclasses import dataclass

from tests.benchmarks import machine

# As many as a browser opens to one server, and enough that the server never waits.
CONNECTIONS = 8
READ_BYTES = 1 << 18
PATIENCE_S = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class WrongAnswer(Exception):
    """An answer that is no 200, or lacks what it should hold."""


@dataclass(frozen=True)
class Get:
    """What is asked for; each body must hold `part` exactly `times` times."""

    port: int
    path: str
    cookie: str
    part: bytes
    times: int

    def request(self) -> bytes:
        lines = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: sessionid={self.cookie}\r\n\r\n"
        return lines.encode()


@dataclass(frozen=True)
class Answered:
    """How many answers, of how many bytes each with its header; how busy the generator was and what it cost."""

    count: int
    seconds: float
    answer_bytes: int
    busy: float
    served_cpu_s: float


def ask(get: Get, seconds: float, warm_up_s: float) -> Answered:
    """Ask all the time, each connection the next when its answer is complete."""
    with contextlib.ExitStack() as open_lines, contextlib.closing(select.epoll()) as poll:
        lines: dict[int, socket.socket] = {}
        for _ in range(CONNECTIONS):
            line = open_lines.enter_context(socket.create_connection(("127.0.0.1", get.port), PATIENCE_S))
            lines[line.fileno()] = line
            poll.register(line, select.EPOLLIN)
            line.sendall(get.request())
        rests = dict.fromkeys(lines, b"")
        _serve(get, poll, lines, rests, warm_up_s)
        began, cpu, served = time.perf_counter(), time.process_time(), machine.cpu_of_servers_s()
        count, size = _serve(get, poll, lines, rests, seconds)
        spent = time.perf_counter() - began
        busy = (time.process_time() - cpu) / spent
        return Answered(count, spent, size, busy, machine.cpu_of_servers_s() - served)


def _serve(
    get: Get, poll: select.epoll, lines: dict[int, socket.socket], rests: dict[int, bytes], seconds: float
) -> tuple[int, int]:
    request, count, size = get.request(), 0, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for descriptor, _ in poll.poll(0.05):
            chunk = lines[descriptor].recv(READ_BYTES)
            if not chunk:
                raise WrongAnswer(f"{get.path}: the server hung up after {rests[descriptor][:200]!r}")
            data = rests[descriptor] + chunk
            end = _end_of_answer(get, data)
            if end is None:
                rests[descriptor] = data
                continue
            rests[descriptor], count, size = data[end:], count + 1, end
            lines[descriptor].sendall(request)
    return count, size


def _end_of_answer(get: Get, data: bytes) -> int | None:
    """Where the first answer ends, once it is all there. Raises WrongAnswer."""
    head_end = data.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    length = _LENGTH.search(data, 0, head_end)
    if not data.startswith(b"HTTP/1.1 200 ") or length is None:
        raise WrongAnswer(f"{get.path}: {data[:300]!r}")
    end = head_end + 4 + int(length[1])
    if len(data) < end:
        return None
    if (found := data.count(get.part, head_end, end)) != get.times:
        raise WrongAnswer(f"{get.path}: {get.part!r} {found} times instead of {get.times}")
    return end
