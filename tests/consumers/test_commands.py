"""Commands of chat.v1 on a socket: replies, events, and what bad input gets."""

import json

import pytest
from pytest_django.fixtures import Settings

from chat import database
from chat.actions.rooms import join_room, leave_room
from chat.models import Room, Token, User
from chat.models.token import digest
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)


async def token_of(name: str) -> dict[str, str]:
    def make() -> None:
        Token.objects.create(user=User.objects.create_user(name), digest=digest(name))

    await database.call(make)
    return {"authorization": f"Bearer {name}"}


async def test_a_message_reaches_everybody_with_its_number() -> None:
    async with Socket() as one, Socket() as other:
        reply = await one.ask("send", text="*hi*", client_id="a-1")
        assert reply == {
            "type": "ok", "id": "c1", "message_id": reply["message_id"], "seq": 1, "duplicate": False
        }  # fmt: skip
        message = (await other.event("message"))["message"]
    assert message["id"] == reply["message_id"]
    assert message["html"] == "<p><em>hi</em></p>"
    assert message["client_id"] == "a-1"
    assert (message["seq"], message["text_seq"], message["room"]) == (1, 1, "lobby")


async def test_a_repeated_send_gets_the_first_reply_whatever_happened_since() -> None:
    async with Socket() as socket:
        first = await socket.ask("send", text="once", client_id="k")
        await socket.ask("edit", message_id=first["message_id"], text="changed")
        again = await socket.ask("send", text="once", client_id="k")
        assert again == {**first, "id": again["id"], "duplicate": True}
        other_text = await socket.ask("send", text="twice", client_id="k")
        assert other_text["code"] == "conflict"
        await socket.ask("delete", message_id=first["message_id"])
        assert (await socket.ask("send", text="twice", client_id="k"))["duplicate"] is True


async def test_edit_react_and_delete_are_told_as_whole_messages() -> None:
    async with Socket() as one, Socket() as other:
        message_id = (await one.ask("send", text="first"))["message_id"]
        assert (await one.ask("edit", message_id=message_id, text="second"))["seq"] == 2
        assert (await one.ask("edit", message_id=message_id, text="second"))["seq"] == 2
        assert (await one.ask("edit", message_id=message_id, text="third", seq=1))["code"] == "conflict"
        assert (await other.ask("react", message_id=message_id, emoji="🎉", on=True))["seq"] == 3
        assert (await one.ask("delete", message_id=message_id))["seq"] == 4
        texts = [(await other.event("message"))["message"] for _ in range(4)]
    assert [message["text"] for message in texts] == ["first", "second", "second", ""]
    assert texts[2]["reactions"][0]["emoji"] == "🎉"
    assert texts[3]["deleted"] is True


async def test_a_resume_gets_the_changes_since_in_the_same_round_trip() -> None:
    async with Socket() as socket:
        epoch = (await socket.receive())["epoch"]
        for number in range(5):
            await socket.ask("send", text=f"line {number}")
    async with Socket(since=3, epoch=epoch) as resumed:
        page = await resumed.event("subscribed")
        assert [message["text"] for message in page["messages"]] == ["line 3", "line 4"]
        assert (page["seq"], page["reset"], page["more"]) == (5, False, False)
    async with Socket(since=3, epoch="another") as restored:
        assert (await restored.event("subscribed"))["reset"] is True


async def test_one_socket_serves_several_rooms(settings: Settings) -> None:
    await database.call(lambda: Room.objects.create(slug="den", name="Den"))
    async with Socket("/ws/chat/") as socket, Socket("/ws/chat/den/") as other:
        assert (await socket.ask("subscribe", room="den"))["room"]["slug"] == "den"
        assert (await socket.ask("subscribe", room="lobby", since=0))["reset"] is False
        await other.ask("send", text="in the den")
        assert (await socket.event("message"))["room"] == "den"
        assert (await socket.ask("unsubscribe", room="den"))["type"] == "ok"
        await other.ask("send", text="unheard")
        assert not [event for event in socket.events if event["type"] == "message"]
        assert await socket.silent()


async def test_sync_answers_without_a_subscription_and_names_what_is_wrong() -> None:
    async with Socket("/ws/chat/") as socket:
        assert (await socket.ask("sync", room="lobby"))["reset"] is True
        assert (await socket.ask("sync", room="lobby", since=9))["reset"] is True
        assert (await socket.ask("sync", room="nowhere"))["code"] == "not_found"
        assert (await socket.ask("sync"))["field"] == "room"
        refused = await socket.ask("sync", room="lobby", since=-1)
        assert (refused["code"], refused["field"]) == ("invalid", "since")


