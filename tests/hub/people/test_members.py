"""What members are told of rooms that they are not subscribed to stays true, whatever comes in between."""

import json
from collections.abc import Awaitable, Callable, Mapping

import pytest

from chat import database
from chat.actions.attention.read_positions import Move, move
from chat.actions.edits import edit_message
from chat.actions.reactions import react
from chat.hub import Credential, RoomFeed, Standing, Wire
from chat.hub import hub as hub_module
from chat.hub.bus import Bus
from chat.hub.people.members import Members
from chat.models import Membership, User
from chat.protocol.closes import Close
from chat.readers import DatabaseReaders
from tests.cast import Cast, say
from tests.consumers.socket import Object, Socket
from tests.consumers.test_attention import come

pytestmark = pytest.mark.django_db(transaction=True)

SOON_S = 0.05


class Listener:
    """The far end of a connection that is subscribed to nothing."""

    plain = False
    wire: Wire | None = None
    hidden = False
    idle = False
    name = "listener"
    pending = 0

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.credential = Credential(user_id)
        self.rooms: dict[int, RoomFeed] = {}
        self.told: list[Object] = []

    def deliver(self, frame: str) -> None:
        self.told.append(json.loads(frame))

    def expelled(self, room_id: int) -> None:
        raise AssertionError

    def person_changed(self, name: str, hides_presence: bool) -> None:
        raise AssertionError

    def close(self, code: Close, reason: str) -> None:
        raise AssertionError

    async def settle(self) -> None:
        raise AssertionError


class SlowReaders(DatabaseReaders):
    """Something happens after the database was asked and before its answer is there."""

    meanwhile: Callable[[], Awaitable[object]] | None = None
    asked: Mapping[tuple[int, int], Standing | None]

    async def standings(self, asked: Mapping[tuple[int, int], Standing | None]) -> list[Standing]:
        self.asked = asked
        found = await super().standings(asked)
        if self.meanwhile is not None:
            await self.meanwhile()
        return found


class Place:
    """Bob, who listens, and what a hub knows of its members."""

    def __init__(self, bob: User) -> None:
        self.bob = Listener(bob.pk)
        self.readers = SlowReaders()
        self.members = Members(
            self.readers, Bus(lambda message: None), {bob.pk: {self.bob}}, lambda user_id: None
        )

    async def told(self) -> tuple[int, int]:
        """What one round tells: unread and mentions."""
        self.bob.told.clear()
        await self.members.tell()
        [activity] = self.bob.told
        return activity["unread"], activity["mentions"]


async def place_of(cast: Cast) -> Place:
    place = Place(cast.bob)
    place.members.come(cast.bob.pk)
    await place.members.look_up()
    await place.members.tell()
    return place


async def test_what_happens_while_the_database_is_asked_is_told_in_the_next_round(cast: Cast) -> None:
    place = await place_of(cast)

    async def talk_on() -> None:
        posted = await database.write(say, cast.alice, cast.open, "two")
        place.members.touch(cast.open.pk, posted.seq)

    posted = await database.write(say, cast.alice, cast.open, "one")
    place.members.touch(cast.open.pk, posted.seq)
    place.readers.meanwhile = talk_on
    assert await place.told() == (1, 0)
    place.readers.meanwhile = None
    assert await place.told() == (2, 0)


async def test_who_reads_while_the_database_is_asked_is_told_the_new_count(cast: Cast) -> None:
    place = await place_of(cast)
    posted = await database.write(say, cast.alice, cast.open, "one")

    async def read() -> None:
        await database.write(move, Move(cast.bob, "open", posted.message_id))
        place.members.move(cast.bob.pk, cast.open.pk)

    place.members.touch(cast.open.pk, posted.seq)
    place.readers.meanwhile = read
    assert await place.told() == (1, 0)
    place.readers.meanwhile = None
    assert await place.told() == (0, 0)


async def test_what_moves_no_count_is_not_told(cast: Cast) -> None:
    place = await place_of(cast)
    posted = await database.write(say, cast.alice, cast.open, "one")
    place.members.touch(cast.open.pk, posted.seq)
    assert await place.told() == (1, 0)
    place.bob.told.clear()
    place.members.touch(cast.open.pk, await database.write(react, cast.alice, posted.message_id, "👍", True))
    await place.members.tell()
    assert place.bob.told == []
    assert list(place.readers.asked) == [(cast.open.pk, cast.bob.pk)]


async def test_counts_are_built_upon_what_was_told_until_it_is_old(cast: Cast) -> None:
    place, pair = await place_of(cast), (cast.open.pk, cast.bob.pk)
    seqs = []
    for _ in range(3):
        posted = await database.write(say, cast.alice, cast.open, "more")
        place.members.touch(cast.open.pk, posted.seq)
        await place.members.tell()
        assert (known := place.readers.asked[pair]) is not None
        seqs.append(known.seq)
    assert seqs == [0, 1, 2]
    assert [activity["unread"] for activity in place.bob.told] == [1, 2, 3]
    place.members.follow_no_more(cast.bob.pk, cast.open.pk)
    place.members.touch(cast.open.pk, (await database.write(say, cast.alice, cast.open, "more")).seq)
    assert await place.told() == (4, 0)
    assert place.readers.asked == {pair: None}


async def heard(socket: Socket) -> tuple[str, int, int]:
    found = await socket.event("activity")
    return found["room"], found["unread"], found["mentions"]


async def test_who_looked_in_meanwhile_is_told_what_they_were_told_before(cast: Cast) -> None:
    async with await come(cast.bob) as bob:
        posted = await database.write(say, cast.alice, cast.open, "hello")
        assert await heard(bob) == ("open", 1, 0)
        await bob.ask("subscribe", room="open")
        await database.write(edit_message, cast.alice, posted.message_id, "@bob")
        await bob.event("message")
        await bob.ask("unsubscribe", room="open")
        await database.write(edit_message, cast.alice, posted.message_id, "hello")
        assert await heard(bob) == ("open", 1, 0)


async def test_lost_word_of_a_membership_or_a_read_position_is_made_up_for(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that change without a word are what a process sees whose word was lost."""

    def read_everything() -> None:
        Membership.objects.filter(room=cast.open, user=cast.bob).update(read_id=posted.message_id)

    def belong() -> None:
        Membership.objects.create(room=cast.open, user=cast.carol)

    monkeypatch.setattr(hub_module, "MEMBERSHIPS_SECONDS", SOON_S)
    posted = await database.write(say, cast.alice, cast.open, "hello")
    async with await come(cast.bob) as bob, await come(cast.carol) as carol:
        assert await heard(bob) == ("open", 1, 0)
        await database.write(read_everything)
        assert await heard(bob) == ("open", 0, 0)
        await carol.ask("ping")
        await database.write(belong)
        assert await heard(carol) == ("open", 1, 0)
