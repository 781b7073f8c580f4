"""How many calls of one credential are under way in one loop: a semaphore that keeps to its governor's width."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.github.upstream.governor import Governor


class Places:
    """As many as the governor allows, which may be fewer or more by the time a place is left."""

    def __init__(self, governor: Governor) -> None:
        self._governor = governor
        self._size = governor.width
        self._semaphore = asyncio.Semaphore(self._size)
        self.users = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Hold a place, after waiting for it."""
        self.users += 1
        try:
            await self._fit()
            await self._semaphore.acquire()
            try:
                yield
            finally:
                self._leave()
        finally:
            self.users -= 1

    async def _fit(self) -> None:
        """Have as many places as allowed now; those that are taken go when they are left."""
        self._grow()
        while self._size > self._governor.width and not self._semaphore.locked():
            await self._semaphore.acquire()  # at once, as one is free
            self._size -= 1

    def _leave(self) -> None:
        """Give the place to the next who waits, unless it is one too many by now."""
        if self._size > self._governor.width:
            self._size -= 1
            return
        self._semaphore.release()
        self._grow()

    def _grow(self) -> None:
        while self._size < self._governor.width:
            self._size += 1
            self._semaphore.release()
