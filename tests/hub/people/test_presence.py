"""Processes that tell each other who is there, and fall silent."""

from typing import Any

import pytest

from chat.hub.feed import RoomFeed
from chat.hub.hints import PeopleHere
from chat.hub.people import presence
from chat.hub.people.presence import Presence
from chat.readers import DatabaseReaders
from tests.hub.listener import Listener

ROOM, BOB = 7, 2


class Visitor(Listener):
    """A connection, as presence sees it."""

    def __init__(self, user_id: int) -> None:
        super().__init__(user_id)
        self.rooms = {}
        self.idle = False


class Process:
    """One process: its people, the feed of one room, and what it says to the other process."""

    def __init__(self, name: str) -> None:
        self.people: dict[int, set[Any]] = {}
        self.feed = RoomFeed(ROOM, "lobby", DatabaseReaders(), lambda room_id: None)
        self.said: list[PeopleHere] = []
        self.others: list[Process] = []
        self.presence = Presence(name, self.people, {ROOM: self.feed}, lambda user_id: {ROOM}, self.say)

    def say(self, item: PeopleHere) -> None:
        self.said.append(item)
        for other in self.others:
            other.presence.hear(item)

    async def come(self, user_id: int) -> Visitor:
        visitor = Visitor(user_id)
        self.people.setdefault(user_id, set()).add(visitor)
        self.presence.mark(user_id)
        await self.presence.tell()
        return visitor

    def listen(self) -> Listener:
        listener = Listener(1)
        self.feed.add(listener)
        self.feed.open(listener, None, 0)
        return listener


@pytest.fixture
def pair() -> tuple[Process, Process]:
    here, there = Process("here"), Process("there")
    here.others, there.others = [there], [here]
    return here, there


def states(listener: Listener) -> list[str]:
    return [frame["state"] for frame in listener.frames if frame["user"] == BOB]


async def test_people_of_another_process_are_seen_here(pair: tuple[Process, Process]) -> None:
    here, there = pair
    listener = here.listen()
    await there.come(BOB)
    assert (states(listener), here.presence.online(ROOM)) == (["online"], [1, BOB])


async def test_a_process_that_fell_silent_has_nobody_any_more(
    pair: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = pair
    listener = here.listen()
    await there.come(BOB)
    await here.presence.repeat()
    assert states(listener) == ["online"]
    monkeypatch.setattr(presence, "SILENCE_SECONDS", -1.0)
    await here.presence.repeat()
    assert (states(listener), here.presence.online(ROOM)) == (["online", "offline"], [1])
    await there.presence.repeat()
    assert states(listener) == ["online", "offline", "online"]


async def test_a_new_process_asks_who_is_there(pair: tuple[Process, Process]) -> None:
    here, there = pair
    there.others = []
    await there.come(BOB)
    assert here.presence.online(ROOM) == []
    there.others = [here]
    here.presence.ask()
    assert here.presence.online(ROOM) == [BOB]


async def test_a_lost_goodbye_is_made_good_by_the_next_repetition(
    pair: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LINGER_SECONDS", 0.0)
    here, there = pair
    listener = here.listen()
    await there.come(BOB)
    there.others = []
    there.people.clear()
    there.presence.mark(BOB)
    await there.presence.tell()
    assert states(listener) == ["online"]
    there.others = [here]
    await there.presence.repeat()
    assert states(listener) == ["online", "offline"]


async def test_who_is_connected_to_two_processes_stays_while_one_is_left(
    pair: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LINGER_SECONDS", 0.0)
    here, there = pair
    listener = here.listen()
    await there.come(BOB)
    await here.come(BOB)
    there.people.clear()
    there.presence.mark(BOB)
    await there.presence.tell()
    assert states(listener) == ["online"]
    here.people.clear()
    here.presence.mark(BOB)
    await here.presence.tell()
    assert states(listener) == ["online", "offline"]


async def test_a_reload_of_the_page_is_not_seen(pair: tuple[Process, Process]) -> None:
    here, there = pair
    listener = here.listen()
    await there.come(BOB)
    there.people.clear()
    there.presence.mark(BOB)
    await there.presence.tell()
    await there.come(BOB)
    assert states(listener) == ["online"]
    assert len(there.said) == 1


async def test_in_a_crowd_nobody_is_told_of_single_people(
    pair: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = pair
    listener = here.listen()
    monkeypatch.setattr(presence, "CROWD", 0)
    await there.come(BOB)
    assert (states(listener), here.presence.online(ROOM)) == ([], [1, BOB])
