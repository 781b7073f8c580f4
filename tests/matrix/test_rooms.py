"""Who may do what in a room, over HTTP and by the socket: every cell of the tables, and hidden as good as missing."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest
from pytest_django.fixtures import Settings

from chat import database
from chat.actions.rooms import ban_user
from chat.models import User
from tests.consumers.socket import Socket
from tests.matrix.conftest import EACH_KIND, Clients, Tokens, on_sqlite_alone
from tests.matrix.deeds import DEEDS, ROOM, Http, Say
from tests.matrix.in_rooms import GUESTS, KINDS
from tests.matrix.places import VISITORS, Place, Places, furnish
from tests.matrix.words import Row, Table, differences, turned, word_of_answer, word_of_error

pytestmark = pytest.mark.django_db(transaction=True)

OVER_HTTP = [name for name, deed in DEEDS.items() if deed.http]
# The name of the row and what is sent for it, of which there may be several.
BY_SOCKET = {f"{name}, by {say.label}": (name, say) for name, deed in DEEDS.items() for say in deed.said}

# A message that is in the room is fine for all of these.
_TEXT, _HERE, _ANOTHER = {"text": "hello"}, {"room": "$slug"}, {"message_id": "$another"}
NAMING_A_MESSAGE = [
    *(Say("send", {**_HERE, **_TEXT, field: "$another"}) for field in ("reply_to", "thread")),
    *(Say(command, {**_HERE, **_ANOTHER}) for command in ("read", "unread")),
]
ASKING_ABOUT_A_MESSAGE = [
    *(Http("POST", ROOM + "/messages", {**_TEXT, field: "$another"}) for field in ("reply_to", "thread")),
    *(Http("POST", ROOM + path, _ANOTHER) for path in ("/read", "/unread")),
    Http("GET", ROOM + "/messages", query="?thread=$another"),
]


def test_every_table_has_a_row_for_every_deed_and_no_other() -> None:
    for kind, said in {**KINDS, "guests": GUESTS}.items():
        assert (kind, set(said) ^ set(DEEDS)) == (kind, set())


def test_guests_who_may_write_stand_in_both_tables_alike() -> None:
    for visitor in ("nobody", "guest"):
        assert [row[f"{visitor}:write"] for row in GUESTS.values()] == [
            row[visitor] for row in KINDS["public"].values()
        ]


@pytest.mark.parametrize("kind", EACH_KIND)
async def test_over_http_everybody_may_what_the_table_says(
    people: dict[str, User], clients: Clients, kind: str
) -> None:
    found = await asked_over_http(people, clients, kind, VISITORS, KINDS[kind])
    assert differences(found, KINDS[kind]) == []


@on_sqlite_alone
@pytest.mark.parametrize("guests", ["off", "read"])
async def test_over_http_guests_may_what_the_setting_says(
    people: dict[str, User], clients: Clients, settings: Settings, guests: str
) -> None:
    settings.CHAT_GUESTS = guests
    said = by_setting(guests)
    found = await asked_over_http(people, clients, "public", ("nobody", "guest"), said)
    assert differences(found, said) == []


@pytest.mark.parametrize("kind", EACH_KIND)
async def test_by_the_socket_everybody_may_what_the_table_says(
    people: dict[str, User], tokens: Tokens, kind: str
) -> None:
    found = await said_to_the_socket(people, tokens, kind, VISITORS[1:], KINDS[kind])
    assert differences(found, of_the_socket(KINDS[kind])) == []


@on_sqlite_alone
@pytest.mark.parametrize("guests", ["off", "read"])
async def test_by_the_socket_guests_may_what_the_setting_says(
    people: dict[str, User], tokens: Tokens, settings: Settings, guests: str
) -> None:
    settings.CHAT_GUESTS = guests
    said = by_setting(guests)
    found = await said_to_the_socket(people, tokens, "public", ("guest",), said)
    assert differences(found, of_the_socket(said)) == []


@pytest.mark.parametrize("kind", [pytest.param("public", marks=on_sqlite_alone), "private"])
async def test_whatever_names_a_message_of_a_hidden_room_is_answered_as_if_there_were_none(
    people: dict[str, User], tokens: Tokens, clients: Clients, kind: str
) -> None:
    """By somebody who belongs to one room and is banned from the other."""
    cells = [("ask from", "member"), ("ask about", "banned")]
    here, there = (await database.write(furnish, people, kind, cells)).values()
    await database.write(ban_user, people["chief"], there.slug, people["member"].pk)
    asking = [replace(here, another=there.another), replace(here, another=here.missing().another)]
    headers = {"authorization": f"Bearer {tokens['member']}"}
    async with Socket("/ws/chat/", headers=headers) as socket:
        for say in NAMING_A_MESSAGE:
            assert word_of_reply(await frame(socket, say, here)) == "ok", say
            hidden, missing = [await frame(socket, say, place) for place in asking]
            assert (word_of_reply(hidden), hidden) == ("unseen", missing), say
    for http in ASKING_ABOUT_A_MESSAGE:
        assert word_of_answer(await ask(clients["member"], http, here)) == "ok", http
        answers = [await ask(clients["member"], http, place) for place in asking]
        assert word_of_answer(answers[0]) == "unseen", http
        assert seen_of(answers[0]) == seen_of(answers[1]), http


def by_setting(guests: str) -> Table:
    """The columns of one value of CHAT_GUESTS, under the visitors' own names."""
    return {
        name: {visitor: row[f"{visitor}:{guests}"] for visitor in ("nobody", "guest")}
        for name, row in GUESTS.items()
    }


