"""The feed of one room in one process: puts changes in order, fills holes from the database, delivers each once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from chat import metrics
from chat.errors import ChatError
from chat.hub.audience import Audience, Subscriber
from chat.hub.hints import Hint, Passing
from chat.hub.readers import Readers
from chat.protocol.codec import encode
from chat.protocol.events import Removed

logger = logging.getLogger(__name__)

# How long a later change waits for a missing earlier one before the database is asked: a few times what two
# processes' hints were seen to cross by.
HOLE_PATIENCE_SECONDS = 0.1
RETRY_SECONDS = 1.0


class RoomFeed:
    """`delivered` is the number of the latest change that local subscribers have; None until it is known."""

    def __init__(self, room_id: int, slug: str, readers: Readers, forget: Callable[[int], None]) -> None:
        self.room_id = room_id
        self.slug = slug
        self.delivered: int | None = None
        self.subscribers = Audience()
        self._readers = readers
        self._forget = forget
        # How far the room was when each one's own page was read: their rights were looked at after that change.
        self._read_to: dict[Subscriber, int] = {}
        self._waiting: dict[int, Hint] = {}
        self._held: list[Passing] = []
        self._timer: asyncio.TimerHandle | None = None
        self._work: asyncio.Task[None] | None = None

    async def start(self, joined: Awaitable[object]) -> None:
        """Join the group first, then read the head: what comes in between waits. Redis gets a moment, no more."""
        try:
            async with asyncio.timeout(RETRY_SECONDS):
                await joined
        except TimeoutError:
            logger.debug("Room %d starts without the channel layer", self.room_id)
        head = await self._readers.head(self.room_id)
        if self.delivered is None:
            self.delivered = head
            self._release()
            self._advance()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._work is not None:
            self._work.cancel()

    def add(self, subscriber: Subscriber) -> None:
        """Collect from now on; `open` ends it."""
        self.subscribers.collect(subscriber)

    def reopen(self, subscriber: Subscriber) -> None:
        """There is no new page: go on from the last one."""
        self.open(subscriber, None, self._read_to.get(subscriber, 0))

    def open(self, subscriber: Subscriber, first_frame: str | None, complete_to: int, head: int = 0) -> bool:
        """Send the first frame, read when the room was at `head`, and what came above it; False when it is expelled."""
        read_to = max(head, complete_to)
        if subscriber not in self.subscribers:
            return False
        collected = self.subscribers.collected(subscriber)
        for item in collected:
            if isinstance(item, Hint) and item.puts_out(subscriber.user_id, read_to):
                self._expel(subscriber, item.reason or "removed")
                return False
        self.subscribers.open(subscriber)
        self._read_to[subscriber] = read_to
        if first_frame is not None:
            subscriber.deliver(first_frame)
        for item in collected:
            if (text := item.text_for(subscriber.user_id, subscriber.plain, complete_to)) is not None:
                subscriber.deliver(text)
        return True

    def remove(self, subscriber: Subscriber) -> None:
        self._drop(subscriber)
        if not self.subscribers:
            self.stop()
            self._forget(self.room_id)

    def offer(self, hint: Hint) -> None:
        """Take a hint, in any order, as often as it comes."""
        if self.delivered is not None and hint.seq <= self.delivered:
            return
        self._waiting.setdefault(hint.seq, hint)
        self._advance()

    def check_head(self, head: int) -> None:
        """The database says how far the room is; fetch what no hint told of."""
        if self.delivered is not None and head > self.delivered and self._work is None:
            metrics.heads_behind.inc()
            self._begin(self._heal())

    def pass_on(self, item: Passing) -> None:
        """Pass an event without a number to everybody here, once the change that it belongs to is delivered."""
        if item.after and (self.delivered is None or self.delivered < item.after):
            self._held.append(item)
        else:
            self.subscribers.send(item)

    def send(self, frame: str, plain: str | None, except_user: int | None = None) -> None:
        """Send to everybody here at once."""
        self.subscribers.send(Passing("", frame, plain, except_user))

    def _advance(self) -> None:
        """Deliver what follows without a hole; wait a moment for what is missing."""
        if self.delivered is None or self._work is not None:
            return
        while (hint := self._waiting.get(self.delivered + 1)) is not None:
            if hint.recheck:
                self._begin(self._pass_recheck(hint))
                return
            self._deliver(hint)
        if self._waiting and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(HOLE_PATIENCE_SECONDS, self._patience_ends)
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _patience_ends(self) -> None:
        self._timer = None
        if self._waiting and self._work is None:
            self._begin(self._heal())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = asyncio.create_task(self._finish(work))

    async def _finish(self, work: Coroutine[Any, Any, None]) -> None:
        """One piece of work at a time; without the database the heads query brings us back here."""
        try:
            await work
        except ChatError as error:
            logger.warning("Room %d waits for the database: %s", self.room_id, error.detail)
            await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._work = None
        if self.subscribers:
            self._advance()
        else:
            self._forget(self.room_id)

    async def _pass_recheck(self, hint: Hint) -> None:
        """Before change k that may end rights is delivered, those who lost theirs are out."""
        await self._recheck([hint])
        self._deliver(hint)

    async def _heal(self) -> None:
        """Fill the hole after `delivered` from the database, once for all connections."""
        more = True
        while more and self.delivered is not None:
            healed = await self._readers.changes_since(self.room_id, self.delivered)
            metrics.holes_healed.inc()
            if not healed.hints:
                return
            await self._recheck(healed.hints)
            for frame in healed.plain:
                self.subscribers.send_plain(frame)
            for hint in healed.hints:
                self._deliver(hint)
            more = healed.more

    async def _recheck(self, hints: Sequence[Hint]) -> None:
        """One query for all local subscribers; nobody who may not read any more stays."""
        causes = [hint for hint in hints if hint.recheck]
        named: dict[int | None, Hint] = {hint.expelled: hint for hint in causes if hint.expelled is not None}
        # What ended the rights of those whom no change names.
        general = next((hint.reason for hint in causes if hint.expelled is None), None)
        user_ids = {subscriber.user_id for subscriber in self.subscribers}
        allowed = await self._readers.may_read(self.room_id, user_ids) if user_ids else set()
        if (unnamed := user_ids - allowed - named.keys()) and general is None:
            # A change that is yet to come puts these out, and says why.
            allowed |= await self._readers.put_out_after(self.room_id, hints[-1].seq, unnamed)
        for subscriber in self.subscribers:
            cause = named.get(subscriber.user_id)
            # Who came back since, and read the room after the change, stays. `open` judges who reads it just now.
            reading = self.subscribers.is_reading(subscriber)
            if cause is not None and not reading and self._read_to.get(subscriber, 0) < cause.seq:
                self._expel(subscriber, cause.reason or "removed")
            elif subscriber.user_id in user_ids and subscriber.user_id not in allowed:
                self._expel(subscriber, general or "removed")

    def _expel(self, subscriber: Subscriber, reason: str) -> None:
        self._drop(subscriber)
        if not subscriber.plain:
            subscriber.deliver(encode(Removed(room=self.slug, reason=reason)))
        subscriber.expelled(self.room_id)

    def _drop(self, subscriber: Subscriber) -> None:
        self.subscribers.drop(subscriber)
        self._read_to.pop(subscriber, None)

    def _deliver(self, hint: Hint) -> None:
        if self.delivered is None or hint.seq <= self.delivered:
            return
        self.delivered = hint.seq
        self._waiting = {seq: later for seq, later in self._waiting.items() if seq > hint.seq}
        self.subscribers.send(hint)
        self._release()

    def _release(self) -> None:
        """Pass on what waited for a change that is delivered by now."""
        held, self._held = self._held, []
        for item in held:
            self.pass_on(item)
