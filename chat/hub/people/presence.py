"""Who is there: each process tells the others who is connected to it, and forgets a process that fell silent.

Nothing is counted up or down, so nobody stays online for want of a goodbye: after a crash the silence is noticed.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from chat.hub.feed import RoomFeed
from chat.hub.hints import PeopleHere, PersonHere
from chat.protocol.codec import encode
from chat.protocol.events import PresenceEvent

if TYPE_CHECKING:
    from chat.hub.hub import Connection

ONLINE, IDLE, OFFLINE = "online", "idle", "offline"
# Whoever reloads a page is back by then, and was never away for the others.
LINGER_SECONDS = 3.0
GATHER_SECONDS = 0.1
REPEAT_SECONDS = 10.0
# Two repetitions may be lost, and the next round that looks keeps well below the minute in which a crash must show.
SILENCE_SECONDS = 35.0
# In a crowd coming and going would be most of what is sent, and nobody could follow it.
CROWD = 250


class Presence:
    """`connections` and `feeds` are the hub's own maps; `member_rooms` gives the rooms of somebody who is here."""

    def __init__(
        self,
        origin: str,
        connections: Mapping[int, set["Connection"]],
        feeds: Mapping[int, RoomFeed],
        member_rooms: Callable[[int], set[int]],
        publish: Callable[[PeopleHere], None],
    ) -> None:
        self._origin = origin
        self._connections = connections
        self._feeds = feeds
        self._member_rooms = member_rooms
        self._publish = publish
        # By process, this one among them: who is there.
        self._people: dict[str, dict[int, PersonHere]] = defaultdict(dict)
        self._heard: dict[str, float] = {}
        self._in_room: dict[int, set[int]] = defaultdict(set)
        self._leaving: dict[int, float] = {}
        self._changed: set[int] = set()
        self._woken = asyncio.Event()

    def mark(self, user_id: int) -> None:
        """Something about a person here may have changed: connections, state or rooms."""
        self._changed.add(user_id)
        self._woken.set()

    def online(self, room_id: int) -> list[int]:
        """The ids of those who are seen in the room, ascending; who just came into it here included."""
        feed = self._feeds.get(room_id)
        here = {one.user_id for one in feed.subscribers if not one.hidden} if feed else set()
        return sorted(
            {user_id for user_id in here if user_id is not None} | self._in_room.get(room_id, set())
        )

    def ask(self) -> None:
        """This process is new: the others say who is there."""
        self._publish(PeopleHere(self._origin, [], whole=True, asking=True))

    async def repeat(self) -> None:
        """Tell the others everybody who is here, and forget those who have not said anything for long."""
        self._publish(PeopleHere(self._origin, list(self._people[self._origin].values()), whole=True))
        now = time.monotonic()
        for origin in [origin for origin, heard in self._heard.items() if now - heard > SILENCE_SECONDS]:
            del self._heard[origin]
            self._replace(origin, {})
            del self._people[origin]

    def hear(self, item: PeopleHere) -> None:
        """Another process says who is there."""
        if item.asking:
            self._publish(PeopleHere(self._origin, list(self._people[self._origin].values()), whole=True))
        self._heard[item.origin] = time.monotonic()
        people = {} if item.whole else dict(self._people[item.origin])
        for person in item.people:
            people[person.user_id] = person
        self._replace(item.origin, {key: one for key, one in people.items() if one.state != OFFLINE})

    async def tell(self) -> None:
        """One round: what changed here is told, to the rooms of this process and to the others; waits for the first."""
        await self._woken.wait()
        await asyncio.sleep(GATHER_SECONDS)
        self._woken.clear()
        changed, self._changed = self._changed, set()
        before = self._people[self._origin]
        after, told = dict(before), []
        for user_id in changed:
            person = self._as_here(user_id, before.get(user_id))
            if person != before.get(user_id):
                told.append(person or PersonHere(user_id, OFFLINE, []))
            if person is None:
                after.pop(user_id, None)
            else:
                after[user_id] = person
        if told:
            self._publish(PeopleHere(self._origin, told))
            self._replace(self._origin, after)

    def _as_here(self, user_id: int, before: PersonHere | None) -> PersonHere | None:
        """The person as this process sees them now; who has just gone lingers for a moment."""
        shown = [one for one in self._connections.get(user_id, ()) if not one.hidden]
        if shown:
            self._leaving.pop(user_id, None)
            rooms = self._member_rooms(user_id).union(*(one.rooms for one in shown))
            return PersonHere(user_id, IDLE if all(one.idle for one in shown) else ONLINE, sorted(rooms))
        if before is None:
            return None
        now = time.monotonic()
        until = self._leaving.setdefault(user_id, now + LINGER_SECONDS)
        if now < until:
            asyncio.get_running_loop().call_later(until - now, self.mark, user_id)
            return before
        del self._leaving[user_id]
        return None

    def _replace(self, origin: str, people: dict[int, PersonHere]) -> None:
        """What one process says takes the place of what it said before."""
        before = self._people[origin]
        touched = {key for key in {*before, *people} if before.get(key) != people.get(key)}
        seen_before = {user_id: self._seen(user_id) for user_id in touched}
        self._people[origin] = people
        for user_id in touched:
            self._show(user_id, *seen_before[user_id])

    def _seen(self, user_id: int) -> tuple[str, set[int]]:
        """How somebody is seen, over all processes, and in which rooms."""
        found = [people[user_id] for people in self._people.values() if user_id in people]
        states = {person.state for person in found}
        state = ONLINE if ONLINE in states else IDLE if found else OFFLINE
        return state, {room_id for person in found for room_id in person.rooms}

    def _show(self, user_id: int, state_before: str, rooms_before: set[int]) -> None:
        state, rooms = self._seen(user_id)
        for room_id in rooms - rooms_before:
            self._in_room[room_id].add(user_id)
        for room_id in rooms_before - rooms:
            self._in_room[room_id].discard(user_id)
            if not self._in_room[room_id]:
                del self._in_room[room_id]
        self._send(user_id, state, rooms - rooms_before if state == state_before else rooms | rooms_before)

    def _send(self, user_id: int, state: str, rooms: Iterable[int]) -> None:
        frame = encode(PresenceEvent(user=user_id, state=state))
        for room_id in rooms:
            feed = self._feeds.get(room_id)
            if feed is not None and len(feed.subscribers) <= CROWD:
                feed.send(frame, None, except_user=user_id)
