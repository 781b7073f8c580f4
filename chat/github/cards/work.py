"""What one process does for cards, beside its hub: asks GitHub for them, and heals what its people were not told."""

import asyncio
import time
from collections.abc import Collection, Mapping
from functools import partial

from chat import database
from chat.actions.cards import tell_of_viewer
from chat.github.cards import refresh, rows
from chat.github.cards.line import Line
from chat.github.cards.viewers import Viewer, look_for, viewers_of
from chat.hub import tasks
from chat.links import Watchers

# A change that nobody told of is found within this, and so is what another process was to ask for.
LOOK_SECONDS = 5.0
# Rooms that somebody looks at are noted this often, and what single people may see in them is checked again.
WATCH_SECONDS = 30.0
# Each look at what changed overlaps the last one by so much, as clocks differ and transactions take their time.
OVERLAP_MS = 15_000
# Each is a few calls, which the client bounds anew; more would only wait there.
AT_ONCE = 4
WAITING_MOST = 1_000
OVERDUE_MOST = 20


class CardWork:
    """Implements `chat.links.Companion`."""

    def __init__(self, watchers: Watchers) -> None:
        self._watchers = watchers
        self._wanted: Line[int] = Line(refresh.refresh_wanted, at_once=AT_ONCE, most=WAITING_MOST)
        looking = partial(look_for, watchers=watchers)
        self._viewers: Line[Viewer] = Line(looking, at_once=AT_ONCE, most=WAITING_MOST)
        # By card: the version that people here were told of last.
        self._told: dict[int, int] = {}
        self._changed: set[int] = set()
        self._woken = asyncio.Event()
        self._looked_ms = rows.next_version()
        self._watched_at = 0.0
        self._rounds: list[asyncio.Task[None]] = []

    def start(self) -> None:
        refresh.serve(self)
        rounds = ((LOOK_SECONDS, self.look), (0, self._ask_for_people))
        self._rounds = [asyncio.create_task(tasks.every(seconds, work)) for seconds, work in rounds]

    async def stop(self) -> None:
        refresh.retire(self)
        await tasks.end([*self._rounds, *self._wanted.end(), *self._viewers.end()])

    def begin(self, card_ids: Collection[int]) -> None:
        """Ask for those of these at once that are wanted."""
        for card_id in card_ids:
            self._wanted.add(card_id)

    def look_for(self, user_id: int, card_ids: Collection[int]) -> None:
        """Find out what this person may see of these cards, and show it to them, wherever they are connected."""
        for card_id in card_ids:
            self._viewers.add(Viewer(user_id, card_id))
            if not self._watchers.is_here(user_id):
                tell_of_viewer(card_id, user_id)

    def hear(self, card_id: int, version: int) -> None:
        if version == refresh.WANTED:
            self._wanted.add(card_id)
            return
        self._told[card_id] = version
        self._changed.add(card_id)
        self._woken.set()

    async def look(self) -> None:
        """One round: what nobody asked for, what nobody told of, and who looks at what."""
        self.begin(await database.call(rows.overdue, OVERDUE_MOST))
        rooms = self._watchers.rooms()
        if rooms:
            await self._heal(rooms)
        if rooms and time.monotonic() >= self._watched_at + WATCH_SECONDS:
            self._watched_at = time.monotonic()
            watched = await database.write(rows.watch, list(rooms))
            await self._ask(watched, rooms, again=False)

    async def _heal(self, rooms: Mapping[int, Collection[int]]) -> None:
        """Tell people here of changes whose word was lost; a version is a time, so only the latest are looked at."""
        now_ms, since = rows.next_version(), self._looked_ms - OVERLAP_MS
        changed = await database.call(rows.changed_since, since, list(rooms))
        for card, shown_in in changed:
            if self._told.get(card.pk) != card.version:
                self._watchers.show(shown_in, card.as_object())
                self.hear(card.pk, card.version)
        self._looked_ms = now_ms
        self._told = {card_id: version for card_id, version in self._told.items() if version > since}

    async def _ask_for_people(self) -> None:
        """One round: what people here may see of the cards that changed; waits for the first."""
        await self._woken.wait()
        self._woken.clear()
        changed, self._changed = self._changed, set()
        await self._ask(changed, self._watchers.rooms(), again=True)

    async def _ask(
        self, card_ids: Collection[int], rooms: Mapping[int, Collection[int]], *, again: bool
    ) -> None:
        for viewer in await database.call(viewers_of, card_ids, rooms, again=again):
            self._viewers.add(viewer)
