"""Where members stand, counted from what was there before, is always what a full count says."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import history
from chat.actions.attention.read_positions import Move, move
from chat.actions.edits import delete_message, edit_message
from chat.actions.pins import pin_message
from chat.actions.reactions import react
from chat.actions.rooms import join_room, leave_room
from chat.history import counts
from chat.hub import Standing
from chat.models import Message, Room, User
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db

STEPS = 150
TEXTS = ("hello", "@bob look", "@room all of you", "@alice @carol", "nothing new")
Pair = tuple[int, int]


def pairs_of(cast: Cast) -> list[Pair]:
    people = (cast.alice, cast.bob, cast.carol)
    return [(room.pk, user.pk) for room in (cast.open, cast.lobby) for user in people]


class Walk:
    """Several people do in two rooms whatever comes to their minds."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.chance = random.Random(seed)  # noqa: S311
        join_room(cast.carol, cast.open.slug)
        join_room(cast.carol, cast.lobby.slug)

    def step(self) -> None:
        user = self.chance.choice((self.cast.alice, self.cast.bob, self.cast.carol))
        room = self.chance.choice((self.cast.open, self.cast.open, self.cast.lobby))
        # Most of what happens is new texts: several steps in a row are built upon.
        weights = (12, 4, 2, 2, 1, 1, 1, 1)
        deeds = (
            self.talk,
            self.reply,
            self.react,
            self.pin,
            self.read,
            self.edit,
            self.delete,
            self.come_and_go,
        )
        self.chance.choices(deeds, weights)[0](user, room)

    def talk(self, user: User, room: Room) -> None:
        say(user, room, self.chance.choice(TEXTS))

    def reply(self, user: User, room: Room) -> None:
        if (root := self.some(room, thread=None)) is not None:
            say(user, room, self.chance.choice(TEXTS), thread=root.pk)

    def react(self, user: User, room: Room) -> None:
        if (message := self.some(room)) is not None:
            react(user, message.pk, "👍", self.chance.random() < 0.7)

    def pin(self, user: User, room: Room) -> None:
        if (message := self.some(room)) is not None:
            pin_message(self.cast.alice, message.pk, self.chance.random() < 0.7)

    def read(self, user: User, room: Room) -> None:
        if (message := self.some(room)) is not None:
            move(Move(user, room.slug, message.pk, back=self.chance.random() < 0.5))

    def edit(self, user: User, room: Room) -> None:
        if (message := self.some(room)) is not None:
            edit_message(message.author, message.pk, self.chance.choice(TEXTS))

    def delete(self, user: User, room: Room) -> None:
        if (message := self.some(room)) is not None:
            delete_message(message.author, message.pk)

    def come_and_go(self, user: User, room: Room) -> None:
        """Carol leaves and comes back: two messages of the system."""
        leave_room(self.cast.carol, room.slug)
        join_room(self.cast.carol, room.slug)

    def some(self, room: Room, **fields: Any) -> Message | None:
        rows = Message.objects.filter(room=room, kind=Message.Kind.TEXT, deleted=False, **fields)
        return self.chance.choice([None, *rows.order_by("-id")[:8]])


def by_pair(found: list[Standing]) -> dict[Pair, Standing]:
    return {(one.room_id, one.user_id): one for one in found}


def full(pairs: list[Pair]) -> dict[Pair, Standing]:
    return by_pair(history.standings(dict.fromkeys(pairs)))


def facts(found: dict[Pair, Standing]) -> dict[Pair, tuple[Any, ...]]:
    """All but when it was counted."""
    return {pair: tuple(one)[:-1] for pair, one in found.items()}


def built_upon(before: dict[Pair, Standing], after: dict[Pair, Standing]) -> set[Pair]:
    return {
        pair for pair, one in after.items() if pair in before and before[pair].counted_at == one.counted_at
    }


@pytest.mark.parametrize("seed", range(2))
def test_whatever_people_do_what_was_added_makes_the_full_count(cast: Cast, seed: int) -> None:
    walk, pairs = Walk(cast, seed), pairs_of(cast)
    known: dict[Pair, Standing] = {}
    reused = moved = 0
    for _ in range(STEPS):
        walk.step()
        # Not everybody is asked for each time: people of one room are counted from different numbers.
        asked = walk.chance.sample(pairs, walk.chance.randint(0, len(pairs)))
        found = by_pair(history.standings({pair: known.get(pair) for pair in asked}))
        assert facts(found) == facts(full(asked))
        upon = built_upon(known, found)
        reused += len(upon)
        moved += sum(found[pair].says() != known[pair].says() for pair in upon)
        known |= found
    assert reused > STEPS
    assert moved > STEPS / 2
    assert any(one.mentions for one in known.values())


