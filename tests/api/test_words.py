"""Slash words over HTTP: done and answered as on the socket, and what waits for others holds up nobody."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from chat import database, slash
from chat.errors import BadGateway
from chat.models import Message, Room
from chat.slash import Later, Say
from tests.api.conftest import Clients
from tests.api.test_messages import Refusal
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db(transaction=True)

LOBBY = "/api/rooms/lobby/slash"


@pytest.fixture
def slow() -> Iterator[asyncio.Event]:
    """`/slow` says what stands behind it as soon as the event is set; `/slow aloud` to the room, `/slow 502` fails."""
    may_end = asyncio.Event()

    async def answer(words: str) -> str | Say:
        await may_end.wait()
        if words == "502":
            raise BadGateway("It broke off.")
        return Say("aloud") if words == "aloud" else f"**{words}**"

    @slash.word("slow", "/slow words", "says them later")
    def begin(user: Any, room: str, words: str) -> Later:
        return Later(partial(answer, words))

    yield may_end
    del slash._words["slow"]


async def test_help_is_answered_and_posts_nothing(clients: Clients, cast: Cast) -> None:
    answer = await clients["bob"].post(LOBBY, json={"text": "/help"})
    body = answer.json()
    assert (answer.status_code, body["message_id"], body["seq"]) == (200, None, None)
    assert all(word.usage in body["text"] for word in slash.listed())
    assert "<li>" in body["html"]
    assert not await database.call(Message.objects.exists)


async def test_what_a_word_says_is_a_message_in_its_thread(clients: Clients, cast: Cast) -> None:
    root = await database.write(say, cast.bob, cast.lobby, "root")
    body = (await clients["bob"].post(LOBBY, json={"text": "/me nods", "thread": root.message_id})).json()
    shown = await database.call(Message.objects.get, pk=body["message_id"])
    assert (shown.text, shown.thread_id, body["seq"]) == ("*Bob nods*", root.message_id, 2)
    assert (body["text"], body["html"]) == (None, None)


async def test_what_is_refused_is_told_and_not_posted(clients: Clients, cast: Cast, refused: Refusal) -> None:
    for text, said in {
        "/nope": (400, "invalid", "text"),
        "hello": (400, "invalid", "text"),
        "/topic mine now": (403, "forbidden", "room"),
    }.items():
        assert refused(await clients["bob"].post(LOBBY, json={"text": text})) == said
    assert not await database.call(Message.objects.exists)


async def test_while_a_word_waits_the_others_write_on(
    clients: Clients, cast: Cast, slow: asyncio.Event
) -> None:
    waiting = asyncio.create_task(clients["bob"].post(LOBBY, json={"text": "/slow down"}))
    changed = await clients["alice"].post(LOBBY, json={"text": "/topic meanwhile"})
    assert changed.status_code == 200
    assert (await database.call(Room.objects.get, slug="lobby")).topic == "meanwhile"
    assert not waiting.done()
    slow.set()
    body = (await waiting).json()
    assert (body["text"], body["html"]) == ("**down**", "<p><strong>down</strong></p>")


async def test_a_word_that_waited_may_speak_or_fail_as_any(
    clients: Clients, cast: Cast, slow: asyncio.Event, refused: Refusal
) -> None:
    slow.set()
    body = (await clients["bob"].post(LOBBY, json={"text": "/slow aloud"})).json()
    assert (await database.call(Message.objects.get, pk=body["message_id"])).text == "aloud"
    failed = await clients["bob"].post(LOBBY, json={"text": "/slow 502"})
    assert refused(failed)[:2] == (502, "bad_gateway")


async def test_words_are_listed_with_those_that_may_stand_behind_them(clients: Clients, cast: Cast) -> None:
    found = {one["name"]: one for one in (await clients["alice"].get("/api/slash")).json()["commands"]}
    assert found["topic"]["then"] == []
    behind = {one["name"]: one for one in found["github"]["then"]}
    assert behind["compare"] == {
        "name": "compare",
        "usage": "/github compare name name…",
        "help": "shows accounts or repositories side by side",
    }
