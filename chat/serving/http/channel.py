"""One line of an HTTP client, from its connection to its end or its upgrade: every phase has its bound.

It must not know what a request is about: which sizes its path allows is `chat.limits`' part.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel

from chat import metrics
from chat.errors import ChatError, HeadersTooLong, Invalid, TooSlow
from chat.limits import body_bytes, check_body
from chat.serving.http.deadlines import Deadline
from chat.serving.http.refusals import raw_answer
from chat.serving.http.request import ChatRequest

if TYPE_CHECKING:
    from chat.serving.server import ChatServer


class ChatChannel(HTTPChannel):
    """Twisted's channel with deadlines instead of its idle timeout, and refusals that can be read."""

    # Our own deadlines do what Twisted's idle timeout cannot: any byte moves that one.
    timeOut = None
    transport: Any
    requestFactory: Any  # noqa: N815 - Twisted's name

    def __init__(self, server: "ChatServer") -> None:
        super().__init__()
        self._server = server
        self._times = server.deadlines
        self._deadline = Deadline()
        # What the present phase ends with, restored when an answer that held it up has been read.
        self._phase: tuple[float, Callable[[], None]] | None = None
        self._between_requests = False
        # Refused, closing or a WebSocket by now: the bounds of requests do not matter any more.
        self._over = False
        self._unread = 0
        self._latest_end = 0.0
        self._waiting: list[asyncio.Future[None]] = []

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        """A client is there. Daphne's factory has put its own class of requests before."""
        self.timeOut = None
        self.requestFactory = ChatRequest
        super().connectionMade()
        self._enter(self._times.head, self._head_is_late)
        try:
            self._server.connections_open.count(self.transport)
        except ChatError as error:
            self.refuse(error, "address", linger=False)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """The first byte after a pause begins a request, which is timed from here."""
        if self._between_requests:
            self._between_requests = False
            self._enter(self._times.head, self._head_is_late)
        super().dataReceived(data)

    def headerReceived(self, line: bytes) -> bool:  # noqa: N802
        """One header. A length may have more digits than Python makes a number of, and Twisted does not expect that."""
        try:
            return bool(super().headerReceived(line))
        except ValueError:
            self._respondToBadRequestAndDisconnect()
            return False

    def allHeadersReceived(self) -> None:  # noqa: N802
        """Say no before anything of a body is kept, and before the client is told to go on with it."""
        try:
            check_body(self.length or 0, self.path)
        except ChatError as error:
            self.refuse(error, "body")
            return
        size = body_bytes(self.path) if self.length is None else self.length
        self._enter(self._times.for_body(size), self._body_is_late)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:  # noqa: N802
        """The request is whole. How long its answer takes is the application's part."""
        self._leave()
        super().allContentReceived()

    def requestDone(self, request: ChatRequest) -> None:  # noqa: N802
        """The answer is handed over; what the client has sent meanwhile is the next request."""
        if self.persistent:
            self._between_requests = True
            self._enter(self._times.idle, self.loseConnection)
        super().requestDone(request)

    @property
    def path(self) -> str:
        """Of the request that is arriving, empty before its first line."""
        return str(getattr(self, "_path", b"").decode("latin-1"))

    def refuse(self, error: ChatError, reason: str, *, linger: bool = True) -> None:
        """Answer and keep nothing more; the line ends once the client has read that, or after a while."""
        if self._over:
            return
        self._ignore()
        metrics.count_refusal(reason)
        self.transport.write(raw_answer(error, self.path))
        if linger:
            # Closing while bytes arrive resets the line, and the client would lose what it has not read yet.
            self.transport.loseWriteConnection()
        else:
            super().loseConnection()
        self._latest_end = asyncio.get_running_loop().time() + self._times.linger_most
        self._linger()

    def upgraded(self) -> None:
        """The line is a WebSocket's from now on."""
        self._over = True
        self._leave()

    async def writable(self) -> None:
        """Return when the client has read what waits for it; an application that sends more is held by this."""
        while self._waitingForTransport and not self._over:
            read = asyncio.get_running_loop().create_future()
            self._waiting.append(read)
            await read

    def pauseProducing(self) -> None:  # noqa: N802
        """Twisted: what waits to be read is more than a buffer full."""
        if not self._waitingForTransport and not self._over:
            self._watch()
        super().pauseProducing()

    def resumeProducing(self) -> None:  # noqa: N802
        """Twisted: everything has been handed to the system."""
        super().resumeProducing()
        self._wake()
        if not self._over:
            self._deadline.clear()
            if self._phase is not None:
                self._deadline.set(*self._phase)

    def loseConnection(self) -> None:  # noqa: N802
        """The line ends when everything is written, or nobody reads it."""
        super().loseConnection()
        if not self._over:
            self._over = True
            self._watch()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        self._over = True
        self._leave()
        self._wake()
        super().connectionLost(reason)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        """A line longer than Twisted's MAX_LENGTH, 16 KiB."""
        self.refuse(HeadersTooLong("The headers are too long."), "headers")

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802
        """Twisted's way to refuse what is no HTTP, or more headers than its limits allow."""
        if self._receivedHeaderSize > self.totalHeadersSize or self._receivedHeaderCount > self.maxHeaders:
            self.refuse(HeadersTooLong("The headers are too long."), "headers")
        else:
            self.refuse(Invalid("This is no HTTP request that we understand."), "request")

    def _head_is_late(self) -> None:
        if self.requests or self._buffer:
            self.refuse(TooSlow("The headers did not arrive in time."), "slow")
        else:
            self.loseConnection()

    def _body_is_late(self) -> None:
        self.refuse(TooSlow("The body did not arrive in time."), "slow")

    def _enter(self, seconds: float, late: Callable[[], None]) -> None:
        self._phase = seconds, late
        if not self._waitingForTransport and not self._over:
            self._deadline.set(seconds, late)

    def _leave(self) -> None:
        self._phase = None
        if not self._waitingForTransport or self._over:
            self._deadline.clear()

    def _watch(self) -> None:
        """Look again in a while at how much was read."""
        self._unread = _unread(self.transport)
        self._deadline.set(self._times.unread, self._look)

    def _look(self) -> None:
        least = self._times.read_bytes_per_second * self._times.unread
        left = _unread(self.transport)
        if left and self._unread - left < least:
            metrics.count_refusal("unread")
            self.transport.abortConnection()
        else:
            self._watch()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for read in waiting:
            if not read.done():
                read.set_result(None)

    def _ignore(self) -> None:
        """Nothing that still arrives is kept or understood."""
        self._over = True
        self._leave()
        instead = dict.fromkeys(("lineReceived", "rawDataReceived", "allContentReceived"), _nothing)
        for name, method in {**instead, "dataReceived": self._linger}.items():
            setattr(self, name, method)

    def _linger(self, _: bytes = b"") -> None:
        """Somebody who is still sending gets a little more time."""
        left = self._latest_end - asyncio.get_running_loop().time()
        self._deadline.set(min(left, self._times.linger), self.transport.abortConnection)


def _unread(transport: Any) -> int:
    """The bytes of answers that wait in this process to be read."""
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


def _nothing(*_: Any) -> None:
    """What becomes of bytes that nobody wants."""
