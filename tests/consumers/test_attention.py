"""What a connection hears of rooms that it is not subscribed to, and of its person's other devices."""

import pytest

from chat import database
from chat.actions.accounts import create_token
from chat.actions.edits import edit_message
from chat.actions.rooms import create_room, join_room, remove_member
from chat.models import Membership, Room, User
from tests.cast import Cast, say
from tests.consumers.socket import Object, Socket

pytestmark = pytest.mark.django_db(transaction=True)


async def come(user: User, path: str = "/ws/chat/") -> Socket:
    """A socket of this person, by a token of its own."""
    token = await database.write(create_token, user)
    return Socket(path, headers={"authorization": f"Bearer {token}"})


async def told(socket: Socket) -> tuple[str, str, int]:
    found: Object = await socket.event("notification")
    return found["kind"], found["text"], found["message_id"]


async def test_a_member_hears_of_a_room_without_being_subscribed(cast: Cast) -> None:
    async with await come(cast.bob) as bob, await come(cast.alice) as alice:
        await bob.receive()
        sent = await alice.ask("send", room=cast.open.slug, text="hello @bob")
        heard = await bob.event("activity")
        assert heard == {
            **{"type": "activity", "room": cast.open.slug, "message_id": sent["message_id"]},
            **{"unread": 1, "mentions": 1},
        }
        await alice.ask("delete", message_id=sent["message_id"])
        heard = await bob.event("activity")
        assert (heard["unread"], heard["mentions"]) == (0, 0)


async def test_who_is_subscribed_hears_the_message_and_no_activity(cast: Cast) -> None:
    async with await come(cast.bob) as bob, await come(cast.bob) as other, await come(cast.alice) as alice:
        await bob.ask("subscribe", room=cast.open.slug)
        await alice.ask("send", room=cast.open.slug, text="hello")
        await other.event("activity")
        await bob.event("message")
        assert await bob.silent()
        assert not [event for event in bob.events if event["type"] == "activity"]


async def test_who_comes_is_told_what_is_unread_and_nothing_else(cast: Cast) -> None:
    await database.write(say, cast.alice, cast.open, "one")
    await database.write(say, cast.alice, cast.direct, "two")
    async with await come(cast.bob) as bob:
        rooms = {(await bob.event("activity"))["room"] for _ in range(2)}
        assert rooms == {cast.open.slug, cast.direct.slug}
        await database.write(say, cast.alice, cast.lobby, "three")
        assert (await bob.event("activity"))["room"] == "lobby"
        assert not [event for event in bob.events if event["type"] == "activity"]


async def test_outsiders_and_guests_hear_no_activity(cast: Cast) -> None:
    async with await come(cast.carol) as carol, Socket("/ws/chat/") as guest, await come(cast.bob) as bob:
        for room in (cast.lobby, cast.open, cast.private):
            await database.write(say, cast.alice, room, "hello @carol")
        await bob.event("activity")
        for outsider in (carol, guest):
            await outsider.ask("ping")
            assert [event["type"] for event in outsider.events] == ["hello"]


async def test_reading_on_one_device_is_told_to_the_others_alone(cast: Cast) -> None:
    first = await database.write(say, cast.alice, cast.open, "one")
    second = await database.write(say, cast.alice, cast.open, "two")
    async with await come(cast.bob) as here, await come(cast.bob) as there, await come(cast.alice) as alice:
        reply = await here.ask("read", room=cast.open.slug, message_id=first.message_id)
        assert (reply["read_id"], reply["unread"], reply["mentions"]) == (first.message_id, 1, 0)
        heard = await there.event("read")
        assert heard == {
            **{"type": "read", "room": cast.open.slug, "message_id": first.message_id},
            **{"unread": 1, "mentions": 0},
        }
        await there.ask("read", room=cast.open.slug, message_id=second.message_id)
        assert (await here.event("read"))["unread"] == 0
        back = await here.ask("unread", room=cast.open.slug, message_id=first.message_id)
        assert (back["unread"], back["mentions"]) == (2, 0)
        assert (await there.event("read"))["message_id"] == first.message_id - 1
        for socket in (here, alice):
            await socket.ask("ping")
            assert not [event for event in socket.events if event["type"] == "read"]


