"""Rooms over HTTP: who sees, makes, joins, leaves and archives which, and what they are answered."""

from collections.abc import Callable

import httpx
import pytest

from chat import database, limits
from chat.models import Membership, Room
from tests.api.conftest import Clients
from tests.cast import Cast, say

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]


async def test_a_room_has_exactly_the_fields_of_the_contract(clients: Clients, cast: Cast) -> None:
    await database.write(say, cast.alice, cast.lobby, "hello")
    answer = await clients["bob"].get("/api/rooms/lobby")
    assert answer.status_code == 200
    assert answer.json() == {
        "slug": "lobby",
        "name": "Lobby",
        "topic": cast.lobby.topic,
        "kind": "public",
        "seq": 1,
        "members": 2,
        "archived": False,
        "me": {"role": "member", "read_id": 0, "unread": 1, "mentions": 0, "notify": "all"},
    }


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("nobody", {"public"}),
        ("gus", {"public"}),
        ("carol", {"public", "open"}),
        ("bob", {"public", "open", "private", "direct"}),
    ],
)
async def test_everybody_is_listed_the_rooms_they_may_read(
    clients: Clients, cast: Cast, who: str, seen: set[str]
) -> None:
    rooms = (await clients[who].get("/api/rooms")).json()["rooms"]
    assert {room["kind"] for room in rooms} == seen
    for room in cast.rooms:
        answer = await clients[who].get(f"/api/rooms/{room.slug}")
        assert answer.status_code == (200 if room.kind in seen else 404)


async def test_my_rooms_come_first_with_their_unread_counts(clients: Clients, cast: Cast) -> None:
    await database.write(say, cast.alice, cast.open, "one")
    await clients["carol"].post("/api/rooms/open/join")
    await database.write(say, cast.alice, cast.open, "two")
    rooms = (await clients["carol"].get("/api/rooms")).json()["rooms"]
    assert [(room["slug"], room["me"]["role"], room["me"]["unread"]) for room in rooms] == [
        ("open", "member", 1),
        ("lobby", None, 0),
    ]


@pytest.mark.parametrize("path", ["", "/messages", "/changes", "/members"])
async def test_hidden_and_missing_rooms_look_the_same(clients: Clients, cast: Cast, path: str) -> None:
    hidden = f"/api/rooms/{cast.private.slug}{path}"
    assert (await clients["bob"].get(hidden)).status_code == 200
    for who in ("nobody", "gus", "carol"):
        answers = [await clients[who].get(url) for url in (hidden, f"/api/rooms/nowhere{path}")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("action", ["join", "leave", "archive", "messages"])
async def test_nothing_can_be_done_in_a_hidden_room(clients: Clients, cast: Cast, action: str) -> None:
    for who in ("gus", "carol"):
        answers = [
            await clients[who].post(f"/api/rooms/{slug}/{action}", json={"text": "hello"})
            for slug in (cast.private.slug, "nowhere")
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "slug", ["LOBBY", "%EF%BC%AC%EF%BD%8F%EF%BD%82%EF%BD%82%EF%BD%99"], ids=["case", "full width"]
)
async def test_a_slug_is_found_in_any_spelling_of_it(nobody: httpx.AsyncClient, slug: str) -> None:
    answer = await nobody.get(f"/api/rooms/{slug}")
    assert answer.json()["slug"] == "lobby"


async def test_what_can_be_no_slug_is_not_found(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    for slug in ("%00", "a%00b", "a b", "x" * 81, "admin", "%F0%9F%91%8D"):
        assert refused(await nobody.get(f"/api/rooms/{slug}")) == (404, "not_found", "room"), slug


async def test_a_room_is_made_with_its_members_at_seq_0(clients: Clients, cast: Cast) -> None:
    fields = {"name": "Plans", "kind": "private", "topic": "Secret", "members": [cast.bob.pk]}
    answer = await clients["carol"].post("/api/rooms", json=fields)
    assert answer.status_code == 201
    room = answer.json()
    assert (room["name"], room["kind"], room["topic"]) == ("Plans", "private", "Secret")
    assert (room["seq"], room["members"], room["me"]["role"]) == (0, 2, "owner")
    assert (await clients["bob"].get(f"/api/rooms/{room['slug']}")).status_code == 200


async def test_a_public_room_may_choose_its_slug_once(clients: Clients, refused: Refusal) -> None:
    fields = {"name": "Straße", "kind": "public", "slug": "STRASSE"}
    assert (await clients["carol"].post("/api/rooms", json=fields)).json()["slug"] == "strasse"
    again = await clients["carol"].post("/api/rooms", json=fields | {"slug": "strasse"})
    assert refused(again) == (409, "conflict", "slug")


async def test_a_wrong_field_of_a_new_room_is_named(clients: Clients, refused: Refusal) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"kind": "public"}, "name"),
        ({"name": "   ", "kind": "public"}, "name"),
        ({"name": "Room"}, "kind"),
        ({"name": "Room", "kind": "channel"}, "kind"),
        ({"name": "Room", "kind": "public", "slug": "a b"}, "slug"),
        ({"name": "Room", "kind": "private", "slug": "mine"}, "slug"),
        ({"name": "Room", "kind": "public", "topic": "x" * 251}, "topic"),
        ({"name": "Room", "kind": "private", "members": "bob"}, "members"),
        ({"name": "Room", "kind": "private", "members": [0]}, "members"),
        ({"name": "Room", "kind": "private", "members": [999]}, "members"),
        ({"name": "Room", "kind": "direct"}, "members"),
    ]
    for fields, field in cases:
        assert refused(await clients["carol"].post("/api/rooms", json=fields)) == (400, "invalid", field)


