"""People over HTTP: who one is, others by name, and becoming a guest."""

from collections.abc import Callable

import httpx
import pytest
from pytest_django import Settings

from chat import database, limits
from chat.models import Installation, User
from tests.api.conftest import ELSEWHERE, Clients, client
from tests.cast import Cast, person

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]


async def test_me_is_the_user_and_what_holds_here(clients: Clients, cast: Cast) -> None:
    me = (await clients["bob"].get("/api/me")).json()
    assert me["user"] == {
        **{"id": cast.bob.pk, "name": "Bob", "avatar": None, "kind": "user"},
        **{"username": "bob", "staff": False, "hides_presence": False},
    }
    assert (me["guests"], me["signup"], me["heartbeat"]) == ("write", "open", 25)
    assert me["epoch"] == await database.call(Installation.objects.values_list("epoch", flat=True).get)
    assert me["limits"] == {"message_chars": 10_000, "frame_bytes": 65_536}


@pytest.mark.parametrize("policy", ["off", "read", "write"])
async def test_me_is_null_where_nobody_is_known(
    nobody: httpx.AsyncClient, settings: Settings, policy: str
) -> None:
    settings.CHAT_GUESTS = policy
    me = (await nobody.get("/api/me")).json()
    assert (me["user"], me["guests"]) == (None, policy)


async def test_one_changes_oneself(clients: Clients, cast: Cast, refused: Refusal) -> None:
    for who, user in (("bob", cast.bob), ("gus", cast.gus)):
        changed = await clients[who].patch("/api/me", json={"name": "Another", "hides_presence": True})
        assert changed.status_code == 200
        assert (
            changed.json()["user"].items()
            >= {**{"id": user.pk, "name": "Another", "hides_presence": True, "kind": user.kind}}.items()
        )
        assert (await clients[who].get("/api/me")).json() == changed.json()
    assert refused(await clients["bob"].patch("/api/me", json={"name": "x" * 81})) == (400, "invalid", "name")
    assert refused(await clients["gus"].patch("/api/me", json={"name": " "})) == (400, "invalid", "name")
    wrong = await clients["bob"].patch("/api/me", json={"hides_presence": "yes"})
    assert refused(wrong) == (400, "invalid", "hides_presence")
    assert refused(await clients["nobody"].patch("/api/me", json={}))[:2] == (401, "unauthenticated")


async def test_people_are_found_by_a_part_of_their_name(clients: Clients, cast: Cast) -> None:
    def rename() -> None:
        User.objects.filter(pk=cast.carol.pk).update(name="Karoline")
        User.objects.filter(pk=cast.alice.pk).update(is_active=False)

    await database.write(rename)
    for query, names in [("q=KARO", ["Karoline"]), ("q=car", ["Karoline"]), ("", ["Bob", "Karoline"])]:
        users = (await clients["bob"].get(f"/api/users?{query}")).json()["users"]
        assert [user["name"] for user in users] == names
        assert set(users[0]) == {"id", "name", "avatar", "kind"}


async def test_people_come_twenty_at_once(clients: Clients) -> None:
    def crowd() -> None:
        for number in range(25):
            person(f"extra{number:02}")

    await database.write(crowd)
    users = (await clients["bob"].get("/api/users?q=extra")).json()["users"]
    assert [user["name"] for user in users] == [f"Extra{number:02}" for number in range(20)]


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 81, "q=a&q=b"])
async def test_a_wrong_query_for_people_is_named(clients: Clients, refused: Refusal, query: str) -> None:
    assert refused(await clients["bob"].get(f"/api/users?{query}")) == (400, "invalid", "q")


async def test_only_accounts_look_people_up(clients: Clients, refused: Refusal) -> None:
    assert refused(await clients["gus"].get("/api/users?q=b"))[:2] == (403, "forbidden")
    assert refused(await clients["nobody"].get("/api/users?q=b"))[:2] == (401, "unauthenticated")


async def test_a_guest_is_known_by_session_and_by_token(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.post("/api/guest", json={"name": "Ada 🦋"})
    assert answer.status_code == 201
    guest = answer.json()["user"]
    assert (guest["name"], guest["kind"]) == ("Ada 🦋", "guest")
    assert (await nobody.get("/api/me")).json()["user"]["id"] == guest["id"]
    async with client(Authorization=f"Bearer {answer.json()['guest_token']}") as elsewhere:
        assert (await elsewhere.get("/api/me")).json()["user"]["id"] == guest["id"]
        sent = await elsewhere.post("/api/rooms/lobby/messages", json={"text": "hello"})
    assert sent.status_code == 201


@pytest.mark.parametrize("body", [b"", b"{}", b'{"name": null}', b'{"name": "  "}'])
async def test_a_guest_without_a_name_gets_one(nobody: httpx.AsyncClient, body: bytes) -> None:
    answer = await nobody.post("/api/guest", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["user"]["name"].startswith("Guest ")


@pytest.mark.parametrize("name", ["x" * 81, 5])
async def test_a_wrong_name_of_a_guest_is_named(
    nobody: httpx.AsyncClient, refused: Refusal, name: object
) -> None:
    assert refused(await nobody.post("/api/guest", json={"name": name})) == (400, "invalid", "name")
    assert not await database.call(User.objects.exists)


async def test_no_guest_comes_where_guests_are_off(
    nobody: httpx.AsyncClient, refused: Refusal, settings: Settings
) -> None:
    settings.CHAT_GUESTS = "off"
    assert refused(await nobody.post("/api/guest", json={}))[:2] == (401, "unauthenticated")


async def test_who_is_somebody_becomes_no_guest(clients: Clients, refused: Refusal) -> None:
    assert refused(await clients["bob"].post("/api/guest", json={}))[:2] == (409, "conflict")


async def test_new_guests_are_limited_by_address(
    nobody: httpx.AsyncClient, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "guest", limits.Rate(1, 0.01, "guests"))
    assert (await nobody.post("/api/guest", json={})).status_code == 201
    async with client() as another, client(ELSEWHERE) as elsewhere:
        assert refused(await another.post("/api/guest", json={}))[:2] == (429, "rate_limited")
        assert (await elsewhere.post("/api/guest", json={})).status_code == 201
