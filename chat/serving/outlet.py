"""When frames go out: what is put on wires in one turn of the loop leaves at its end, one write for each wire.

There is no timer: a lone message leaves in the same turn. Only a busy room's frames are joined, and a big room is
written in chunks, so that nobody else waits for it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Collection, Iterable

from chat.serving.wire import Wire, frame

logger = logging.getLogger(__name__)

# One write takes 7 to 10 µs, so this many keep the loop for about two milliseconds.
WRITES_AT_ONCE = 250
# So many of a turn's writes belong to big rooms in any case, however much is said in small ones.
WRITES_OF_BIG_ROOMS = 60


class Outlet:
    """All wires of one server. Small groups go before big ones, each in the order of arrival."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._small: deque[Wire] = deque()
        self._big: deque[Wire] = deque()
        self._scheduled = False

    def put(self, ready: bytes, wire: Wire) -> None:
        """Write a ready frame to the wire at the end of this turn."""
        if not wire.frames:
            self._small.append(wire)
            self._schedule()
        wire.frames.append(ready)

    def fan_out(self, text: str, wires: Collection[Wire]) -> None:
        """Write one text frame, encoded once, to all these wires."""
        ready = frame(text.encode())
        waiting = self._small if len(wires) <= WRITES_AT_ONCE else self._big
        for wire in wires:
            # What has frames stands in one of the two lines already.
            if not wire.frames:
                waiting.append(wire)
            wire.frames.append(ready)
        self._schedule()

    def write(self, wires: Iterable[Wire]) -> None:
        """Write what these wires hold, now. Frames that several hold alike are joined once."""
        last: list[bytes] = []
        joined = b""
        for wire in wires:
            frames = wire.frames
            if not frames:
                continue
            wire.frames = []
            if frames != last:
                last, joined = frames, frames[0] if len(frames) == 1 else b"".join(frames)
            try:
                wire.write(joined)
            except Exception:
                # One connection's failure must not cost the others their frames.
                logger.exception("A connection could not be written to")

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        small = min(len(self._small), WRITES_AT_ONCE)
        self.write([self._small.popleft() for _ in range(small)])
        big = min(len(self._big), max(WRITES_AT_ONCE - small, WRITES_OF_BIG_ROOMS))
        self.write([self._big.popleft() for _ in range(big)])
        self._scheduled = False
        if self._small or self._big:
            self._schedule()