Deed = Callable[[Cast, int], object]
HARMLESS: dict[str, Deed] = {
    "a text": lambda cast, first: say(cast.alice, cast.open, "@bob more"),
    "a reply": lambda cast, first: say(cast.alice, cast.open, "@bob more", thread=first),
    "a reaction": lambda cast, first: react(cast.alice, first, "👍", True),
    "a pin": lambda cast, first: pin_message(cast.alice, first, True),
    "the system": lambda cast, first: join_room(cast.carol, cast.open.slug),
}
OTHERS: dict[str, Deed] = {
    "an edit": lambda cast, first: edit_message(cast.alice, first, "@bob now"),
    "a deletion": lambda cast, first: delete_message(cast.alice, first),
    "reading": lambda cast, first: move(Move(cast.bob, "open", first)),
}
DEEDS = HARMLESS | OTHERS


@pytest.mark.parametrize("name", DEEDS)
def test_only_what_takes_nothing_away_is_built_upon(cast: Cast, name: str) -> None:
    first = say(cast.alice, cast.open, "one").message_id
    bob = [(cast.open.pk, cast.bob.pk)]
    before = full(bob)
    DEEDS[name](cast, first)
    after = by_pair(history.standings(before))
    assert facts(after) == facts(full(bob)) != facts(before)
    assert bool(built_upon(before, after)) is (name in HARMLESS)


@pytest.mark.parametrize("name", DEEDS)
def test_what_happens_while_it_is_counted_is_made_up_for_by_the_next_round(cast: Cast, name: str) -> None:
    pairs = pairs_of(cast)[:2]
    known = full(pairs)
    first = say(cast.alice, cast.open, "@bob one").message_id
    waiting = [DEEDS[name]]

    def meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Heads are read; the changes are about to be."""
        if "asked.since" in sql and waiting:
            waiting.pop()(cast, first)
        return execute(sql, *rest)

    head = history.head(cast.open.pk)
    with connection.execute_wrapper(meanwhile):
        known = by_pair(history.standings(known))
    assert not waiting
    assert {one.seq for one in known.values()} == {head}
    assert facts(by_pair(history.standings(known))) == facts(full(pairs))


def test_what_no_log_tells_of_is_made_up_for_by_a_full_count(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(cast.alice, cast.open, "one")
    bob = [(cast.open.pk, cast.bob.pk)]
    before = full(bob)
    Message.objects.filter(room=cast.open).update(deleted=True)
    say(cast.alice, cast.open, "two")
    assert by_pair(history.standings(before))[bob[0]].unread == 2
    monkeypatch.setattr(counts, "RECOUNT_SECONDS", 0)
    assert by_pair(history.standings(before))[bob[0]].unread == 1


def test_a_history_that_was_put_back_is_counted_in_full(cast: Cast) -> None:
    say(cast.alice, cast.open, "one")
    bob = [(cast.open.pk, cast.bob.pk)]
    later = {pair: one._replace(seq=one.seq + 5, unread=7) for pair, one in full(bob).items()}
    assert facts(by_pair(history.standings(later))) == facts(full(bob))


def test_who_does_not_belong_to_a_room_stands_nowhere(cast: Cast) -> None:
    pairs = [(cast.open.pk, cast.carol.pk), (cast.open.pk, cast.bob.pk), (cast.private.pk, cast.carol.pk)]
    assert set(full(pairs)) == {(cast.open.pk, cast.bob.pk)}
    assert history.standings({}) == []


def test_statements_do_not_grow_with_the_rooms(cast: Cast) -> None:
    def statements(rooms: list[Room]) -> int:
        known = full([(room.pk, user.pk) for room in rooms for user in (cast.alice, cast.bob)])
        for room in rooms:
            say(cast.alice, room, "@bob look")
        with CaptureQueriesContext(connection) as captured:
            history.standings(known)
        return len(captured)

    assert statements([cast.open]) == statements(cast.rooms) == 3


def test_many_are_counted_in_full_a_part_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(room.pk, user.pk) for room in cast.rooms for user in (cast.alice, cast.bob)]
    say(cast.alice, cast.open, "one")
    at_once = full(pairs)
    monkeypatch.setattr(counts, "COUNTED_AT_ONCE", 3)
    assert facts(full(pairs)) == facts(at_once)
    assert len(at_once) == len(pairs)
