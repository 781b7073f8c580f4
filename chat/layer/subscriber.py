"""What comes in from one Redis: keeps the subscriptions that are wanted, over every loss of the connection."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from chat.layer.link import ANSWER_SECONDS, Link, command

logger = logging.getLogger(__name__)

# After so long without a word Redis is asked whether it is there: a network that died says nothing.
SILENCE_SECONDS = 10.0
# The pause after a loss, and the longest one; each is twice as long as the one before.
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0

Waiters = list[asyncio.Future[None]]


class Asked:
    """A command under way: so many confirmations are due, and then those who wait for it go on."""

    __slots__ = ("due", "waiters")

    def __init__(self, due: int, waiters: Waiters) -> None:
        self.due = due
        self.waiters = waiters


class Subscriber:
    """`deliver` is called with the name and the bytes of every message, in the order in which Redis had them."""

    def __init__(
        self, open_link: Callable[[], Awaitable[Link]], deliver: Callable[[str, bytes], None]
    ) -> None:
        self._open = open_link
        self._deliver = deliver
        # A dict for its order: those who were first are back first.
        self._wanted: dict[str, None] = {}
        self._link: Link | None = None
        # Redis confirms each name of each command, in the order in which they came.
        self._asked: deque[Asked] = deque()
        # Those who wait for the next connection.
        self._hoping: Waiters = []
        self._task: asyncio.Task[None] | None = None
        self._away = False

    async def subscribe(self, names: Sequence[str]) -> None:
        """Returns when Redis has confirmed them; raises what kept it from that. They stay wanted either way."""
        self._wanted.update(dict.fromkeys(names))
        if self._task is None:
            self._task = asyncio.create_task(self._attend_for_ever())
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._link is not None:
            self._ask(self._link, "SUBSCRIBE", names, [done])
        else:
            self._hoping.append(done)
        await done

    def unsubscribe(self, names: Sequence[str]) -> None:
        """Want them no more; nobody needs to wait for that."""
        for name in names:
            self._wanted.pop(name, None)
        if self._link is not None:
            self._ask(self._link, "UNSUBSCRIBE", names, [])

    async def stop(self) -> None:
        """Want nothing more, and close the connection."""
        self._wanted.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        self._away = False

    async def _attend_for_ever(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        try:
            while True:
                try:
                    await self._attend()
                except Exception as error:
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS) if self._away else FIRST_PAUSE_SECONDS
                    self._lost(error)
                # Many processes have lost it at the same moment.
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        finally:
            self._refuse(ConnectionError("The channel layer was closed"))

    async def _attend(self) -> None:
        """One connection, from its first subscription until it is lost."""
        link = await self._open()
        try:
            self._link = link
            hoping, self._hoping = self._hoping, []
            if self._wanted:
                self._ask(link, "SUBSCRIBE", list(self._wanted), hoping)
            else:
                _end(hoping)
            replies = await self._read(link)
            self._found()
            while True:
                for reply in replies:
                    self._take(reply)
                replies = await self._read(link)
        finally:
            self._link = None
            await link.close()

    def _ask(self, link: Link, verb: str, names: Sequence[str], waiters: Waiters) -> None:
        self._asked.append(Asked(len(names), waiters))
        link.write(command(verb, *names))

    async def _read(self, link: Link) -> list[Any]:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                return await link.read()
        except TimeoutError:
            link.write(command("PING"))
        async with asyncio.timeout(ANSWER_SECONDS):
            return await link.read()

    def _take(self, reply: Any) -> None:
        if isinstance(reply, Exception):
            _end(self._asked.popleft().waiters, reply)
        elif isinstance(reply, list):
            kind = reply[0]
            if kind == b"message":
                self._deliver(reply[1].decode(), reply[2])
            elif kind in (b"subscribe", b"unsubscribe"):
                self._confirm()

    def _confirm(self) -> None:
        asked = self._asked[0]
        asked.due -= 1
        if asked.due == 0:
            self._asked.popleft()
            _end(asked.waiters)

    def _found(self) -> None:
        if self._away:
            logger.warning("The channel layer hears Redis again")
        self._away = False

    def _lost(self, error: Exception) -> None:
        """One warning until it is back."""
        if not self._away:
            logger.warning("The channel layer hears nothing, and connects to Redis again: %r", error)
        self._away = True
        self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        """Whoever waits hears of it now, and may ask again."""
        waiters = [done for asked in self._asked for done in asked.waiters] + self._hoping
        self._asked.clear()
        self._hoping = []
        _end(waiters, error)


def _end(waiters: Waiters, error: Exception | None = None) -> None:
    for done in waiters:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
