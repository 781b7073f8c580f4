"""What waits in one channel of this process: bounded in messages and bytes, whoever fills it and nobody empties it."""

import asyncio

from chat.layer import losses

# A hub takes what one read brought within milliseconds: so many are there only when nobody receives any more.
INBOX_MOST = 10_000
# The longest texts, by the thousand, must not take the memory either.
INBOX_MOST_BYTES = 16 << 20


class Inbox(asyncio.Queue[bytes]):
    """Over its bounds it drops the oldest: what is newest tells a reader of everything before."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._bytes = 0

    def _put(self, item: bytes) -> None:
        super()._put(item)
        self._bytes += len(item)
        dropped = 0
        while self.qsize() > self._most or (self._bytes > INBOX_MOST_BYTES and self.qsize() > 1):
            self._get()
            dropped += 1
        if dropped:
            losses.count(dropped, losses.INBOX)

    def _get(self) -> bytes:
        item = super()._get()
        self._bytes -= len(item)
        return item
