"""Bans over HTTP: set, listed, lifted; and the room is missing to whoever is banned."""

from collections.abc import Callable

import httpx
import pytest

from chat import database
from chat.actions.rooms import set_role
from tests.api.conftest import Clients
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]

LOBBY = "/api/rooms/lobby/bans"


async def test_a_moderator_bans_lists_and_lifts(clients: Clients, cast: Cast) -> None:
    await database.write(set_role, cast.alice, "lobby", cast.bob.pk, "moderator")
    banned = await clients["bob"].post(LOBBY, json={"user_id": cast.gus.pk, "reason": "spam"})
    assert banned.status_code == 200
    ban = banned.json()
    assert (ban["user"]["name"], ban["by"]["name"], ban["reason"]) == ("Gus", "Bob", "spam")
    assert (await clients["alice"].get(LOBBY)).json() == {"bans": [ban], "more": False}
    lifted = await clients["alice"].delete(f"{LOBBY}?user_id={cast.gus.pk}")
    assert (lifted.status_code, lifted.json()["slug"]) == (200, "lobby")
    assert (await clients["alice"].get(LOBBY)).json()["bans"] == []
    assert (await clients["gus"].get("/api/rooms/lobby")).status_code == 200


def attempts(user_id: int) -> list[tuple[str, str, object]]:
    """One at every address of a room: the method, what follows the room's own address, and the body."""
    return [
        ("GET", "", None),
        ("PATCH", "", {"name": "Mine"}),
        ("POST", "/join", None),
        ("POST", "/leave", None),
        ("POST", "/archive", {}),
        ("GET", "/members", None),
        ("POST", "/members", {"user_id": user_id}),
        ("DELETE", "/members", {"user_id": user_id}),
        ("PATCH", "/me", {"notify": "none"}),
        ("GET", "/bans", None),
        ("POST", "/bans", {"user_id": user_id}),
        ("DELETE", "/bans", {"user_id": user_id}),
        ("GET", "/messages", None),
        ("POST", "/messages", {"text": "hello"}),
        ("GET", "/changes", None),
    ]


@pytest.mark.parametrize("who", ["bob", "carol", "gus"])
async def test_to_who_is_banned_the_room_is_missing_at_every_address(
    clients: Clients, cast: Cast, who: str
) -> None:
    user = getattr(cast, who)
    assert (await clients[who].get("/api/rooms/lobby/messages")).status_code == 200
    assert (await clients["alice"].post(LOBBY, json={"user_id": user.pk})).status_code == 200
    for method, path, body in attempts(cast.alice.pk):
        hidden, missing = [
            await clients[who].request(method, f"/api/rooms/{slug}{path}", json=body)
            for slug in ("lobby", "no-such-room")
        ]
        assert hidden.status_code == missing.status_code == 404, (method, path)
        assert hidden.content == missing.content, (method, path)
    rooms = (await clients[who].get("/api/rooms")).json()["rooms"]
    assert "lobby" not in [room["slug"] for room in rooms]


async def test_what_cannot_be_banned_is_refused(clients: Clients, cast: Cast, refused: Refusal) -> None:
    alice = clients["alice"]
    cases: list[tuple[dict[str, object], tuple[int, str, str]]] = [
        ({}, (400, "invalid", "user_id")),
        ({"user_id": 0}, (400, "invalid", "user_id")),
        ({"user_id": cast.bob.pk, "reason": "x" * 201}, (400, "invalid", "reason")),
        ({"user_id": cast.alice.pk}, (403, "forbidden", "user_id")),
        ({"user_id": 999_999}, (404, "not_found", "user_id")),
    ]
    for fields, refusal in cases:
        assert refused(await alice.post(LOBBY, json=fields)) == refusal, fields
    direct = await alice.post(f"/api/rooms/{cast.direct.slug}/bans", json={"user_id": cast.bob.pk})
    assert refused(direct) == (403, "forbidden", "room")
    assert refused(await alice.delete(LOBBY)) == (400, "invalid", "user_id")
    assert (await alice.get(LOBBY)).json()["bans"] == []


@pytest.mark.parametrize("who", ["bob", "carol", "gus"])
async def test_only_those_who_moderate_see_and_set_bans(
    clients: Clients, cast: Cast, refused: Refusal, who: str
) -> None:
    for method, body in (("GET", None), ("POST", {"user_id": cast.alice.pk}), ("DELETE", {"user_id": 1})):
        answer = await clients[who].request(method, LOBBY, json=body)
        assert refused(answer) == (403, "forbidden", "room"), method
