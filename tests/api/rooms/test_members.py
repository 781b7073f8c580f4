"""Members over HTTP: added, given roles, removed; and what one's own membership wants."""

from collections.abc import Callable

import httpx
import pytest

from chat import database, limits
from chat.actions.rooms import set_role
from chat.models import Membership, User
from tests.api.conftest import Clients
from tests.cast import Cast, person

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]

OPEN = "/api/rooms/open/members"


async def names(clients: Clients, slug: str = "open") -> dict[str, str]:
    """The members with their roles, as alice sees them."""
    found = (await clients["alice"].get(f"/api/rooms/{slug}/members")).json()["members"]
    return {member["user"]["name"]: member["role"] for member in found}


async def test_a_member_adds_one_person_or_several(clients: Clients, cast: Cast) -> None:
    dave = await database.write(person, "dave")
    one = await clients["bob"].post(OPEN, json={"user_id": cast.carol.pk})
    assert (one.status_code, one.json()["members"], one.json()["me"]["role"]) == (200, 3, "member")
    several = await clients["bob"].post(OPEN, json={"members": [dave.pk, cast.carol.pk]})
    assert (several.json()["members"], several.json()["seq"]) == (4, 2)
    assert await names(clients) == {"Alice": "owner", "Bob": "member", "Carol": "member", "Dave": "member"}


async def test_an_owner_gives_roles_to_new_members_and_old_ones(clients: Clients, cast: Cast) -> None:
    for user in (cast.bob, cast.carol):
        fields = {"user_id": user.pk, "role": "moderator"}
        assert (await clients["alice"].post(OPEN, json=fields)).status_code == 200
    assert await names(clients) == {"Alice": "owner", "Bob": "moderator", "Carol": "moderator"}
    await clients["alice"].post(OPEN, json={"user_id": cast.bob.pk, "role": "member"})
    assert (await names(clients))["Bob"] == "member"


async def test_wrong_fields_of_new_members_are_named(clients: Clients, cast: Cast, refused: Refusal) -> None:
    carol = cast.carol.pk
    cases: list[tuple[dict[str, object], tuple[int, str, str]]] = [
        ({}, (400, "invalid", "user_id")),
        ({"members": []}, (400, "invalid", "user_id")),
        ({"user_id": carol, "members": [carol]}, (400, "invalid", "user_id")),
        ({"user_id": "carol"}, (400, "invalid", "user_id")),
        ({"user_id": 0}, (400, "invalid", "user_id")),
        ({"members": [0]}, (400, "invalid", "members")),
        ({"members": list(range(1, 102))}, (400, "invalid", "members")),
        ({"user_id": carol, "role": "king"}, (400, "invalid", "role")),
        ({"user_id": cast.gus.pk}, (400, "invalid", "user_id")),
        ({"user_id": 999_999}, (404, "not_found", "user_id")),
    ]
    for fields, refusal in cases:
        assert refused(await clients["alice"].post(OPEN, json=fields)) == refusal, fields
    assert "Carol" not in await names(clients)


async def test_nobody_is_added_to_a_direct_room(clients: Clients, cast: Cast, refused: Refusal) -> None:
    answer = await clients["alice"].post(
        f"/api/rooms/{cast.direct.slug}/members", json={"user_id": cast.carol.pk}
    )
    assert refused(answer) == (403, "forbidden", "room")


@pytest.mark.parametrize("place", ["query", "body", "both"])
async def test_a_member_is_removed_by_an_id_in_the_query_or_the_body(
    clients: Clients, cast: Cast, place: str
) -> None:
    named = {"user_id": cast.bob.pk}
    answer = await clients["alice"].request(
        "DELETE",
        f"/api/rooms/{cast.private.slug}/members",
        params=named if place != "body" else {},
        json=named if place != "query" else None,
    )
    assert (answer.status_code, answer.json()["members"]) == (200, 1)
    assert (await clients["bob"].get(f"/api/rooms/{cast.private.slug}")).status_code == 404


async def test_removing_needs_one_person_who_is_there(clients: Clients, cast: Cast, refused: Refusal) -> None:
    alice, url = clients["alice"], OPEN
    assert refused(await alice.delete(url)) == (400, "invalid", "user_id")
    assert refused(await alice.delete(f"{url}?user_id=bob")) == (400, "invalid", "user_id")
    two = await alice.request("DELETE", f"{url}?user_id={cast.bob.pk}", json={"user_id": cast.carol.pk})
    assert refused(two) == (400, "invalid", "user_id")
    assert refused(await alice.delete(f"{url}?user_id={cast.carol.pk}")) == (404, "not_found", "user_id")
    assert set(await names(clients)) == {"Alice", "Bob"}


async def test_removing_oneself_is_answered_like_leaving(clients: Clients, cast: Cast) -> None:
    url = f"/api/rooms/{cast.private.slug}/members?user_id={cast.bob.pk}"
    left = await clients["bob"].delete(url)
    assert (left.status_code, left.json()["me"]["role"]) == (200, None)


async def test_members_do_not_remove_each_other(clients: Clients, cast: Cast, refused: Refusal) -> None:
    for who in ("bob", "carol"):
        answer = await clients[who].delete(f"{OPEN}?user_id={cast.alice.pk}")
        assert refused(answer) == (403, "forbidden", "room")
    await database.write(set_role, cast.alice, "open", cast.bob.pk, "moderator")
    answer = await clients["bob"].delete(f"{OPEN}?user_id={cast.alice.pk}")
    assert refused(answer) == (403, "forbidden", "user_id")


async def test_adding_is_limited_by_the_number_of_people(
    clients: Clients, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowd() -> list[int]:
        return [person(f"extra{number}").pk for number in range(5)]

    ids = await database.write(crowd)
    monkeypatch.setitem(limits.RATES, "membership", limits.Rate(3, 0.01, "changes of members"))
    assert refused(await clients["bob"].post(OPEN, json={"members": ids}))[:2] == (429, "rate_limited")
    assert await database.call(Membership.objects.filter(user__in=ids).count) == 0
    assert (await clients["alice"].post(OPEN, json={"members": ids[:3]})).status_code == 200
    assert refused(await clients["alice"].post(f"{OPEN.removesuffix('/members')}/join"))[0] == 429


async def test_a_member_says_of_what_they_want_to_be_told(
    clients: Clients, cast: Cast, refused: Refusal
) -> None:
    for level in ("mentions", "none", "all"):
        answer = await clients["bob"].patch("/api/rooms/open/me", json={"notify": level})
        assert (answer.status_code, answer.json()["me"]["notify"]) == (200, level)
    wrong = await clients["bob"].patch("/api/rooms/open/me", json={"notify": "loud"})
    assert refused(wrong) == (400, "invalid", "notify")
    assert refused(await clients["bob"].patch("/api/rooms/open/me", json={})) == (400, "invalid", "notify")
    outside = await clients["carol"].patch("/api/rooms/open/me", json={"notify": "none"})
    assert refused(outside) == (403, "forbidden", "room")
    assert await database.call(User.objects.filter(memberships__notify="all").distinct().count) == 2


async def test_what_calls_a_member_is_told_to_people_with_an_account(clients: Clients) -> None:
    def usernames(answer: httpx.Response) -> list[str | None]:
        return [member["username"] for member in answer.json()["members"]]

    assert usernames(await clients["carol"].get("/api/rooms/lobby/members")) == ["alice", "bob"]
    assert usernames(await clients["gus"].get("/api/rooms/lobby/members")) == [None, None]