async def test_typing_is_told_to_the_others_at_most_once_in_three_seconds() -> None:
    async with Socket(name="Ada") as one, Socket() as other:
        await other.event("subscribed")
        await one.ask("typing")
        await one.ask("typing")
        event = await other.event("typing")
        assert (event["room"], event["user"]["name"]) == ("lobby", "Ada")
        assert await other.silent()
        assert not [event for event in one.events if event["type"] == "typing"]


async def test_who_leaves_is_told_and_hears_nothing_more() -> None:
    bobs = await token_of("bob")
    bob = await database.call(User.objects.get, username="bob")
    await database.write(join_room, bob, "lobby")
    async with Socket(headers=bobs) as leaver, Socket() as stayer:
        await leaver.event("subscribed")
        await database.write(leave_room, bob, "lobby")
        removed = await leaver.event("removed")
        assert (removed["room"], removed["reason"]) == ("lobby", "left")
        await stayer.ask("send", text="he is gone")
        assert await leaver.silent()
        left = (await stayer.event("message"))["message"]
        assert (left["kind"], left["event"]["name"]) == ("system", "member_left")


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ({"type": "dance"}, "bad_command", None),
        ({"type": "send"}, "invalid", "text"),
        ({"type": "send", "text": " \n "}, "invalid", "text"),
        ({"type": "send", "text": "x" * 10_001}, "too_long", "text"),
        ({"type": "send", "text": "a", "thread": 99}, "not_found", "thread"),
        ({"type": "pin", "message_id": 99, "on": True}, "not_found", "message_id"),
        ({"type": "presence", "state": "asleep"}, "invalid", "state"),
        ({"type": "read", "message_id": 0}, "invalid", "message_id"),
        ({"type": "send", "text": "a", "attachments": [1]}, "invalid", "attachments"),
        ({"type": "send", "text": "a", "reply_to": 99}, "not_found", "reply_to"),
        ({"type": "send", "text": "a", "room": "nowhere"}, "not_found", "room"),
        ({"type": "edit", "message_id": 99, "text": "a"}, "not_found", "message_id"),
        ({"type": "react", "message_id": 1, "emoji": "nice", "on": True}, "invalid", "emoji"),
        ({"type": "delete", "message_id": 2**60}, "invalid", "message_id"),
    ],
)  # fmt: skip
async def test_a_bad_command_gets_its_typed_error(
    frame: dict[str, object], code: str, field: str | None
) -> None:
    async with Socket() as socket:
        error = await socket.ask(str(frame.pop("type")), **frame)
        assert (error["type"], error["code"], error["field"]) == ("error", code, field)
        assert (await socket.ask("send", text="unharmed"))["seq"] == 1


async def test_a_command_without_an_id_gets_no_ok_and_its_error_a_null_id() -> None:
    async with Socket() as socket:
        await socket.event("subscribed")
        await socket.send(type="ping")
        await socket.send(type="send", text="")
        error = await socket.receive()
        assert (error["type"], error["id"], error["code"]) == ("error", None, "invalid")


async def test_the_tenth_bad_frame_within_a_minute_is_the_last() -> None:
    async with Socket() as socket:
        await socket.event("subscribed")
        for _ in range(9):
            await socket.send_text("{")
            assert (await socket.receive())["code"] == "bad_frame"
        for _ in range(12):
            assert (await socket.ask("dance"))["code"] == "bad_command"
        await socket.send_text("{")
        assert await socket.closed() == 4400


async def test_sending_too_fast_is_answered_with_when_to_go_on() -> None:
    async with Socket() as socket:
        await socket.event("subscribed")
        for number in range(200):
            await socket.send(type="send", id=f"{number}", text=f"{number}")
        replies: dict[str, dict[str, object]] = {}
        while len(replies) < 200:
            frame = await socket.receive()
            if frame["type"] in ("ok", "error"):
                replies[frame["id"]] = frame
    assert [replies[f"{number}"]["type"] for number in range(20)] == ["ok"] * 20
    refused = [reply for reply in replies.values() if reply["type"] == "error"]
    assert refused
    assert {(error["code"], error["retryable"]) for error in refused} == {("rate_limited", True)}
    assert all(0 < float(str(error["retry_after"])) <= 0.2 for error in refused)


async def test_frames_of_bytes_and_oversized_ones_close_the_connection() -> None:
    # No server of ours here: the codes that any server lets through stand for 1003 and 1009.
    async with Socket() as socket:
        await socket.inner.send_to(bytes_data=b"\x00")
        assert await socket.closed() == 4400
    async with Socket() as socket:
        await socket.send_text(json.dumps({"type": "ping", "pad": "é" * 40_000}))
        assert await socket.closed() == 4000
