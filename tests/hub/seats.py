"""Where somebody sits: one client at one process, by the book, and a witness who looks at every frame it hears."""

import json
from collections.abc import Iterable
from typing import cast

import msgspec
from websockets.asyncio.client import ClientConnection

from chat import database, history
from chat.models import User
from tests.hub.model import Counts, Scene
from tests.hub.processes import Line, Process
from tests.wire import Object, Refused, View, Wire

# The newest page in these tests: small, so that a few messages already are more than one.
NEWEST_PAGE = 6


class Window(View):
    """A view that knows from where on it must hold everything."""

    base = 0
    floor = 0

    def take_page(self, page: Object) -> None:
        super().take_page(page)
        if page["reset"]:
            ids = [message["id"] for message in page["messages"]]
            self.base, self.floor = page["seq"], ids[0] if len(ids) == NEWEST_PAGE else 0

    def assert_equals(self, fresh: dict[int, Object], scene: Scene) -> None:
        """Held is what a fresh load shows, and nothing else; in the window all of it."""
        for key, message in fresh.items():
            text = scene.texts.get(key)
            shown = key >= self.floor and (text is None or text.thread is None)
            if key in self.messages or shown or message["seq"] > self.base:
                assert self.messages.get(key) == message
        assert set(self.messages) <= set(fresh)


class _Views(dict[str, View]):
    """Whoever asks for the view of a room for the first time gets one of ours."""

    def setdefault(self, slug: str, default: View | None = None, /) -> View:
        return super().setdefault(slug, Window())


