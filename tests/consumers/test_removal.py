"""Open sockets of people who lose a room: told once why, and nothing from the number of that change on."""

import pytest

from chat import database
from chat.actions.accounts import create_token
from chat.actions.rooms import add_members, ban_user, change_room, remove_member, set_role, unban_user
from chat.models import Room, User
from tests.cast import Cast, assemble, say
from tests.consumers.socket import Object, Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def cast() -> Cast:
    return await database.write(assemble)


async def socket_of(user: User, path: str = "/ws/chat/", *, plain: bool = False) -> Socket:
    secret = await database.write(create_token, user)
    return Socket(path, headers={"authorization": f"Bearer {secret}"}, plain=plain)


async def told(socket: Socket) -> list[Object]:
    """Everything that came until now; a ping is answered behind it."""
    await socket.ask("ping")
    found, socket.events = socket.events, []
    return found


def seqs(events: list[Object]) -> list[int]:
    return [event["message"]["seq"] for event in events if event["type"] == "message"]


async def until_seq(socket: Socket, seq: int) -> None:
    """Read on until this change has arrived; it and those before it stay among the events."""
    while seq not in seqs(socket.events):
        socket.events.append(await socket.receive())


async def test_who_is_removed_is_told_and_hears_nothing_more(cast: Cast) -> None:
    slug = cast.private.slug
    async with await socket_of(cast.bob) as out, await socket_of(cast.alice) as inside:
        for socket in (out, inside):
            assert (await socket.ask("subscribe", room=slug))["type"] == "ok"
        await database.write(say, cast.alice, cast.private, "before")
        await until_seq(out, 1)
        await database.write(remove_member, cast.alice, slug, cast.bob.pk)
        await database.write(say, cast.alice, cast.private, "after")
        await until_seq(inside, 3)
        events = await told(out)
        assert seqs(events) == [1]
        assert [event for event in events if event["type"] == "removed"] == [
            {"type": "removed", "room": slug, "reason": "removed"}
        ]
        for kind, fields in (("subscribe", {}), ("sync", {}), ("send", {"text": "still here"})):
            assert (await out.ask(kind, room=slug, **fields))["code"] == "not_found"


@pytest.mark.parametrize("who", ["bob", "carol", "gus"])
async def test_who_is_banned_is_told_so_member_or_not(cast: Cast, who: str) -> None:
    user: User = getattr(cast, who)
    async with await socket_of(user, "/ws/chat/lobby/") as out, Socket("/ws/chat/lobby/") as other:
        for socket in (out, other):
            await socket.event("subscribed")
        await database.write(ban_user, cast.alice, "lobby", user.pk)
        await other.ask("send", text="they are gone")
        await until_seq(other, 2)
        events = await told(out)
        assert seqs(events) == []
        [removed] = [event for event in events if event["type"] == "removed"]
        assert (removed["room"], removed["reason"]) == ("lobby", "banned")
        assert "room" not in {event["type"] for event in events}
        banned = await out.ask("send", text="still here")
        missing = await out.ask("send", room="no-such-room", text="still here")
        assert (banned["code"], banned["detail"]) == (missing["code"], missing["detail"])
    async with await socket_of(user, "/ws/chat/lobby/") as again:
        assert (await again.event("error"))["code"] == "not_found"
        assert await again.closed() == 4404
    await database.write(unban_user, cast.alice, "lobby", user.pk)
    async with await socket_of(user, "/ws/chat/lobby/") as back:
        assert (await back.event("subscribed"))["room"]["slug"] == "lobby"


async def test_the_plain_dialect_ends_with_its_room(cast: Cast) -> None:
    async with await socket_of(cast.bob, "/ws/chat/lobby/", plain=True) as plain:
        await plain.send(message="before")
        assert await plain.receive() == {"message": "before"}
        await database.write(ban_user, cast.alice, "lobby", cast.bob.pk)
        await database.write(say, cast.alice, cast.lobby, "after")
        assert await plain.closed() == 4403
        assert plain.events == []


async def test_a_change_of_kind_puts_out_whoever_may_not_read_any_more(cast: Cast) -> None:
    """And they do not learn the name that the room got in the same moment."""
    async with (
        await socket_of(cast.carol) as outsider,
        await socket_of(cast.gus) as guest,
        await socket_of(cast.bob) as member,
    ):
        for socket in (outsider, guest, member):
            assert (await socket.ask("subscribe", room="lobby"))["type"] == "ok"
        await database.write(change_room, cast.alice, "lobby", kind="open")
        assert (await guest.event("removed"))["reason"] == "kind_changed"
        await until_seq(outsider, 1)
        await database.write(change_room, cast.alice, "lobby", name="For members", kind="private")
        assert (await outsider.event("removed"))["reason"] == "kind_changed"
        await until_seq(member, 3)
        assert (await member.event("room"))["room"]["kind"] == "open"
        changed = (await member.event("room"))["room"]
        assert (changed["name"], changed["kind"], changed["seq"]) == ("For members", "private", 3)
        for out in (outsider, guest):
            assert "For members" not in str(await told(out))
            assert (await out.ask("sync", room="lobby"))["code"] == "not_found"


async def test_a_room_event_follows_the_change_that_it_came_with(cast: Cast) -> None:
    async with await socket_of(cast.bob, "/ws/chat/open/") as socket:
        await socket.event("subscribed")
        await database.write(change_room, cast.alice, "open", name="Renamed", topic="New")
        await database.write(add_members, cast.alice, "open", [cast.carol.pk])
        await database.write(set_role, cast.alice, "open", cast.carol.pk, "moderator")
        frames = [await socket.receive() for _ in range(6)]
    told = [frame["message"]["event"]["name"] if frame["type"] == "message" else "room" for frame in frames]
    assert told == ["room_renamed", "topic_changed", "room", "member_joined", "room", "role_changed"]
    assert (frames[2]["room"]["name"], frames[4]["room"]["members"]) == ("Renamed", 3)


async def test_who_comes_back_at_once_is_not_put_out_by_the_removal_before(cast: Cast) -> None:
    async with await socket_of(cast.bob) as socket:
        await socket.ask("subscribe", room="open")
        for _ in range(5):
            await database.write(remove_member, cast.alice, "open", cast.bob.pk)
            await database.write(add_members, cast.alice, "open", [cast.bob.pk])
            assert (await socket.event("removed"))["reason"] == "removed"
            assert (await socket.ask("subscribe", room="open"))["type"] == "ok"
        head = (await database.call(Room.objects.get, slug="open")).seq
        await database.write(say, cast.alice, cast.open, "welcome")
        await until_seq(socket, head + 1)
        assert "removed" not in {event["type"] for event in socket.events}