async def test_a_direct_room_is_made_once_for_the_same_people(
    clients: Clients, cast: Cast, refused: Refusal
) -> None:
    fields = {"name": "Talk", "kind": "direct", "members": [cast.carol.pk]}
    made = await clients["alice"].post("/api/rooms", json=fields)
    assert (made.status_code, made.json()["seq"], made.json()["members"]) == (201, 0, 2)
    await clients["carol"].post(f"/api/rooms/{made.json()['slug']}/leave")
    again = await clients["carol"].post("/api/rooms", json={**fields, "members": [cast.alice.pk]})
    assert (again.status_code, again.json()["slug"]) == (200, made.json()["slug"])
    assert (again.json()["seq"], again.json()["members"], again.json()["me"]["role"]) == (2, 2, "member")
    chosen = await clients["alice"].post("/api/rooms", json={**fields, "slug": "mine"})
    assert refused(chosen) == (400, "invalid", "slug")


async def test_an_owner_changes_a_room(clients: Clients, cast: Cast) -> None:
    fields = {"name": "Plans", "topic": "What comes", "kind": "private"}
    changed = await clients["alice"].patch("/api/rooms/open", json=fields)
    assert changed.status_code == 200
    room = changed.json()
    assert {name: room[name] for name in fields} == fields
    assert (room["slug"], room["seq"], room["me"]["role"]) == ("open", 3, "owner")
    assert (await clients["carol"].get("/api/rooms/open")).status_code == 404
    assert (await clients["alice"].patch("/api/rooms/open", json={})).json() == room


async def test_what_cannot_be_changed_is_refused(clients: Clients, cast: Cast, refused: Refusal) -> None:
    direct = f"/api/rooms/{cast.direct.slug}"
    cases: list[tuple[str, str, dict[str, object], tuple[int, str, str]]] = [
        ("alice", "/api/rooms/open", {"name": " "}, (400, "invalid", "name")),
        ("alice", "/api/rooms/open", {"name": 5}, (400, "invalid", "name")),
        ("alice", "/api/rooms/open", {"topic": "x" * 251}, (400, "invalid", "topic")),
        ("alice", "/api/rooms/open", {"kind": "secret"}, (400, "invalid", "kind")),
        ("alice", "/api/rooms/open", {"kind": "direct"}, (400, "invalid", "kind")),
        ("alice", direct, {"kind": "private"}, (403, "forbidden", "kind")),
        ("bob", "/api/rooms/open", {"name": "Mine"}, (403, "forbidden", "room")),
        ("carol", "/api/rooms/open", {"name": "Mine"}, (403, "forbidden", "room")),
        ("carol", direct, {"name": "Mine"}, (404, "not_found", "room")),
    ]
    for who, url, fields, refusal in cases:
        assert refused(await clients[who].patch(url, json=fields)) == refusal, (who, url, fields)
    await clients["alice"].post("/api/rooms/open/archive")
    archived = await clients["alice"].patch("/api/rooms/open", json={"name": "Late"})
    assert refused(archived) == (409, "archived", "room")


