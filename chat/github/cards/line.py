"""Work that waits in line, by what it is about: a few at a time, each of them once, and once more if need be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Generic, TypeVar

from chat.errors import ChatError

logger = logging.getLogger(__name__)

Key = TypeVar("Key", bound=Hashable)


class Line(Generic[Key]):
    """`work` is done for each key, `at_once` at a time; beyond `most` waiting ones no more are taken."""

    def __init__(self, work: Callable[[Key], Awaitable[None]], *, at_once: int, most: int) -> None:
        self._work = work
        self._at_once = at_once
        self._most = most
        self._waiting: dict[Key, None] = {}
        self._busy: dict[Key, asyncio.Task[None]] = {}

    def add(self, key: Key) -> None:
        """Do the work soon; what is being done already is done once more afterwards."""
        if key not in self._waiting and len(self._waiting) < self._most:
            self._waiting[key] = None
            self._begin()

    def end(self) -> list[asyncio.Task[None]]:
        """Take nothing more; the tasks that are left are to be cancelled."""
        self._most = 0
        self._waiting.clear()
        return list(self._busy.values())

    def _begin(self) -> None:
        for key in [key for key in self._waiting if key not in self._busy]:
            if len(self._busy) >= self._at_once:
                return
            del self._waiting[key]
            task = self._busy[key] = asyncio.create_task(self._guarded(key), name=f"card {key}")
            task.add_done_callback(partial(self._done, key))

    async def _guarded(self, key: Key) -> None:
        try:
            await self._work(key)
        except ChatError as error:
            logger.info("The card %s waits: %s", key, error.detail)
        except Exception:
            logger.exception("The card %s could not be seen to", key)

    def _done(self, key: Key, _: object) -> None:
        del self._busy[key]
        self._begin()