class Seat:
    """The view of a room outlives a socket, so that the next one resumes."""

    def __init__(self, user: User, who: str, process: Process, token: str, scenes: Iterable[Scene]) -> None:
        self.user = user
        self.who = who
        self.process = process
        self.views = _Views()
        # What the person was last told of rooms that they belong to, by slug.
        self.known: dict[str, Counts] = {}
        # By slug: how far the room was when the last page of this subscription was read, the last event, and how far
        # page and events reach without a hole.
        self.following: dict[str, int] = {}
        self._events: dict[str, int] = {}
        self._complete: dict[str, int | None] = {}
        self._put_out: set[str] = set()
        self._token = token
        self._scenes = {scene.slug: scene for scene in scenes}
        self._line: Line | None = None
        self._wire: Wire | None = None

    @property
    def connected(self) -> bool:
        return self._wire is not None

    async def wire(self) -> Wire:
        """The open socket; a new one resumes what the last one listened to."""
        if self._wire is None:
            self._line = Line(self.process, self._token)
            self._wire = Wire(cast(ClientConnection, self._line), self.views)
            self._wire.hello = await self._wire.event("hello")
            for slug in list(self.views):
                await self.subscribe(slug)
            await self.load_rooms()
        return self._wire

    async def subscribe(self, slug: str, *, surely: bool = True) -> None:
        """Listen. Unless it is done `surely`, other things happen meanwhile: then nobody looks, nobody knows."""
        wire = await self.wire()
        shown = self._scenes[slug].shows(self.who)
        self.views.setdefault(slug)
        try:
            await wire.subscribe(slug)
        except Refused as refused:
            if refused.code != "not_found" or (surely and shown):
                raise
            self.views.pop(slug, None)
        else:
            assert shown or not surely, f"{self.who} was let into {slug}"
        if surely:
            self.look()

    async def unsubscribe(self, slug: str) -> None:
        await (await self.wire()).ask("unsubscribe", room=slug)
        self.look()
        self.following.pop(slug, None)
        self.views.pop(slug, None)
        await self.load_rooms()

    async def load_rooms(self) -> None:
        """GET /api/rooms: these rooms are there, and what it counts is so."""
        rooms = {room.slug: room for room in await database.call(history.rooms_for, self.user)}
        for slug, scene in self._scenes.items():
            assert (slug in rooms) is scene.shows(self.who)
            if self.who in scene.roles:
                me = msgspec.to_builtins(rooms[slug].me)
                self.known[slug] = Counts(me["unread"], me["mentions"])
                assert self.known[slug] == scene.counts(self.who)

    async def hang_up(self) -> None:
        if self._wire is not None:
            await self._wire.close()

    async def close(self, *, politely: bool) -> None:
        if not politely and self._line is not None:
            self._line.abort()
        await self.hang_up()
        self.look()
        self._wire = None
        self.following.clear()
        self._events.clear()
        self.known.clear()

    def look(self) -> None:
        """The witness reads on."""
        while self._line is not None and self._line.heard:
            frame = json.loads(self._line.heard.popleft())
            if (witness := getattr(self, f"_saw_{frame['type']}", None)) is not None:
                witness(frame)
        # Not at once: the client itself, who is ahead of the witness, may listen again already.
        for slug in self._put_out:
            self.views.pop(slug, None)
        self._put_out.clear()

    def lacks(self) -> list[str]:
        """What this client has yet to hear, by the model."""
        found = []
        for slug, since in self.following.items():
            scene = self._scenes[slug]
            if scene.ends(self.who, since, scene.head):
                found.append(f"{self.who} is still in {slug}")
            elif self.views[slug].n != scene.head:
                found.append(f"{self.who} has {self.views[slug].n} of {scene.head} in {slug}")
        for slug, scene in self._scenes.items():
            if self.connected and self.who in scene.roles and slug not in self.following:
                counts = scene.counts(self.who)
                if self.known.get(slug) != counts:
                    found.append(f"{self.who} knows {self.known.get(slug)} of {counts} in {slug}")
        return found

    def _saw_subscribed(self, page: Object) -> None:
        slug = page["room"]["slug"]
        head, newest = page["room"]["seq"], max((message["seq"] for message in page["messages"]), default=0)
        assert self.who in self._scenes[slug].seen_by[head], f"{self.who} got a page of {slug}"
        assert max(page["seq"], newest) <= head
        if slug not in self.following:
            self._events[slug], self._complete[slug] = 0, None
        if not page["more"] or self._complete[slug] is not None:
            self._complete[slug] = max(page["seq"], self._complete[slug] or 0)
        self.following[slug] = head
        self._put_out.discard(slug)

    def _saw_ok(self, reply: Object) -> None:
        if "online" in reply:
            self._saw_subscribed(reply)

    def _saw_message(self, event: Object) -> None:
        slug, seq = event["room"], event["message"]["seq"]
        self._assert_still_in(slug, seq)
        assert seq > self._events[slug], f"{self.who} heard {seq} in {slug} again"
        complete, prev = self._complete[slug], event.get("prev", seq - 1)
        assert complete is None or prev <= complete, f"{self.who} has a hole before {seq} in {slug}"
        self._events[slug], self._complete[slug] = seq, max(seq, complete or 0)

    def _saw_room(self, event: Object) -> None:
        self._assert_still_in(event["room"]["slug"], event["room"]["seq"])

    def _saw_removed(self, event: Object) -> None:
        slug = event["room"]
        since = self.following.pop(slug, -1)
        self._put_out.add(slug)
        scene = self._scenes[slug]
        endings = scene.ends(self.who, since, scene.head)
        told = f"{self.who} was told {event['reason']} in {slug}, not {endings} after {since}"
        # At a change of kind nobody can tell whom of those who are out by now it put out itself.
        of_kind = event["reason"] == "kind_changed" and max(scene.kinds, default=0) > since
        assert of_kind or event["reason"] in {ending.reason for ending in endings}, told

    def _saw_activity(self, event: Object) -> None:
        scene = self._scenes[event["room"]]
        assert self.who in scene.roles or scene.ends(self.who, -1, scene.head)
        self.known[event["room"]] = Counts(event["unread"], event["mentions"])

    _saw_read = _saw_activity

    def _saw_notification(self, event: Object) -> None:
        scene = self._scenes[event["room"]]
        text = scene.texts[event["message_id"]]
        assert any(self.who in scene.seen_by[seq] for seq in text.seqs)

    def _assert_still_in(self, slug: str, seq: int) -> None:
        assert slug in self.following, f"{self.who} heard of {slug} without listening"
        ends = self._scenes[slug].ends(self.who, self.following[slug], seq)
        assert not ends, f"{self.who} heard {seq} of {slug} after {ends}"
