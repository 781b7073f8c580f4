"""Servers that do next to nothing, to find the generator's own ceiling: `python -m … blast|relay|answer PORT …`.

`blast` writes ready frames to whoever connects, as fast as it can. `relay` passes every text on to its room and
answers it, one bare send each, without a check or a record. `answer` gives every request one ready answer.
"""

import base64
import contextlib
import hashlib
import re
import select
import socket
import sys
from collections import defaultdict

from tests.benchmarks.generator.dialects import text_of
from tests.benchmarks.generator.frames import server_frame

READ_BYTES = 1 << 18
# So many frames are written at once to a socket: with fewer the blaster would measure itself.
FRAMES_A_WRITE = 32
TRIVIAL_BODY = b"trivial"
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SAID = re.compile(rb'"id":"(\d+)".*?"text":"([^"]*)"')


def event(text: bytes, frame_bytes: int) -> bytes:
    """A frame with a text, as long as the frames of the server that is measured."""
    body = b'{"type":"message","text":"%b","rest":""}' % text
    return server_frame(body[:-2] + b"." * (frame_bytes - len(body) - 4) + body[-2:])


def upgrade(request: bytes) -> tuple[bytes, str]:
    """The answer to a handshake, and its path."""
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", request)
    accept = base64.b64encode(
        hashlib.sha1((key[1].decode() if key else "").encode() + _GUID.encode()).digest()
    )
    head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    protocol = b"Sec-WebSocket-Protocol: chat.v1\r\n" if b"Sec-WebSocket-Protocol" in request else b""
    answer = head + protocol + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    return answer + server_frame(b'{"type":"subscribed"}'), request.split(b" ", 2)[1].decode()


def listen(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=1024)


def accept(server: socket.socket) -> socket.socket:
    """The next connection, on which small writes leave at once."""
    line, _ = server.accept()
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def blast(port: int, connections: int, frame_bytes: int) -> None:
    """Frames of one sender, 0, to all, until the first of them hangs up."""
    server, lines = listen(port), list[socket.socket]()
    while len(lines) < connections:
        line = accept(server)
        # Whoever only looks whether somebody listens says nothing.
        if request := line.recv(READ_BYTES):
            line.sendall(upgrade(request)[0])
            lines.append(line)
    # The reader says when it is ready.
    serial = int(lines[0].recv(READ_BYTES))
    with contextlib.suppress(ConnectionError):
        while True:
            numbers = range(serial + 1, serial + 1 + FRAMES_A_WRITE)
            frames = b"".join(event(text_of(0, number).encode(), frame_bytes) for number in numbers)
            serial += FRAMES_A_WRITE
            for line in lines:
                line.sendall(frames)


def relay(port: int, _connections: int, frame_bytes: int) -> None:
    """Rooms by path; a path without a room has no readers."""
    server, poll = listen(port), select.epoll()
    poll.register(server, select.EPOLLIN)
    lines: dict[int, tuple[socket.socket, str]] = {}
    rooms: dict[str, list[socket.socket]] = defaultdict(list)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == server.fileno():
                line = accept(server)
                poll.register(line, select.EPOLLIN)
                lines[line.fileno()] = line, ""
                continue
            line, path = lines[descriptor]
            chunk = line.recv(READ_BYTES)
            if not chunk:
                rooms[path] = [one for one in rooms[path] if one is not line]
                line.close()
            elif not path:
                answer, path = upgrade(chunk)
                lines[descriptor] = line, path
                rooms[path].append(line)
                line.sendall(answer)
            else:
                _pass_on(line, chunk, [] if path == "/ws/chat/" else rooms[path], frame_bytes)


def _pass_on(line: socket.socket, chunk: bytes, room: list[socket.socket], frame_bytes: int) -> None:
    """The generator masks nothing here, so its frames can be read as they are."""
    for number, text in SAID.findall(chunk):
        frame = event(text, frame_bytes)
        for reader in room:
            reader.sendall(frame)
        line.sendall(server_frame(b'{"type":"ok","id":"%b"}' % number))


def answer(port: int, _connections: int, answer_bytes: int) -> None:
    """One ready answer per read."""
    server, poll = listen(port), select.epoll()
    poll.register(server, select.EPOLLIN)
    lines: dict[int, socket.socket] = {}
    body = TRIVIAL_BODY.ljust(answer_bytes, b".")
    ready = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == server.fileno():
                line = accept(server)
                poll.register(line, select.EPOLLIN)
                lines[line.fileno()] = line
            elif lines[descriptor].recv(READ_BYTES):
                lines[descriptor].sendall(ready)
            else:
                lines.pop(descriptor).close()


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    {"blast": blast, "relay": relay, "answer": answer}[kind](*map(int, numbers))
