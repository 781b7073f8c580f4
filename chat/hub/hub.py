"""The hub: which connection of this process listens to what. One per running loop; it ends with it."""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from chat.errors import ChatError
from chat.hub import listeners, measures, tasks
from chat.hub.audience import Subscriber
from chat.hub.bus import Bus
from chat.hub.cards import Cards
from chat.hub.epoch import EPOCH_SECONDS, Epoch
from chat.hub.feed import RoomFeed
from chat.hub.hints import (
    GROUP_PREFIX,
    PEOPLE_GROUP,
    USER_GROUP_PREFIX,
    CardChanged,
    Hint,
    Item,
    MembershipsChanged,
    Passing,
    PeopleHere,
    PersonChanged,
    SessionsChanged,
    from_layer,
    plain_frame,
)
from chat.hub.people import sessions
from chat.hub.people.members import ACTIVITY_SECONDS, MEMBERSHIPS_SECONDS, Members
from chat.hub.people.presence import REPEAT_SECONDS, Presence
from chat.hub.readers import Credential, Readers
from chat.payloads import now
from chat.protocol.closes import Close
from chat.protocol.codec import encode
from chat.protocol.events import Goodbye, Heartbeat, Notice

HEARTBEAT_SECONDS = 25
# A lost last hint is found within this: one query for all rooms of the process.
HEADS_SECONDS = 5
# A session that ended without a word is found within this: one query for all connections of the process.
SESSIONS_SECONDS = 30
# Clients come back after a restart spread over this range, so that they do not come at once.
RECONNECT_SECONDS = (0.5, 3.0)
SETTLE_SECONDS = 5.0
# After this many connections a long round over them lets others have the loop.
CHUNK = 200


class Connection(Subscriber, Protocol):
    """What the hub needs of a socket."""

    rooms: dict[int, RoomFeed]
    # Names the connection among those of its person.
    name: str
    # What the client says of its user: away from the keyboard.
    idle: bool

    @property
    def credential(self) -> Credential: ...

    @property
    def pending(self) -> int:
        """How much waits to be written to it."""

    def person_changed(self, name: str, hides_presence: bool) -> None:
        """Its person has this name now, and is shown as online or not."""

    def close(self, code: Close, reason: str) -> None: ...

    async def settle(self) -> None:
        """Take no more commands, and return when those in flight are answered."""


