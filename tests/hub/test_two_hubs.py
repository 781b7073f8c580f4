"""Whatever people do over two processes whose hints are lost, doubled and reordered: every client ends up right.

They are the same courses each time. `COURSES=200` in the environment tries so many others, and shortens what fails.
"""

import asyncio
import functools
import itertools
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from chat import database
from chat.actions.rooms import (
    add_members,
    ban_user,
    change_room,
    join_room,
    leave_room,
    remove_member,
    set_role,
    unban_user,
)
from tests.hub import seats
from tests.hub.course import FATES, PATIENCE_S, ROOMS, SEATS, SOON_S, House, step
from tests.hub.model import NAMES, Counts, Text
from tests.hub.processes import Network, separate
from tests.services import environment

# Courses that somebody explores take as long as there are.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(3600)]

EXPLORED = "COURSES" in os.environ
# On PostgreSQL they take twice as long, and what they try lies between the hubs.
COURSES = int(os.environ.get("COURSES", "10" if environment.ON_POSTGRESQL else "25"))
STEPS = 40

PEOPLE = st.sampled_from(NAMES)
TEXTS = st.sampled_from(["hello", "listen, @bob", "@alice and @carol", "@room, come"])
KEYS = st.sampled_from([None, None, "k1", "k2", "k3"])
# Mostly the newest: there is more to see where several things happen to one message.
PICK = st.sampled_from([0, 0, 0, 1, 1, 2, 5, 9])
# Mostly those who may.
OWNERS = st.sampled_from(["alice@A", "alice@A", "alice@B", "alice@B", "bob@A", "bob@B", "carol@A", "gus@B"])