async def test_a_position_that_did_not_move_is_told_to_nobody(cast: Cast) -> None:
    first = await database.write(say, cast.alice, cast.open, "one")
    second = await database.write(say, cast.alice, cast.open, "two")
    async with await come(cast.bob) as here, await come(cast.bob) as there:
        await here.ask("read", room=cast.open.slug, message_id=second.message_id)
        await there.event("read")
        stale = await here.ask("read", room=cast.open.slug, message_id=first.message_id)
        assert stale["read_id"] == second.message_id
        assert await there.silent()


async def test_a_guest_has_no_read_position(cast: Cast) -> None:
    said = await database.write(say, cast.alice, cast.lobby, "one")
    async with Socket() as guest:
        refused = await guest.ask("read", message_id=said.message_id)
        assert (refused["code"], refused["field"]) == ("forbidden", "room")


async def test_those_whom_a_message_concerns_are_notified_once(cast: Cast) -> None:
    root = await database.write(say, cast.bob, cast.open, "root")
    async with await come(cast.bob) as bob, await come(cast.alice) as alice:
        await bob.receive()
        mention = await alice.ask("send", room=cast.open.slug, text="@bob look", thread=root.message_id)
        assert await told(bob) == ("mention", "@bob look", mention["message_id"])
        direct = await alice.ask("send", room=cast.direct.slug, text="psst")
        assert await told(bob) == ("direct", "psst", direct["message_id"])
        reply = await alice.ask("send", room=cast.open.slug, text="x" * 400, thread=root.message_id)
        assert await told(bob) == ("reply", "x" * 299 + "…", reply["message_id"])
        answer = await alice.ask("send", room=cast.open.slug, text="yes", reply_to=root.message_id)
        assert await told(bob) == ("reply", "yes", answer["message_id"])
        await bob.ask("ping")
        assert not [event for event in [*bob.events, *alice.events] if event["type"] == "notification"]


async def test_an_edit_notifies_only_whom_it_calls_for_the_first_time(cast: Cast) -> None:
    async with await come(cast.bob) as bob:
        await bob.receive()
        said = await database.write(say, cast.alice, cast.open, "nobody")
        await database.write(edit_message, cast.alice, said.message_id, "@bob")
        assert await told(bob) == ("mention", "@bob", said.message_id)
        await database.write(edit_message, cast.alice, said.message_id, "@bob, once more")
        await database.write(say, cast.alice, cast.direct, "after it")
        assert (await told(bob))[0] == "direct"


async def test_members_hear_as_much_as_they_wish(cast: Cast) -> None:
    def wish(notify: str) -> None:
        Membership.objects.filter(user=cast.bob).update(notify=notify)

    async with await come(cast.bob) as bob:
        await bob.receive()
        await database.write(wish, "none")
        await database.write(say, cast.alice, cast.open, "@bob unheard")
        await database.write(wish, "mentions")
        await database.write(say, cast.alice, cast.direct, "unheard too")
        await database.write(say, cast.alice, cast.open, "@bob heard")
        assert (await told(bob))[1] == "@bob heard"
        assert not [event for event in bob.events if event["type"] == "notification"]


async def test_nobody_is_notified_of_a_room_that_they_left(cast: Cast) -> None:
    def leave() -> int:
        root = say(cast.carol, cast.open, "root")
        Membership.objects.filter(user=cast.carol).delete()
        return root.message_id

    await database.write(join_room, cast.carol, cast.open.slug)
    async with await come(cast.carol) as carol:
        await carol.receive()
        root_id = await database.write(leave)
        await database.write(say, cast.bob, cast.open, "a reply for @carol", thread=root_id)
        room = await database.call(Room.objects.get, slug="lobby")
        await database.write(join_room, cast.carol, room.slug)
        await database.write(say, cast.alice, room, "@carol")
        assert (await told(carol))[1] == "@carol"


async def test_new_members_hear_of_their_room_and_lost_ones_of_its_end(cast: Cast) -> None:
    async with await come(cast.carol) as carol, await come(cast.alice) as alice:
        for socket in (carol, alice):
            await socket.ask("ping")
        made = await database.write(create_room, cast.alice, "Den", "private", members=[cast.carol.pk])
        for socket in (carol, alice):
            heard = await socket.event("activity")
            assert (heard["room"], heard["unread"]) == (made.slug, 0)
        await database.write(remove_member, cast.alice, made.slug, cast.carol.pk)
        assert await carol.event("removed") == {"type": "removed", "room": made.slug, "reason": "removed"}
        assert (await carol.ask("subscribe", room=made.slug))["code"] == "not_found"
