"""Two rooms, four people, two processes: how a course of events begins, is watched, and is judged at its end."""

import asyncio
import functools
import itertools
import json
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from chat import database, history
from chat.actions.accounts import create_token
from chat.actions.rooms import create_room
from chat.errors import ChatError
from chat.models import Message, Room, User
from tests.cast import assert_log_is_whole, person
from tests.hub.model import NAMES, Scene, Text
from tests.hub.processes import CLEAR, LATE, LOST, TWICE, Network, Process
from tests.hub.seats import Seat, Window
from tests.wire import Object, Refused

# So often a hub has looked everywhere anew; what it has not found by then it will not find.
ROUNDS = 20
PATIENCE_S = 60.0
SOON_S = 0.05

SEATS = st.sampled_from([f"{who}@{where}" for where in "AB" for who in NAMES])
ROOMS = st.sampled_from(["public", "private"])
FATES = st.lists(st.sampled_from([CLEAR, LOST, TWICE, LATE]), min_size=1, max_size=5)


def step(**draws: Any) -> Callable[[Callable[..., Coroutine[Any, Any, None]]], Any]:
    """A rule that is carried out in the loop of all courses, the witnesses looking on."""

    def as_rule(deed: Callable[..., Coroutine[Any, Any, None]]) -> Any:
        @functools.wraps(deed)
        def carry_out(self: "House", **drawn: Any) -> None:
            self.whole = False
            self.loop.run_until_complete(self.watched(deed(self, **drawn)))
            self.whole = True

        return rule(**draws)(carry_out)  # type: ignore[no-untyped-call]

    return as_rule