class Course(House):
    """What they do, and what becomes of word between the processes."""

    @step(seat=SEATS, where=ROOMS, text=TEXTS, key=KEYS)
    async def send(self, seat: str, where: str, text: str, key: str | None) -> None:
        await self.say(seat, where, text, key)

    @step(where=ROOMS, texts=st.lists(TEXTS, min_size=2, max_size=8))
    async def send_several(self, where: str, texts: list[str]) -> None:
        for seat, text in zip(itertools.cycle(("alice@A", "bob@B")), texts, strict=False):
            await self.say(seat, where, text, None)

    @step(seat=SEATS, where=ROOMS, pick=PICK, text=TEXTS)
    async def reply(self, seat: str, where: str, pick: int, text: str) -> None:
        if (found := self.pick(where, pick)) is not None:
            await self.say(seat, where, text, None, thread=found[0])

    @step(seat=SEATS, where=ROOMS, pick=PICK, text=TEXTS)
    async def edit(self, seat: str, where: str, pick: int, text: str) -> None:
        if (found := self.pick(where, pick, self.who(seat))) is None:
            return
        who, scene, (key, said) = self.who(seat), self.scenes[where], found
        reply = await self.ask(seat, "edit", message_id=key, text=self.named(text))
        if reply is not None and said.text != text:
            said.text, said.calls = text, scene.calls(who, text)
            said.seqs.append(reply["seq"])

    @step(seat=SEATS, where=ROOMS, pick=PICK)
    async def delete(self, seat: str, where: str, pick: int) -> None:
        if (found := self.pick(where, pick, self.who(seat))) is not None:
            key, said = found
            if await self.ask(seat, "delete", message_id=key) is not None:
                said.deleted = True

    @step(seat=SEATS, where=ROOMS, pick=PICK, on=st.booleans())
    async def react(self, seat: str, where: str, pick: int, on: bool) -> None:
        if (found := self.pick(where, pick)) is not None:
            await self.ask(seat, "react", message_id=found[0], emoji="👍", on=on)

    @step(seat=SEATS, where=ROOMS, pick=PICK, on=st.booleans())
    async def pin(self, seat: str, where: str, pick: int, on: bool) -> None:
        if (found := self.pick(where, pick)) is not None:
            await self.ask(seat, "pin", message_id=found[0], on=on)

    @step(seat=SEATS, where=ROOMS, pick=PICK, back=st.booleans())
    async def read(self, seat: str, where: str, pick: int, back: bool) -> None:
        if (found := self.pick(where, pick)) is None:
            return
        key, who, scene = found[0], self.who(seat), self.scenes[where]
        reply = await self.ask(seat, "unread" if back else "read", room=scene.slug, message_id=key)
        assert (reply is not None) is (who in scene.roles)
        if reply is not None:
            scene.read[who] = key - 1 if back else max(scene.read[who], key)
            counts = Counts(reply["unread"], reply["mentions"])
            assert counts == scene.counts(who)
            self.seats[seat].known[scene.slug] = counts

    @step(seat=SEATS, where=ROOMS)
    async def join(self, seat: str, where: str) -> None:
        if await self.does(seat, where, join_room):
            self.scenes[where].comes(self.who(seat))

    @step(seat=SEATS, where=ROOMS)
    async def leave(self, seat: str, where: str) -> None:
        if await self.does(seat, where, leave_room) and self.who(seat) in self.scenes[where].roles:
            self.scenes[where].goes(self.who(seat), "left")

    @step(seat=OWNERS, where=ROOMS, whom=PEOPLE)
    async def invite(self, seat: str, where: str, whom: str) -> None:
        if await self.does(seat, where, add_members, [self.people[whom].pk]):
            self.scenes[where].comes(whom)

    @step(seat=OWNERS, where=ROOMS, whom=PEOPLE)
    async def remove(self, seat: str, where: str, whom: str) -> None:
        inside = whom in self.scenes[where].roles
        if await self.does(seat, where, remove_member, self.people[whom].pk) and inside:
            self.scenes[where].goes(whom, "left" if self.who(seat) == whom else "removed")

    @step(seat=OWNERS, where=ROOMS, whom=PEOPLE)
    async def ban(self, seat: str, where: str, whom: str) -> None:
        scene = self.scenes[where]
        if await self.does(seat, where, ban_user, self.people[whom].pk) and whom not in scene.banned:
            scene.goes(whom, "banned")
            scene.banned.add(whom)

    @step(seat=OWNERS, where=ROOMS, whom=PEOPLE)
    async def unban(self, seat: str, where: str, whom: str) -> None:
        if await self.does(seat, where, unban_user, self.people[whom].pk):
            self.scenes[where].banned.discard(whom)

    @step(seat=OWNERS, where=ROOMS, whom=PEOPLE, role=st.sampled_from(["member", "moderator", "owner"]))
    async def give_role(self, seat: str, where: str, whom: str, role: str) -> None:
        if await self.does(seat, where, set_role, self.people[whom].pk, role):
            self.scenes[where].roles[whom] = role

    @step(seat=OWNERS, where=ROOMS, kind=st.sampled_from(["public", "open", "private"]))
    async def change_kind(self, seat: str, where: str, kind: str) -> None:
        if await self.does(seat, where, functools.partial(change_room, kind=kind)):
            self.scenes[where].becomes(kind)

    @step(where=ROOMS, speakers=st.lists(SEATS, min_size=2, max_size=6), whom=PEOPLE, coming=SEATS)
    async def all_at_once(self, where: str, speakers: list[str], whom: str, coming: str) -> None:
        """Several talk, alice removes somebody, and somebody comes in, in whatever order that happens."""
        scene, inside = self.scenes[where], whom in self.scenes[where].roles
        for seat in {*speakers, coming}:
            await self.seats[seat].wire()
        replies, removed, _ = await asyncio.gather(
            asyncio.gather(*(self.ask(seat, "send", room=scene.slug, text="hello") for seat in speakers)),
            self.does("alice@A", where, remove_member, self.people[whom].pk),
            self.seats[coming].subscribe(scene.slug, surely=False),
        )
        said = {
            reply["seq"]: (reply["message_id"], Text(self.who(seat), "hello", None, set(), [reply["seq"]]))
            for seat, reply in zip(speakers, replies, strict=True)
            if reply is not None
        }
        scene.texts |= dict(said.values())
        if removed and inside:
            # Its number is the one that no message has.
            [number] = {*range(scene.head + 1, scene.head + len(said) + 2)} - set(said)
            scene.has_come_to(number - 1)
            scene.goes(whom, "left" if whom == "alice" else "removed")
            scene.has_come_to(number)

    @step(seat=SEATS, where=ROOMS)
    async def subscribe(self, seat: str, where: str) -> None:
        await self.seats[seat].subscribe(self.scenes[where].slug)

    @step(seat=SEATS, where=ROOMS)
    async def unsubscribe(self, seat: str, where: str) -> None:
        await self.seats[seat].unsubscribe(self.scenes[where].slug)

    @step(seat=SEATS, politely=st.booleans())
    async def go_offline(self, seat: str, politely: bool) -> None:
        await self.seats[seat].close(politely=politely)

    @step(fates=FATES)
    async def weather(self, fates: list[str]) -> None:
        self.network.fates = fates

    @step(seed=PICK)
    async def release(self, seed: int) -> None:
        self.network.release(seed)

    @step()
    async def rest(self) -> None:
        await self.settle()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of all courses, in which everything takes its turns soon and pages are small."""
    for name in (
        "hub.HEADS",
        "hub.ACTIVITY",
        "hub.MEMBERSHIPS",
        "people.members.GATHER",
        "feed.HOLE_PATIENCE",
    ):
        monkeypatch.setattr(f"chat.hub.{name}_SECONDS", SOON_S)
    monkeypatch.setattr("chat.history.pages.NEWEST_PAGE", seats.NEWEST_PAGE)
    monkeypatch.setattr("chat.history.pages.SYNC_PAGE", 3)
    monkeypatch.setattr("chat.history.feeds.HEAL_PAGE", 3)
    loop = asyncio.new_event_loop()
    # Nothing is measured here.
    loop.slow_callback_duration = PATIENCE_S
    yield loop
    loop.run_until_complete(database.close())
    loop.close()


def test_any_course_over_two_hubs(
    loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CHAT_RATE_LIMITS = False
    Course.loop, Course.network = loop, Network()
    separate(monkeypatch, Course.network)
    chosen = hypothesis.settings(
        max_examples=COURSES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=not EXPLORED,
        database=None,
        phases=tuple(Phase) if EXPLORED else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Course, settings=chosen)
