"""Words behind a slash: done, answered to their sender alone, never posted by mistake."""

import pytest

from chat import database, slash
from chat.models import Message, Room
from tests.cast import Cast
from tests.consumers.socket import Socket
from tests.consumers.test_attention import come

pytestmark = pytest.mark.django_db(transaction=True)


async def texts() -> list[str]:
    return await database.call(
        lambda: list(Message.objects.filter(kind="text").values_list("text", flat=True))
    )


async def test_help_lists_every_word_to_its_sender_alone(cast: Cast) -> None:
    async with (
        await come(cast.bob, "/ws/chat/lobby/") as bob,
        await come(cast.alice, "/ws/chat/lobby/") as alice,
    ):
        reply = await bob.ask("slash", text="/help")
        assert (reply["type"], reply["message_id"], reply["seq"]) == ("ok", None, None)
        result = await bob.event("result")
        assert result["room"] == "lobby"
        assert all(word.usage in result["text"] for word in slash.listed())
        assert "<li>" in result["html"]
        await alice.ask("ping")
        assert not [event for event in alice.events if event["type"] == "result"]
    assert await texts() == []


async def test_a_word_does_what_its_action_does(cast: Cast) -> None:
    async with await come(cast.alice, f"/ws/chat/{cast.open.slug}/") as alice:
        await alice.ask("slash", text="/topic  What we talk about ")
        assert (await alice.event("message"))["message"]["event"]["name"] == "topic_changed"
        await alice.ask("slash", text="/INVITE @carol")
        assert (await alice.event("message"))["message"]["event"]["user"]["id"] == cast.carol.pk
    assert (await database.call(Room.objects.get, pk=cast.open.pk)).topic == "What we talk about"


async def test_what_a_word_says_is_a_message_in_its_thread(cast: Cast) -> None:
    async with await come(cast.bob, "/ws/chat/lobby/") as bob:
        root = await bob.ask("send", text="root")
        said = await bob.ask("slash", text="/me nods", thread=root["message_id"])
        shown = await database.call(Message.objects.get, pk=said["message_id"])
        assert (shown.text, shown.thread_id, said["seq"]) == ("*Bob nods*", root["message_id"], 2)
        literal = await bob.ask("slash", text="//etc/hosts")
        assert (await database.call(Message.objects.get, pk=literal["message_id"])).text == "/etc/hosts"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/nope", "invalid"),
        ("/", "invalid"),
        ("", "invalid"),
        ("hello", "invalid"),
        ("/invite", "invalid"),
        ("/invite @nobody", "not_found"),
        ("/topic mine now", "forbidden"),
        ("/rename mine now", "forbidden"),
        ("/me", "invalid"),
        ("//" + "x" * 10_001, "too_long"),
    ],
)
async def test_what_is_refused_is_told_and_not_posted(cast: Cast, text: str, code: str) -> None:
    async with await come(cast.bob, "/ws/chat/lobby/") as bob:
        assert (await bob.ask("slash", text=text))["code"] == code
    assert await texts() == []


async def test_a_room_that_one_does_not_see_takes_no_words(cast: Cast) -> None:
    async with await come(cast.carol) as carol, Socket() as guest:
        for socket in (carol, guest):
            hidden = await socket.ask("slash", room=cast.private.slug, text="/help")
            missing = await socket.ask("slash", room="nowhere", text="/help")
            assert hidden["code"] == missing["code"] == "not_found"
            assert hidden["detail"] == missing["detail"]


async def test_a_guest_does_not_find_out_by_inviting_who_there_is(cast: Cast) -> None:
    async with Socket() as guest:
        for name in ("alice", "nobody"):
            assert (await guest.ask("slash", text=f"/invite @{name}"))["code"] == "forbidden"
