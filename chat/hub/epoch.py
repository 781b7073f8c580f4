"""The epoch that connections of this process were told. When the database has another, all of them come back.

A restore under a running server replaces the history: heads may go backwards, and what feeds and clients hold is of
another one.
"""

import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from chat.hub.readers import Readers
from chat.protocol.closes import Close
from chat.protocol.codec import encode
from chat.protocol.events import Goodbye

if TYPE_CHECKING:
    from chat.hub.hub import Connection

logger = logging.getLogger(__name__)

# A restore is noticed within this: one small query for all connections of the process.
EPOCH_SECONDS = 5
# Everybody loads a page anew, so they come back spread over this range.
RECONNECT_SECONDS = (0.5, 3.0)


class Epoch:
    """`forget` takes a connection out of every feed."""

    def __init__(
        self, readers: Readers, connections: set["Connection"], forget: Callable[["Connection"], None]
    ) -> None:
        self._readers = readers
        self._connections = connections
        self._forget = forget
        self._told: str | None = None

    async def told(self) -> str:
        """What a `hello` says. Whoever was told is sent back when it is true no more."""
        if self._told is None:
            epoch = await self._readers.epoch()
            self._told = self._told or epoch
        return self._told

    async def check(self) -> None:
        """Close everybody with 1012 when the database has another epoch; feeds lose their state with them."""
        if self._told is None or self._told == (epoch := await self._readers.epoch()):
            return
        logger.warning("The history was replaced by another one; all connections are sent back.")
        self._told = epoch
        for connection in list(self._connections):
            if not connection.plain:
                wait = round(random.uniform(*RECONNECT_SECONDS), 3)
                connection.deliver(encode(Goodbye(reason="restored", reconnect_after=wait)))
            connection.close(Close.RESTARTING, "The history was replaced; come back.")
            self._forget(connection)
