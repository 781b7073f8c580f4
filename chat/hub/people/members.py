"""Members who are connected here: the rooms they belong to, and what is new in those they are not subscribed to."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chat.errors import ChatError
from chat.hub.bus import RETRY_SECONDS, Bus
from chat.hub.hints import GROUP_PREFIX, MembershipsChanged
from chat.hub.readers import Readers, Standing
from chat.protocol.codec import encode
from chat.protocol.events import Activity, Removed

if TYPE_CHECKING:
    from chat.hub.hub import Connection

# Newcomers of this moment are asked for in one query.
GATHER_SECONDS = 0.05
ACTIVITY_SECONDS = 1.0
# Word of a membership or a read position that was lost is made up for within this: one query for everybody here.
MEMBERSHIPS_SECONDS = 30
# After a restart everybody comes at once; so many are told per round how their rooms stand.
GREETED_AT_ONCE = 100


class Members:
    """`connections` is the hub's own map of who is here; `on_rooms` is told when the rooms of a person are known."""

    def __init__(
        self,
        readers: Readers,
        bus: Bus,
        connections: Mapping[int, set["Connection"]],
        on_rooms: Callable[[int], None],
    ) -> None:
        self._readers = readers
        self._bus = bus
        self._connections = connections
        self._on_rooms = on_rooms
        # By person: how far they have read in the rooms that they belong to.
        self._rooms: dict[int, dict[int, int]] = {}
        self._members: dict[int, set[int]] = defaultdict(set)
        self._heads: dict[int, int] = {}
        self._unknown: set[int] = set()
        self._arrived = asyncio.Event()
        # Rooms in which something happened, and people who have been told nothing yet.
        self._touched: set[int] = set()
        self._ungreeted: set[int] = set()
        # By room and person: who came to belong to a room, or whose read position moved, is told in any case.
        self._owed: set[tuple[int, int]] = set()
        self._told: dict[tuple[int, int], Standing] = {}

    def rooms(self, user_id: int) -> set[int]:
        """The ids of the rooms that somebody who is here belongs to, as far as they are known by now."""
        return set(self._rooms.get(user_id, ()))

    def come(self, user_id: int) -> None:
        """Somebody connected, for the first time or once more: their rooms are looked up soon."""
        if user_id not in self._rooms:
            self._ungreeted.add(user_id)
            self._look_up(user_id)
        for room_id in self._rooms.get(user_id, ()):
            self.follow_no_more(user_id, room_id)

    def follow_no_more(self, user_id: int | None, room_id: int) -> None:
        """Somebody saw for themselves how a room stands: what was told before is old, and is told again."""
        if user_id is not None:
            self._told.pop((room_id, user_id), None)

    def move(self, user_id: int, room_id: int | None) -> None:
        """Somebody's read position moved, if in a room: what is told now may be from before, or cross newer word."""
        if room_id is not None and room_id in self._rooms.get(user_id, ()):
            self._owed.add((room_id, user_id))

    def go(self, user_id: int) -> None:
        """Their last connection is gone."""
        self._unknown.discard(user_id)
        self._ungreeted.discard(user_id)
        self._owed = {(room, user) for room, user in self._owed if user != user_id}
        for room_id in self._rooms.pop(user_id, {}):
            self._leave(user_id, room_id)

    def change(self, item: MembershipsChanged) -> None:
        """Somebody belongs to other rooms than before; tell those who are not subscribed that they lost one."""
        connections = self._connections.get(item.user_id)
        if not connections:
            return
        self._look_up(item.user_id)
        if item.gained is not None:
            self._owed.add((item.gained, item.user_id))
        if item.lost is not None:
            frame = encode(Removed(room=item.lost, reason=item.reason or "removed"))
            for connection in connections:
                subscribed = any(feed.slug == item.lost for feed in connection.rooms.values())
                if not connection.plain and not subscribed:
                    connection.deliver(frame)

    def touch(self, room_id: int, head: int) -> None:
        """The room has got so far."""
        if room_id in self._members and self._heads.get(room_id) != head:
            self._heads[room_id] = head
            self._touched.add(room_id)

    @property
    def room_ids(self) -> list[int]:
        """The rooms whose heads matter to somebody here."""
        return list(self._members)

    async def look_up_all(self) -> None:
        """Have the rooms of everybody here looked up."""
        self._unknown |= self._connections.keys()
        self._arrived.set()

    async def look_up(self) -> None:
        """One round: the rooms of those who came or whose memberships changed; waits for the first."""
        await self._arrived.wait()
        await asyncio.sleep(GATHER_SECONDS)
        self._arrived.clear()
        users, self._unknown = self._unknown, set()
        try:
            found = await self._readers.rooms_of(users)
        except ChatError:
            self._unknown |= users
            self._arrived.set()
            await asyncio.sleep(RETRY_SECONDS)
            raise
        for user_id, rooms in found.items():
            if user_id in self._connections:
                self._know(user_id, rooms)

    async def tell(self) -> None:
        """One round: those who are not subscribed hear how the rooms stand in which something happened."""
        # Taken first: what happens while the database is asked belongs to the next round.
        touched, self._touched = self._touched, set()
        greeted = {user for user in self._ungreeted if user in self._rooms}
        greeted = set(sorted(greeted)[:GREETED_AT_ONCE])
        self._ungreeted -= greeted
        owed = {(room, user) for room, user in self._owed if room in self._rooms.get(user, ())}
        self._owed -= owed
        try:
            await self._tell(touched, greeted, owed)
        except ChatError:
            self._touched |= touched & self._members.keys()
            self._ungreeted |= greeted & self._connections.keys()
            self._owed |= {(room, user) for room, user in owed if user in self._connections}
            raise

    async def _tell(self, touched: set[int], greeted: set[int], owed: set[tuple[int, int]]) -> None:
        pairs = {(room, user) for room in touched for user in self._members.get(room, ())} | owed
        pairs |= {(room, user) for user in greeted for room in self._rooms[user]}
        pairs = {(room, user) for room, user in pairs if self._listeners(room, user)}
        if not pairs:
            return
        for standing in await self._readers.standings({pair: self._told.get(pair) for pair in pairs}):
            pair = (standing.room_id, standing.user_id)
            if pair in owed:
                self._told.pop(pair, None)
            self._tell_one(standing, new=standing.user_id in greeted and pair not in owed)

    def _look_up(self, user_id: int) -> None:
        self._unknown.add(user_id)
        self._arrived.set()

    def _know(self, user_id: int, rooms: dict[int, int]) -> None:
        known = user_id in self._rooms
        before, self._rooms[user_id] = self._rooms.get(user_id, {}), rooms
        for room_id in rooms.keys() - before.keys():
            if not self._members[room_id]:
                self._bus.want(f"{GROUP_PREFIX}{room_id}")
            self._members[room_id].add(user_id)
        for room_id in before.keys() - rooms.keys():
            self._leave(user_id, room_id)
        if known:
            self._owed |= {(room, user_id) for room, read_id in rooms.items() if before.get(room) != read_id}
        self._on_rooms(user_id)

    def _leave(self, user_id: int, room_id: int) -> None:
        self._told.pop((room_id, user_id), None)
        self._members[room_id].discard(user_id)
        if not self._members[room_id]:
            del self._members[room_id]
            self._heads.pop(room_id, None)
            self._touched.discard(room_id)
            self._bus.forget(f"{GROUP_PREFIX}{room_id}")

    def _listeners(self, room_id: int, user_id: int) -> list["Connection"]:
        connections = self._connections.get(user_id, ())
        return [one for one in connections if not one.plain and room_id not in one.rooms]

    def _tell_one(self, standing: Standing, *, new: bool) -> None:
        """Say what was not said before; to a newcomer, who just read the list of rooms, only what is unread."""
        key = (standing.room_id, standing.user_id)
        told, self._told[key] = self._told.get(key), standing
        said = told is not None and told.says() == standing.says()
        if said or (new and not standing.unread and not standing.mentions):
            return
        frame = encode(
            Activity(
                room=standing.slug,
                message_id=standing.newest_id,
                unread=standing.unread,
                mentions=standing.mentions,
            )
        )
        for connection in self._listeners(standing.room_id, standing.user_id):
            connection.deliver(frame)
