"""How long each part of a request may take. Absolute times: a byte now and then buys nobody more."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple


class Deadlines(NamedTuple):
    """In seconds, but for the two rates; tests of what comes too late give shorter ones."""

    # The request line and the headers, from the connection or from their first byte.
    head: float = 10.0
    # A body, beside the time that its bytes take at the slowest rate: 64 KiB get 26 s, the largest form 74 s.
    body: float = 10.0
    body_bytes_per_second: float = 4_096
    # Between two requests. Browsers and proxies give up by themselves after about as long.
    idle: float = 60.0
    # A handshake, from its headers to the answer: everybody may come back at once after a restart.
    handshake: float = 20.0
    # So often a line is looked at on which an answer waits for its reader …
    unread: float = 10.0
    # … who must have taken as much as this since: slower than any phone network.
    read_bytes_per_second: float = 1_024
    # Whoever was refused may still be sending, and must not be cut off before reading why: so long without a byte …
    linger: float = 5.0
    # … and so long in all.
    linger_most: float = 30.0

    def for_body(self, size: int) -> float:
        """The time that a body of so many bytes has."""
        return self.body + size / self.body_bytes_per_second


class Deadline:
    """One moment after which something happens, moved as often as needed. Made on a running loop."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, then: Callable[[], None]) -> None:
        """From now on this one instead of the one before."""
        self.clear()
        self._timer = asyncio.get_running_loop().call_later(seconds, then)

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
