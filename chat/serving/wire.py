"""What goes out on one socket of our server: in order, written at once where nothing waits, bounded where it does.

It must not know what the frames say, nor what a closing connection means to the chat.
"""

import select
import struct
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet import tcp

from chat.limits import PENDING_BYTES

if TYPE_CHECKING:
    from chat.serving.outlet import Outlet
    from chat.serving.socket import ChatSocket

# The key in scope["extensions"] under which an application finds the wire of its connection.
WIRE_EXTENSION = "chat.wire"
# So much of what waits is handed to the transport at a time, so that the rest can still be dropped between frames.
HANDED_BYTES = 1 << 16
# A peer that answers a close frame later than this is dropped; the drain's time limit counts on it.
CLOSE_HANDSHAKE_TIMEOUT_S = 2.0
# A reader that is behind may take so long to come to its close frame; what it costs by then is little.
SLOW_READER_S = 20.0

TEXT, BINARY, PONG = 1, 2, 10
FINAL = 0x80


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One unmasked, unfragmented frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | opcode, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", FINAL | opcode, 126, size) + payload
    return struct.pack("!BBQ", FINAL | opcode, 127, size) + payload


class Wire:
    """The way out of one connection. `frames` is what was put on it in this turn of the loop; the outlet writes it.

    While its reader is behind it is a pull producer of the transport (Twisted's IPullProducer), asked for more each
    time the socket has taken all it had. What comes in is the socket's affair; an application says here who takes it.
    """

    __slots__ = (
        *("outlet", "frames", "overflowed", "_socket", "_transport", "_send"),
        *("_backlog", "_behind", "_handed", "_refused", "_last", "__weakref__"),
    )

    def __init__(self, socket: "ChatSocket", outlet: "Outlet") -> None:
        self.outlet = outlet
        self.frames: list[bytes] = []
        # Called when the reader is too far behind, after what waited was dropped; whoever sends sets it.
        self.overflowed: Callable[[], None] = lambda: self.close(1013, "")
        self._socket = socket
        self._transport = socket.transport
        self._send: Callable[[bytes], int] | None = _bare_send(self._transport)
        self._backlog: deque[bytes] | None = None
        # Bytes that wait here, those handed to the transport included, and how many of them those are.
        self._behind = 0
        self._handed = 0
        # They wait as the system took no more, and not because the handshake or a ping of ours is before them.
        self._refused = False
        # The close frame that goes out behind what waits, and how long its answer may take.
        self._last: tuple[int, str, float] | None = None

    @property
    def pending(self) -> int:
        """Bytes that are not with the system yet."""
        return self._behind + sum(map(len, self.frames))

    @property
    def closed_with(self) -> int | None:
        """The code of our close frame, if it was the first: the server's own too, for what is no frame."""
        return self._socket.closed_with

    def put(self, text: str) -> None:
        """Send a text frame at the end of this turn of the loop, together with what else is put."""
        self.put_frame(text.encode())

    def put_frame(self, payload: bytes, opcode: int = TEXT) -> None:
        """The same for a frame of any kind but a close."""
        self.outlet.put(frame(payload, opcode), self)

    def close(self, code: int, reason: str) -> None:
        """Send the close frame behind everything that was put before it; what is put later is dropped."""
        self.outlet.write([self])
        if self._last is None:
            self._last = (code, reason, SLOW_READER_S if self._is_slow() else CLOSE_HANDSHAKE_TIMEOUT_S)
            if not self._backlog:
                self._socket.close(*self._last)

    def listen(self, take: Callable[[str], None]) -> None:
        """Hand each text that comes in to `take`; called before the application accepts."""
        self._socket.listen(take)

    def pause(self) -> None:
        """Hand over no text until `resume`; none is lost."""
        self._socket.pause()

    def resume(self) -> None:
        self._socket.resume()

    def write(self, data: bytes) -> None:
        """Write whole frames now, or behind what waits. A socket that fails reports that where it is read."""
        if self._last is not None or not self._socket.may_send:
            return
        if self._backlog is not None:
            self._wait(data)
            return
        taken = 0
        # The handshake, our pings and closes go through the transport; while one is in there, nothing overtakes it.
        if self._send is not None and not self._transport.dataBuffer and not self._transport._tempDataBuffer:
            try:
                taken = self._send(data)
            except BlockingIOError:
                taken = 0
            except OSError:
                return
        if taken < len(data):
            self._fall_behind(data[taken:])

    def _is_slow(self) -> bool:
        """Whether bytes wait for the reader, and not for the next turn of the loop."""
        if self._backlog is None:
            return False
        return self._refused or self._behind > HANDED_BYTES or not _has_room(self._transport)

    def _fall_behind(self, rest: bytes) -> None:
        self._backlog, self._behind = deque([rest]), len(rest)
        in_transport = self._send and (self._transport.dataBuffer or self._transport._tempDataBuffer)
        self._refused = not in_transport
        # This asks for the rest at once.
        self._transport.registerProducer(self, False)

    def _wait(self, data: bytes) -> None:
        """More than the bound never waits."""
        assert self._backlog is not None
        if self._behind + len(data) > PENDING_BYTES:
            self._backlog.clear()
            self._behind = self._handed
            self.overflowed()
        else:
            self._backlog.append(data)
            self._behind += len(data)

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The transport has nothing left: hand it the next frames, or go back to writing directly."""
        self._behind -= self._handed
        self._handed = 0
        while self._backlog and self._handed < HANDED_BYTES and self._socket.may_send:
            data = self._backlog.popleft()
            self._handed += len(data)
            self._transport.write(data)
        if not self._handed:
            self._catch_up()

    def _catch_up(self) -> None:
        self._backlog, self._behind = None, 0
        self._transport.unregisterProducer()
        if self._last is not None:
            self._socket.close(*self._last)

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        """The connection is lost."""
        self._backlog, self._behind, self._handed = None, 0, 0


def _has_room(transport: Any) -> bool:
    """Whether the system would take more at once."""
    if not isinstance(transport, tcp.Connection):
        return False
    look = select.poll()
    look.register(transport.getHandle(), select.POLLOUT)
    return bool(look.poll(0))


def _bare_send(transport: Any) -> Callable[[bytes], int] | None:
    """The system's own send, where the bytes are to leave as they are: not through TLS."""
    if isinstance(transport, tcp.Connection) and not transport.TLS:
        send: Callable[[bytes], int] = transport.socket.send
        return send
    return None
