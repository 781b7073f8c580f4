"""The hub's link to the channel layer: groups joined, items sent and received. Redis may come and go."""

import asyncio
import logging
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

from chat.hub import tasks
from chat.hub.hints import PEOPLE_GROUP, Item, PeopleHere, group_of, to_layer
from chat.layer import ChatChannelLayer

logger = logging.getLogger(__name__)

# A healthy Redis answers in a millisecond; a frozen one must not hold up the next item for long.
ANSWER_SECONDS = 2.0
RETRY_SECONDS = 1.0
# While Redis is away hints pile up only so far: the heads query heals what is dropped.
OUTBOX_MOST = 10_000
# Each process says every ten seconds who is there: one that was silent for so long is gone.
COMPANY_SECONDS = 35.0
# How many processes listen, while nobody has counted: more than one.
UNKNOWN = 2

_joined_already = asyncio.Event()
_joined_already.set()


class Bus:
    """One channel of the layer for the whole process. `on_message` gets every layer message as it comes."""

    def __init__(self, on_message: Callable[[dict[str, Any]], None]) -> None:
        self.origin = uuid.uuid4().hex
        self.degraded = False
        self._on_message = on_message
        self._layer: ChatChannelLayer = get_channel_layer()
        # By group: how many here want it. A room has its feed and its members.
        self._wanted: Counter[str] = Counter()
        # By group, those that are being joined included: whether it is.
        self._joined: dict[str, asyncio.Event] = {}
        # What was wanted or forgotten since the last look.
        self._doubtful: set[str] = set()
        self._outbox: deque[Item] = deque(maxlen=OUTBOX_MOST)
        self._changed = asyncio.Event()
        self._filled = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = ""
        self._listening = UNKNOWN
        self._company_until = 0.0

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._link()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        await tasks.end(self._tasks)
        # A link that swallowed its cancellation began to receive after the list above was made.
        await tasks.end(self._tasks)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._layer.flush()
        except Exception as error:  # Redis may be gone already; then there is nothing left to close.
            logger.debug("The channel layer could not be closed: %s", error)

    def want(self, group: str) -> asyncio.Event:
        """Join the group soon; the event is set once it is joined. Each `want` needs its `forget`."""
        self._wanted[group] += 1
        self._doubt(group)
        return self._joined.setdefault(group, asyncio.Event())

    def forget(self, group: str) -> None:
        self._wanted[group] -= 1
        if self._wanted[group] <= 0:
            del self._wanted[group]
            self._doubt(group)

    def publish(self, item: Item) -> None:
        """Queue for the other processes, if there are any; never waits, never raises."""
        if self._alone and not isinstance(item, PeopleHere):
            return
        self._outbox.append(item)
        self._filled.set()

    async def answers(self) -> bool:
        """Whether the channel layer takes a message right now."""
        return await self._try(self._layer.group_send("health", to_layer([], self.origin)))

    @property
    def _alone(self) -> bool:
        """Whether only this process listened to the last word of who is here, and none has said a word for long.

        A process that starts asks who is there, so that it is heard at once; one that nobody hears for a while
        finds changes by the heads query, and sessions that ended by theirs.
        """
        return self._listening <= 1 and time.monotonic() > self._company_until

    def _doubt(self, group: str) -> None:
        """The group may have to be joined or left."""
        self._doubtful.add(group)
        self._changed.set()

    async def _link(self) -> None:
        """Get a channel, receive on it, and keep the joined groups equal to the wanted ones."""
        while not self._channel:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    self._channel = await self._layer.new_channel()
            except Exception as error:
                self._report(error)
                await asyncio.sleep(RETRY_SECONDS)
        self._tasks.append(asyncio.create_task(self._receive()))
        while True:
            await self._changed.wait()
            self._changed.clear()
            if not await self._reconcile():
                await asyncio.sleep(RETRY_SECONDS)
                self._changed.set()

    async def _reconcile(self) -> bool:
        """Join and leave what was asked for, all of it at once: after a restart a thousand rooms are wanted."""
        doubtful, self._doubtful = self._doubtful, set()
        missing = [group for group in doubtful if group in self._wanted and not self._joined[group].is_set()]
        if missing and not await self._try(self._layer.group_add_all(missing, self._channel)):
            self._doubtful |= doubtful
            return False
        for group in missing:
            self._joined[group].set()
            # Nobody waits any more. An event takes a kilobyte, and there is a group for everybody who is here.
            self._joined[group] = _joined_already
        for group in doubtful - self._wanted.keys():
            # Taken out first: whoever wants it from now on has it joined anew.
            if self._joined.pop(group, None) is not None:
                await self._try(self._layer.group_discard(group, self._channel))
        return True

    async def _send(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            by_group: dict[str, list[Item]] = defaultdict(list)
            while self._outbox:
                item = self._outbox.popleft()
                by_group[group_of(item)].append(item)
            if PEOPLE_GROUP in by_group:
                await self._try(self._count_listening(by_group.pop(PEOPLE_GROUP)))
            packed = [(group, to_layer(items, self.origin)) for group, items in by_group.items()]
            if packed:
                await self._try(self._layer.group_send_all(packed))

    async def _count_listening(self, items: list[Item]) -> None:
        self._listening = await self._layer.group_send(PEOPLE_GROUP, to_layer(items, self.origin))

    async def _receive(self) -> None:
        while True:
            message = await self._layer.receive(self._channel)
            if message.get("origin") != self.origin:
                self._company_until = time.monotonic() + COMPANY_SECONDS
            try:
                self._on_message(message)
            except Exception:
                logger.exception("A message of the channel layer was refused")

    async def _try(self, step: Any) -> bool:
        """Whether the layer did it in time; a failure is one warning until it works again."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await step
        except Exception as error:
            self._report(error)
            return False
        if self.degraded:
            logger.warning("The channel layer is back")
        self.degraded = False
        return True

    def _report(self, error: Exception) -> None:
        self._listening = UNKNOWN
        if not self.degraded:
            reason = str(error) or type(error).__name__
            logger.warning("The channel layer is away, the database stands in for it: %s", reason)
        self.degraded = True
