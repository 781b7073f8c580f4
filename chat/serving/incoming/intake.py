"""How what comes in on one socket is taken: in order, a few frames a turn, no faster than the application has room.

It must not know what the frames say. autobahn's buffer holds what was read and not taken: one read at most, for then
the line is not read until there is room.
"""

import asyncio
import logging
import select
import time
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from chat.limits import Bucket

logger = logging.getLogger(__name__)

# Then the other sockets have their turn: autobahn takes about 30 µs for a frame, so they wait for two milliseconds.
FRAMES_A_TURN = 64
# So many messages may wait for an application that asks for them one by one (ASGI).
QUEUED_MOST = 64
# How soon to look again whether it took some; only who is ahead of it waits for this.
LOOK_AGAIN_S = 0.02
# The other side sends no more. Where the system has no such event, a lost line is one all the same.
GONE = getattr(select, "POLLRDHUP", 0)


class Intake(WebSocketProtocol):  # type: ignore[misc]
    """The half of a socket that reads."""

    # What was read and not taken.
    data: bytes
    # Who takes the texts; without, they go to the application's queue.
    _take: Callable[[str], None] | None = None
    _context: Context
    # The application has no room.
    _paused = False
    # Set while this socket waits for its turn, for a token or for room in the queue.
    _again: asyncio.Handle | None = None
    # The line is not read: what was read waits.
    _stopped = False
    _left_in_turn = FRAMES_A_TURN

    def listen(self, take: Callable[[str], None]) -> None:
        """Hand each text to `take` as it comes, in the context of this call; called before the first can come."""
        self._take, self._context = take, copy_context()

    def pause(self) -> None:
        """Hand over nothing until `resume`. What was read is kept; a close from this side goes on all the same."""
        self._paused = True

    def resume(self) -> None:
        """Go on, in the next turn of the loop."""
        self._paused = False
        if self._stopped and self._again is None:
            self._rest(0)

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        self._bucket = Bucket("frame")
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        """Past autobahn's log line, whose arguments cost more than a frame."""
        self._dataReceived(data)

    def consumeData(self) -> None:  # noqa: N802 - autobahn's name
        """Take what may be taken of what was read; nothing while the application decides whether to accept."""
        self._left_in_turn = FRAMES_A_TURN
        if not self._is_deciding():
            super().consumeData()
        self._stop_or_read_on()

    def processData(self) -> bool:  # noqa: N802 - autobahn's name
        """One step; False when that is all for now."""
        return self._may_go_on() and bool(super().processData())

    def onFrameEnd(self) -> bool | None:  # noqa: N802 - autobahn's name
        """Every frame counts, whatever it is."""
        outcome: bool | None = super().onFrameEnd()
        self._count()
        return outcome

    def onMessageFrame(self, payload: list[bytes]) -> None:  # noqa: N802 - autobahn's name
        """An empty fragment is not kept: the message would grow for ever without becoming longer."""
        super().onMessageFrame([part for part in payload if part])

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803 - autobahn's names
        """What arrives after our close frame is not heard: the application may be gone."""
        if self.state != self.STATE_OPEN:
            return
        if isBinary:
            # It goes to the application's queue, and so does all that is behind it, in order.
            self._take = None
        if self._take is None:
            super().onMessage(payload, isBinary)
        else:
            self._hand_over(payload.decode(), self._take)

    def sendCloseFrame(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802 - autobahn's name
        """Whatever waits is passed over now: the other side's close frame is behind it."""
        was_open = self.state == self.STATE_OPEN
        super().sendCloseFrame(*args, **kwargs)
        # Not each time that autobahn finds the rest of a bad frame as bad.
        if was_open and self._stopped:
            self._rest(0)

    def check_timeouts(self) -> None:
        """Who does not read does not see that nobody is there any more, and asks now and then."""
        super().check_timeouts()
        if self._stopped and self.state != self.STATE_CLOSED and _is_gone(self.transport):
            self.dropConnection(abort=True)

    def _hand_over(self, text: str, take: Callable[[str], None]) -> None:
        self.last_ping = time.time()
        try:
            self._context.run(take, text)
        except Exception as error:
            logger.exception("A frame failed")
            self.handle_exception(error)

    def _count(self) -> None:
        """A frame is done. Perhaps the others' turn has come, or the next one needs a token that is not there yet."""
        self._left_in_turn -= 1
        wait = self._bucket.spend()
        if wait or self._left_in_turn <= 0:
            self._rest(wait)

    def _may_go_on(self) -> bool:
        if self._again is not None or self._is_deciding():
            return False
        if self.state != self.STATE_OPEN:
            return True
        if self._take is None and self.application_queue.qsize() >= QUEUED_MOST:
            self._rest(LOOK_AGAIN_S)
            return False
        return not self._paused

    def _is_deciding(self) -> bool:
        return self.state == self.STATE_CONNECTING and hasattr(self, "application_queue")

    def _rest(self, seconds: float) -> None:
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self._again = None
        self.consumeData()

    def _stop_or_read_on(self) -> None:
        """Reading stops only when something is left over: for who sends nothing it costs no call of the system."""
        stop = len(self.data) > 0 and not self._may_go_on()
        if stop == self._stopped or self.state == self.STATE_CLOSED:
            return
        self._stopped = stop
        if stop:
            self.transport.pauseProducing()
        else:
            self.transport.resumeProducing()


def _is_gone(transport: Any) -> bool:
    """Whether the other side has closed its end, or the line is lost."""
    if not isinstance(transport, tcp.Connection):
        return False
    look = select.poll()
    look.register(transport.getHandle(), GONE)
    return bool(look.poll(0))