class House(RuleBasedStateMachine):
    """Alice owns two rooms, bob is a member, carol is outside, gus is a guest. Each has a seat at both processes."""

    # Each course has people, rooms and processes of its own.
    numbers = itertools.count(1)
    loop: ClassVar[asyncio.AbstractEventLoop]
    network: ClassVar[Network]
    whole = False

    @initialize(listening=st.sets(st.tuples(SEATS, ROOMS), min_size=3, max_size=10), fates=FATES)
    def begin(self, listening: set[tuple[str, str]], fates: list[str]) -> None:
        self.network.fates = fates
        self.loop.run_until_complete(self._begin(sorted(listening)))

    async def _begin(self, listening: list[tuple[str, str]]) -> None:
        self.number = next(self.numbers)
        self.sent: dict[tuple[str, str], int] = {}
        self.processes = {name: Process() for name in "AB"}
        for process in self.processes.values():
            process.hub.start()
        self.people, self.scenes, tokens = await self.processes["A"].write(self._cast)
        self.seats = {
            f"{who}@{name}": Seat(user, who, process, tokens[who], self.scenes.values())
            for name, process in self.processes.items()
            for who, user in self.people.items()
        }
        for seat, where in listening:
            await self.seats[seat].subscribe(self.scenes[where].slug)
        self.whole = True

    def _cast(self) -> tuple[dict[str, User], dict[str, Scene], dict[str, str]]:
        people = {who: person(f"{who}-{self.number}", "guest" if who == "gus" else "user") for who in NAMES}
        scenes = {}
        for kind in ("public", "private"):
            made = create_room(people["alice"], f"{kind} {self.number}", kind, members=[people["bob"].pk])
            scene = scenes[kind] = Scene(kind, slug=made.slug, pk=made.pk)
            scene.roles = {"alice": "owner", "bob": "member"}
            scene.has_come_to(0)
        return people, scenes, {who: create_token(user) for who, user in people.items()}

    def teardown(self) -> None:
        self.loop.run_until_complete(self._end())

    async def _end(self) -> None:
        try:
            if self.whole:
                await self.settle()
                for where, who in itertools.product(self.scenes, NAMES):
                    await self.watched(self.say(f"{who}@A", where, "goodbye", None))
                await self.watched(self.settle())
                await self.compare_rows()
        finally:
            for seat in self.seats.values():
                await seat.hang_up()
            for process in self.processes.values():
                await process.hub.stop()

    async def watched(self, deed: Coroutine[Any, Any, None]) -> None:
        await deed
        await self.look()

    async def look(self) -> None:
        heads = await database.call(history.heads, [scene.pk for scene in self.scenes.values()])
        for scene in self.scenes.values():
            scene.has_come_to(heads[scene.pk])
        for seat in self.seats.values():
            seat.look()

    async def settle(self) -> None:
        """Until every client has what it must have. Then it has nothing else."""
        self.network.release(0)
        await self.look()
        for process in self.processes.values():
            process.readers.looking = True
        rounds = {name: process.readers.rounds for name, process in self.processes.items()}
        async with asyncio.timeout(PATIENCE_S):
            while lacking := [lack for seat in self.seats.values() for lack in seat.lacks()]:
                if all(
                    process.readers.rounds - rounds[name] > ROUNDS or not process.hub.connections
                    for name, process in self.processes.items()
                ):
                    raise AssertionError("; ".join(lacking))
                await asyncio.sleep(SOON_S / 5)
                await self.look()
        for process in self.processes.values():
            process.readers.looking = False
        await self.compare_views()

    async def compare_views(self) -> None:
        for scene in self.scenes.values():
            fresh = await database.call(self._fresh, scene)
            for seat in self.seats.values():
                if scene.slug in seat.following:
                    view = seat.views[scene.slug]
                    assert isinstance(view, Window)
                    view.assert_equals(fresh, scene)
        for seat in self.seats.values():
            if seat.connected:
                await seat.load_rooms()

    def _fresh(self, scene: Scene) -> dict[int, Object]:
        """The whole room as somebody loads it who may see it."""
        ids = list(Message.objects.filter(room=scene.pk).values_list("pk", flat=True))
        reader = next(user for who, user in self.people.items() if scene.shows(who))
        found = history.messages_by_id(reader, ids)
        return {message.id: json.loads(msgspec.json.encode(message)) for message in found}

    async def compare_rows(self) -> None:
        def compare() -> None:
            for scene in self.scenes.values():
                room = Room.objects.get(pk=scene.pk)
                assert_log_is_whole(room)
                texts = Message.objects.filter(room=room, kind=Message.Kind.TEXT).values_list("pk", flat=True)
                assert set(texts) == set(scene.texts)
                members = dict(room.memberships.values_list("user_id", "role"))
                assert members == {self.people[who].pk: role for who, role in scene.roles.items()}

        await database.call(compare)

    async def say(self, seat: str, where: str, text: str, key: str | None, thread: int | None = None) -> None:
        scene, who = self.scenes[where], self.who(seat)
        before = self.sent.get((who, key or ""))
        reply = await self.ask(
            seat, "send", room=scene.slug, text=self.named(text), client_id=key and f"{key}", thread=thread
        )
        assert reply is not None or before is not None or who not in scene.roles
        if reply is None:
            return
        assert reply["duplicate"] is (before is not None)
        if before is not None:
            assert reply["message_id"] == before
            return
        root = (scene.texts[thread].thread or thread) if thread else None
        said = Text(who, text, root, scene.calls(who, text), [reply["seq"]])
        scene.texts[reply["message_id"]] = said
        if key is not None:
            self.sent[who, key] = reply["message_id"]

    async def ask(self, seat: str, command: str, **fields: Any) -> Object | None:
        """The reply; None when it was refused."""
        try:
            return await (await self.seats[seat].wire()).ask(command, **fields)
        except Refused as refused:
            if refused.code not in ("forbidden", "not_found", "conflict"):
                raise
            return None

    async def does(self, seat: str, where: str, action: Callable[..., Any], *args: Any) -> bool:
        """Whether it was carried out, by the process of this seat."""
        who, scene = self.who(seat), self.scenes[where]
        try:
            await self.seats[seat].process.write(action, self.people[who], scene.slug, *args)
        except ChatError:
            return False
        assert scene.shows(who), f"{who} acted in {scene.slug} unseen"
        return True

    def who(self, seat: str) -> str:
        return seat.partition("@")[0]

    def named(self, text: str) -> str:
        for who in NAMES:
            text = text.replace(f"@{who}", f"@{who}-{self.number}")
        return text

    def pick(self, where: str, number: int, author: str = "") -> tuple[int, Text] | None:
        """One of the newest texts of a room, and of this author if they wrote any."""
        texts = self.scenes[where].texts
        keys = sorted(texts, reverse=True)
        keys = [key for key in keys if texts[key].author == author] or keys
        return (keys[number % len(keys)], texts[keys[number % len(keys)]]) if keys else None
