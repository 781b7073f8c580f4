"""The plain dialect: texts in, texts out, and nothing else ever."""

import json

import pytest
from channels.layers import get_channel_layer

from chat import database, history
from chat.models import Room
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_everyone_receives_each_text_once_the_sender_included() -> None:
    async with Socket(plain=True) as one, Socket(plain=True) as other:
        for text in ("first", "  zweiter \n", "\u202e третий 👩‍👩‍👧"):
            await one.send(message=text)
            assert await one.receive() == {"message": text}
            assert await other.receive() == {"message": text}
        assert await one.inner.receive_nothing()


async def test_edits_deletions_reactions_and_system_messages_are_not_told() -> None:
    async with Socket(plain=True) as plain, Socket() as v1:
        message_id = (await v1.ask("send", text="hello"))["message_id"]
        assert await plain.receive() == {"message": "hello"}
        await v1.ask("edit", message_id=message_id, text="changed")
        await v1.ask("react", message_id=message_id, emoji="👍", on=True)
        await v1.ask("delete", message_id=message_id)
        await v1.ask("send", text="the end")
        assert await plain.receive() == {"message": "the end"}


@pytest.mark.parametrize(
    "frame",
    [
        "no json", "[]", '"text"', "{}", '{"message": 5}', '{"message": null}', '{"message": ""}',
        '{"message": "  \\n"}', '{"message": "\\ud800"}', '{"message": "a\\u0000b"}', "[" * 5000,
        json.dumps({"message": "x" * 10_001}), '{"message": NaN}',
    ],
)  # fmt: skip
async def test_a_refused_frame_is_answered_to_its_sender_alone(frame: str) -> None:
    async with Socket(plain=True) as sender, Socket(plain=True) as other:
        await sender.send_text(frame)
        assert set(await sender.receive()) == {"error"}
        await sender.send(message="still here")
        assert await sender.receive() == {"message": "still here"}
        assert await other.receive() == {"message": "still here"}


async def test_a_message_of_another_program_reaches_both_dialects() -> None:
    async with Socket(plain=True) as plain, Socket() as v1:
        await v1.event("subscribed")
        lobby = await database.call(Room.objects.get, slug="lobby")
        layer = get_channel_layer()
        await layer.group_send(f"chat_{lobby.pk}", {"type": "chat_message", "message": "from a shell"})
        assert await plain.receive() == {"message": "from a shell"}
        notice = await v1.event("notice")
        assert (notice["text"], notice["room"]) == ("from a shell", "lobby")
        assert await database.call(history.head, lobby.pk) == 0