def of_the_socket(said: Table) -> Table:
    """The rows for all that is sent by the socket."""
    return {label: said[name] for label, (name, _) in BY_SOCKET.items()}


async def asked_over_http(
    people: dict[str, User], clients: Clients, kind: str, visitors: tuple[str, ...], said: Table
) -> Table:
    """What each was answered. To whom the room is hidden, a missing one is answered the same."""
    cells = [(name, visitor) for name in OVER_HTTP for visitor in visitors]
    places: Places = await database.write(furnish, people, kind, cells)

    async def answered(visitor: str) -> Row:
        row: Row = {}
        for name in OVER_HTTP:
            http, place = DEEDS[name].http, places[name, visitor]
            assert http is not None
            answer = await ask(clients[visitor], http, place)
            row[name] = word_in_room(http, answer)
            if said["read the room"][visitor] != "ok":
                missing = await ask(clients[visitor], http, place.missing())
                assert seen_of(answer) == seen_of(missing), f"{name}, {visitor}: hidden is not as missing"
        return row

    return turned(visitors, await asyncio.gather(*map(answered, visitors)))


async def said_to_the_socket(
    people: dict[str, User], tokens: Tokens, kind: str, visitors: tuple[str, ...], said: Table
) -> Table:
    """The same by commands, on connections that are subscribed to nothing."""
    cells = [(label, visitor) for label in BY_SOCKET for visitor in visitors]
    places: Places = await database.write(furnish, people, kind, cells)

    async def answered(visitor: str) -> Row:
        row: Row = {}
        async with Socket("/ws/chat/", headers={"authorization": f"Bearer {tokens[visitor]}"}) as socket:
            for label, (_, say) in BY_SOCKET.items():
                reply = await frame(socket, say, places[label, visitor])
                row[label] = word_of_reply(reply)
                if said["read the room"][visitor] != "ok":
                    missing = await frame(socket, say, places[label, visitor].missing())
                    assert reply == missing, f"{label}, {visitor}: hidden is not as missing"
        return row

    return turned(visitors, await asyncio.gather(*map(answered, visitors)))


async def ask(visitor: httpx.AsyncClient, http: Http, place: Place) -> httpx.Response:
    method, path, body = http.at(place)
    return await visitor.request(method, path, json=body)


def seen_of(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that somebody sees of an answer."""
    return answer.status_code, answer.headers.multi_items(), answer.content


def word_in_room(http: Http, answer: httpx.Response) -> str:
    """Messages that are asked for by id are left out where they are hidden."""
    word = word_of_answer(answer)
    listed = http.path == "/api/messages" and word == "ok"
    return "unseen" if listed and not answer.json()["messages"] else word


async def frame(socket: Socket, say: Say, place: Place) -> str:
    """The reply as it is on the wire. Its id is always the same one, so that two may be compared."""
    await socket.send(type=say.type, id="the same", **place.fill(say.fields))
    while True:
        output = await socket.inner.receive_output(timeout=10)
        if json.loads(output["text"]).get("id") == "the same":
            return str(output["text"])


def word_of_reply(reply: str) -> str:
    read = json.loads(reply)
    return "ok" if read["type"] == "ok" else word_of_error(read)