async def test_changes_of_rooms_are_limited(
    clients: Clients, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "room_change", limits.Rate(1, 0.01, "changes of rooms"))
    assert (await clients["alice"].patch("/api/rooms/open", json={"name": "One"})).status_code == 200
    assert refused(await clients["alice"].patch("/api/rooms/open", json={"name": "Two"}))[0] == 429
    assert refused(await clients["alice"].post("/api/rooms/open/archive"))[0] == 429


async def test_guests_and_nobody_make_no_rooms(clients: Clients, refused: Refusal) -> None:
    fields = {"name": "Room", "kind": "public"}
    assert refused(await clients["gus"].post("/api/rooms", json=fields))[:2] == (403, "forbidden")
    assert refused(await clients["nobody"].post("/api/rooms", json=fields))[:2] == (401, "unauthenticated")


async def test_joining_and_leaving_are_answered_with_the_room(clients: Clients, cast: Cast) -> None:
    joined = (await clients["carol"].post("/api/rooms/open/join")).json()
    assert (joined["me"]["role"], joined["members"], joined["seq"]) == ("member", 3, 1)
    again = (await clients["carol"].post("/api/rooms/open/join")).json()
    assert (again["members"], again["seq"]) == (3, 1)
    left = (await clients["carol"].post("/api/rooms/open/leave")).json()
    assert (left["me"]["role"], left["members"], left["seq"]) == (None, 2, 2)


async def test_leaving_a_private_room_is_answered_though_it_is_gone_from_sight(
    clients: Clients, cast: Cast
) -> None:
    url = f"/api/rooms/{cast.private.slug}"
    assert (await clients["bob"].post(f"{url}/leave")).json()["me"]["role"] is None
    assert (await clients["bob"].get(url)).status_code == 404


async def test_who_may_not_join_is_told_so(clients: Clients, refused: Refusal) -> None:
    assert refused(await clients["gus"].post("/api/rooms/lobby/join")) == (403, "forbidden", "room")
    assert refused(await clients["nobody"].post("/api/rooms/lobby/join"))[:2] == (401, "unauthenticated")


async def test_the_last_owner_cannot_leave_the_others(clients: Clients, refused: Refusal) -> None:
    assert refused(await clients["alice"].post("/api/rooms/open/leave")) == (409, "conflict", "room")


async def test_an_owner_archives_and_opens_a_room(clients: Clients, refused: Refusal) -> None:
    archived = await clients["alice"].post("/api/rooms/open/archive")
    assert archived.json()["archived"] is True
    assert refused(await clients["bob"].post("/api/rooms/open/messages", json={"text": "late"})) == (
        *(409, "archived"),
        "room",
    )
    opened = await clients["alice"].post("/api/rooms/open/archive", json={"on": False})
    assert opened.json()["archived"] is False


async def test_only_owners_archive(clients: Clients, refused: Refusal) -> None:
    for who in ("bob", "carol"):
        assert refused(await clients[who].post("/api/rooms/open/archive"))[:2] == (403, "forbidden")
    assert refused(await clients["alice"].post("/api/rooms/open/archive", json={"on": 1})) == (
        *(400, "invalid"),
        "on",
    )


async def test_members_are_paged_by_user_id(clients: Clients, cast: Cast) -> None:
    first = (await clients["carol"].get("/api/rooms/open/members?limit=1")).json()
    assert first == {
        "members": [
            {
                "user": {"id": cast.alice.pk, "name": "Alice", "avatar": None, "kind": "user"},
                "role": "owner",
                "username": "alice",
            }
        ],
        "more": True,
    }
    rest = (await clients["carol"].get(f"/api/rooms/open/members?after={cast.alice.pk}")).json()
    assert [member["user"]["name"] for member in rest["members"]] == ["Bob"]
    assert rest["more"] is False


async def test_a_member_who_was_removed_is_outside_at_once(clients: Clients, cast: Cast) -> None:
    url = f"/api/rooms/{cast.private.slug}"
    assert (await clients["bob"].get(url)).status_code == 200

    def remove() -> None:
        Membership.objects.filter(room=cast.private, user=cast.bob).delete()

    await database.write(remove)
    assert (await clients["bob"].get(url)).status_code == 404
    assert await database.call(Room.objects.filter(pk=cast.private.pk).exists)