class Hub:
    """Feeds and people of this process. Started by `start`, ended by `stop`."""

    def __init__(self, readers: Readers) -> None:
        self.connections: set[Connection] = set()
        self.draining = False
        self.feeds: dict[int, RoomFeed] = {}
        self.bus = Bus(self._receive)
        self.epoch = Epoch(readers, self.connections, self.unregister)
        self._readers = readers
        self._users: dict[int, set[Connection]] = {}
        self.presence = Presence(self.bus.origin, self._users, self.feeds, self._rooms_of, self.bus.publish)
        self._members = Members(readers, self.bus, self._users, self.presence.mark)
        self._cards = Cards(self.feeds, self._users)
        self._starting: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self.bus.start()
        for seconds, work in (
            (HEADS_SECONDS, self._check_heads),
            (EPOCH_SECONDS, self.epoch.check),
            (HEARTBEAT_SECONDS, self._beat),
            (SESSIONS_SECONDS, self._check_all_sessions),
            (ACTIVITY_SECONDS, self._members.tell),
            (MEMBERSHIPS_SECONDS, self._members.look_up_all),
            (REPEAT_SECONDS, self.presence.repeat),
            (0, self._members.look_up),
            (0, self.presence.tell),
        ):
            self._spawn(tasks.every(seconds, work))
        self._spawn(self._meet_others())
        self._cards.start()

    async def stop(self) -> None:
        """End all work of this hub; connections that are left hear nothing more."""
        for feed in self.feeds.values():
            feed.stop()
        await self._cards.stop()
        await tasks.end([*self._tasks, *self._starting.values()])
        await self.bus.stop()

    def register(self, connection: Connection) -> None:
        """Know the connection and listen to its person's feed."""
        self.connections.add(connection)
        user_id = connection.user_id
        if user_id is None:
            return
        if user_id not in self._users:
            self._users[user_id] = set()
            self.bus.want(f"{USER_GROUP_PREFIX}{user_id}")
        self._members.come(user_id)
        self._users[user_id].add(connection)
        self.presence.mark(user_id)

    def open_for(self, user_id: int | None) -> int:
        """How many connections of this process are the person's."""
        return len(self._users.get(user_id, ())) if user_id is not None else 0

    def unregister(self, connection: Connection) -> None:
        """Forget the connection everywhere; harmless when it is unknown."""
        self.connections.discard(connection)
        for room_id in list(connection.rooms):
            self.unsubscribe(connection, room_id)
        user_id = connection.user_id
        if user_id is not None and user_id in self._users:
            self._users[user_id].discard(connection)
            if not self._users[user_id]:
                del self._users[user_id]
                self._members.go(user_id)
                self.bus.forget(f"{USER_GROUP_PREFIX}{user_id}")
            self.presence.mark(user_id)

    async def subscribe(self, connection: Connection, room_id: int, slug: str) -> RoomFeed:
        """Join the room's feed: from now on its changes are collected until `RoomFeed.open`."""
        feed = self.feeds.get(room_id)
        if feed is None:
            feed = self.feeds[room_id] = RoomFeed(room_id, slug, self._readers, self._forget)
            joined = self.bus.want(f"{GROUP_PREFIX}{room_id}").wait()
            self._starting[room_id] = asyncio.create_task(feed.start(joined))
        # Who listens already does so again: what comes while their new page is read would be before it.
        feed.add(connection)
        if room_id not in connection.rooms:
            connection.rooms[room_id] = feed
            if connection.user_id is not None:
                self.presence.mark(connection.user_id)
        try:
            await self._started(room_id)
        except ChatError:
            self.unsubscribe(connection, room_id)
            raise
        return feed

    def unsubscribe(self, connection: Connection, room_id: int) -> None:
        feed = connection.rooms.pop(room_id, None)
        if feed is not None:
            feed.remove(connection)
            self._members.follow_no_more(connection.user_id, room_id)

    def accept(self, items: Sequence[Item]) -> None:
        """What happened in this process: deliver it here, and tell the others."""
        measures.arrived(items, measures.HERE)
        for item in items:
            self._deliver(item)
            self.bus.publish(item)

    async def drain(self, reason: str) -> None:
        """Say goodbye to every connection, let commands in flight finish, close with 1012."""
        self.draining = True
        everybody = list(self.connections)
        for connection in everybody:
            if not connection.plain:
                wait = round(random.uniform(*RECONNECT_SECONDS), 3)
                connection.deliver(encode(Goodbye(reason=reason, reconnect_after=wait)))
        settling = [asyncio.create_task(connection.settle()) for connection in everybody]
        if settling:
            await asyncio.wait(settling, timeout=SETTLE_SECONDS)
        await tasks.end(settling)
        for connection in everybody:
            connection.close(Close.RESTARTING, reason)

    def _receive(self, message: dict[str, Any]) -> None:
        """A message of the channel layer: items of another process, or a `chat_message` of another program."""
        if message["type"] == "chat.items":
            if message["origin"] != self.bus.origin:
                items = from_layer(message)
                measures.arrived(items, measures.ELSEWHERE)
                for item in items:
                    listeners.tell(item)
                    self._deliver(item)
        elif message["type"] in ("chat_message", "chat.message"):
            self._notice(message)

    def _deliver(self, item: Item) -> None:
        if isinstance(item, Hint):
            self._members.touch(item.room_id, item.seq)
            if (feed := self.feeds.get(item.room_id)) is not None:
                feed.offer(item)
        elif isinstance(item, SessionsChanged):
            here = set(self._users.get(item.user_id, ()))
            self._spawn(sessions.check(self._readers, here, item))
        elif isinstance(item, MembershipsChanged):
            self._members.change(item)
        elif isinstance(item, PersonChanged):
            for connection in self._users.get(item.user_id, ()):
                connection.person_changed(item.name, item.hides_presence)
            self.presence.mark(item.user_id)
        elif isinstance(item, PeopleHere):
            self.presence.hear(item)
        elif isinstance(item, CardChanged):
            self._cards.hear(item)
        else:
            self._pass(item)

    def _pass(self, item: Passing) -> None:
        kind, _, number = item.feed.partition(".")
        if item.only_users is not None:
            for user_id in item.only_users:
                self._send_to(user_id, item)
        elif kind == "room" and (feed := self.feeds.get(int(number))) is not None:
            feed.pass_on(item)
        elif kind == "user":
            self._send_to(int(number), item)
            self._members.move(int(number), item.moved_in)

    def _send_to(self, user_id: int, item: Passing) -> None:
        for connection in list(self._users.get(user_id, ())):
            if not connection.plain and connection.name != item.except_connection:
                connection.deliver(item.frame)

    def _notice(self, message: dict[str, Any]) -> None:
        group, text = message.get("group", ""), message["message"]
        number = group.removeprefix(GROUP_PREFIX)
        feed = self.feeds.get(int(number)) if number != group else None
        if feed is not None and isinstance(text, str):
            feed.send(encode(Notice(text=text, room=feed.slug)), plain_frame(text))

    def _forget(self, room_id: int) -> None:
        """The last subscriber has left the room."""
        self.feeds.pop(room_id, None)
        if (starting := self._starting.pop(room_id, None)) is not None:
            starting.cancel()
        self.bus.forget(f"{GROUP_PREFIX}{room_id}")

    async def _started(self, room_id: int) -> None:
        """Return when the feed knows its head; raises Unavailable when that could not be read."""
        starting = self._starting.get(room_id)
        if starting is not None:
            await asyncio.shield(starting)
            self._starting.pop(room_id, None)

    def _rooms_of(self, user_id: int) -> set[int]:
        return self._members.rooms(user_id)

    async def _meet_others(self) -> None:
        """Hear of the others' people, and have them say who is there."""
        await self.bus.want(PEOPLE_GROUP).wait()
        self.presence.ask()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check_heads(self) -> None:
        rooms = {*self.feeds, *self._members.room_ids}
        if rooms:
            for room_id, head in (await self._readers.heads(sorted(rooms))).items():
                self._members.touch(room_id, head)
                if (feed := self.feeds.get(room_id)) is not None:
                    feed.check_head(head)

    async def _beat(self) -> None:
        moment = now()
        for count, connection in enumerate(list(self.connections), start=1):
            if not connection.plain:
                heads = {feed.slug: feed.delivered or 0 for feed in connection.rooms.values()}
                connection.deliver(encode(Heartbeat(heads=heads, server_time=moment)))
            if count % CHUNK == 0:
                await asyncio.sleep(0)

    async def _check_all_sessions(self) -> None:
        await sessions.check(self._readers, set(self.connections))
