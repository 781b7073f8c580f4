"""Who is let in at the address of a room, in both dialects; what is hidden closes as what is missing."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from chat import database
from chat.models import User
from tests.cast import sign_in
from tests.consumers.socket import PATIENCE_S, Socket
from tests.matrix.conftest import EACH_KIND, Tokens, on_sqlite_alone
from tests.matrix.in_rooms import GUESTS, KINDS
from tests.matrix.places import VISITORS, Place, Places, furnish
from tests.matrix.words import Row, word_of_error

pytestmark = pytest.mark.django_db(transaction=True)

OURS = "http://testserver"
CLOSES = {"sign-in": 4401, "unseen": 4404}
# What only who is let in is told of an empty message.
EMPTY = "A message needs some text."
# Of `hello`, what is different each time.
OF_THE_MOMENT = ("server_time", "guest_token", "user")

# The frames as they came, the first one aside, and how it was closed.
Seen = tuple[list[str], int | None, str | None]


@pytest.mark.parametrize("kind", EACH_KIND)
async def test_everybody_is_let_in_as_the_table_says(
    people: dict[str, User], tokens: Tokens, kind: str
) -> None:
    places: Places = await database.write(furnish, people, kind, [("connect", each) for each in VISITORS])
    said = KINDS[kind]["connect"]
    assert await let_in(tokens, places) == {"chat.v1": said, "plain": said}


@on_sqlite_alone
@pytest.mark.parametrize("guests", ["off", "read", "write"])
async def test_guests_are_let_in_as_the_setting_says(
    people: dict[str, User], tokens: Tokens, settings: Settings, guests: str
) -> None:
    settings.CHAT_GUESTS = guests
    cells = [("connect", visitor) for visitor in ("nobody", "guest")]
    places: Places = await database.write(furnish, people, "public", cells)
    said = {visitor: GUESTS["connect"][f"{visitor}:{guests}"] for _, visitor in cells}
    assert await let_in(tokens, places) == {"chat.v1": said, "plain": said}


@on_sqlite_alone
@pytest.mark.parametrize("visitor", ["nobody", "guest", "stranger", "staff"])
async def test_without_a_room_everybody_is_let_in(tokens: Tokens, visitor: str) -> None:
    async with Socket("/ws/chat/", headers=headers_of(tokens, visitor)) as socket:
        hello = await socket.receive()
        assert (hello["type"], hello["user"]["name"] == visitor.title()) == ("hello", visitor != "nobody")
        assert (await socket.ask("ping"))["type"] == "ok"
        assert (await socket.ask("presence", state="idle"))["type"] == "ok"


async def test_without_a_room_nobody_is_let_in_where_guests_may_not_come(settings: Settings) -> None:
    settings.CHAT_GUESTS = "off"
    assert await seen("/ws/chat/", {}) == await seen("/ws/chat/lobby/", {})
    assert (await seen("/ws/chat/", {}))[1] == CLOSES["sign-in"]


@pytest.mark.parametrize("plain", [False, True])
async def test_a_token_that_does_not_hold_is_told_the_same_everywhere(
    people: dict[str, User], plain: bool
) -> None:
    headers = {"authorization": "Bearer of nobody"}
    cells = [("connect", "stranger")]
    told = [await seen("/ws/chat/no-such-room/", headers, plain=plain)]
    for kind in KINDS:
        [place] = (await database.write(furnish, people, kind, cells)).values()
        told.append(await seen(address(place), headers, plain=plain))
    assert told[0][1] == CLOSES["sign-in"]
    assert told == [told[0]] * len(told)


@on_sqlite_alone
@pytest.mark.parametrize("guests", ["off", "read", "write"])
@pytest.mark.parametrize("kind", ["public", "private"])
async def test_a_session_that_has_ended_is_nobodys(
    people: dict[str, User], settings: Settings, kind: str, guests: str
) -> None:
    settings.CHAT_GUESTS = guests
    [place] = (await database.write(furnish, people, kind, [("connect", "member")])).values()
    key = await database.write(sign_in, people["member"])
    headers = {"cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "origin": OURS}
    assert word_of(await seen(address(place), headers)) == "ok"
    await database.write(end_sessions, people["member"])
    said = GUESTS["connect"][f"nobody:{guests}"]
    hidden = "sign-in" if guests == "off" else KINDS["private"]["connect"]["nobody"]
    assert word_of(await seen(address(place), headers)) == (said if kind == "public" else hidden)


def end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(password="!another")


async def let_in(tokens: Tokens, places: Places) -> dict[str, Row]:
    """How each fared by the dialect, hidden rooms being compared with missing ones."""
    found: dict[str, Row] = {"chat.v1": {}, "plain": {}}
    for (_, visitor), place in places.items():
        for dialect, row in found.items():
            headers, plain = headers_of(tokens, visitor), dialect == "plain"
            answer = await seen(address(place), headers, plain=plain)
            row[visitor] = word_of(answer)
            if row[visitor] != "ok":
                missing = await seen(address(place.missing()), headers, plain=plain)
                assert answer == missing, f"{dialect}, {visitor}: hidden is not as missing"
    return found


def address(place: Place) -> str:
    return f"/ws/chat/{place.slug}/"


def headers_of(tokens: Tokens, visitor: str) -> dict[str, str]:
    return {"authorization": f"Bearer {tokens[visitor]}"} if visitor in tokens else {}


async def seen(path: str, headers: dict[str, str], *, plain: bool = False) -> Seen:
    """What a client sees until it is subscribed or closed; in the plain dialect, until its empty message is refused."""
    socket = Socket(path, plain=plain, headers=headers)
    frames: list[str] = []
    async with socket:
        if plain:
            await socket.send_text('{"message": ""}')
        async for output in outputs(socket):
            if output["type"] == "websocket.close":
                return frames, output["code"], output.get("reason")
            frames.append(timeless(output["text"]))
            if '"type":"subscribed"' in output["text"] or EMPTY in output["text"]:
                break
    return frames, None, None


async def outputs(socket: Socket) -> AsyncIterator[dict[str, Any]]:
    while True:
        yield await socket.inner.receive_output(timeout=PATIENCE_S)


def timeless(frame: str) -> str:
    read = json.loads(frame)
    if read.get("type") != "hello":
        return frame
    return json.dumps({name: value for name, value in read.items() if name not in OF_THE_MOMENT})


def word_of(answer: Seen) -> str:
    """The close code says it in both dialects, the error of chat.v1 too."""
    frames, code, _ = answer
    if code is None:
        return "ok"
    last = json.loads(frames[-1])
    word = next(word for word, close in CLOSES.items() if close == code)
    assert last.get("type") != "error" or word_of_error(last) == word
    return word
