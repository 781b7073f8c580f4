"""Invitations over HTTP: made, shown once, listed, revoked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest
from pytest_django.fixtures import Settings

from chat import database
from chat.actions.accounts import find_invitation
from chat.models import User
from tests.api.conftest import Clients
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

Refused = Callable[[httpx.Response], tuple[int, str, str | None]]
PATH = "/api/invitations"


async def test_the_answer_has_the_link_and_the_list_has_not(clients: Clients, cast: Cast) -> None:
    answer = await clients["bob"].post(PATH, json={"room": cast.open.slug, "uses": 3})
    made = answer.json()
    assert answer.status_code == 201
    assert (made["room"], made["uses_left"], made["by"]["name"]) == (cast.open.slug, 3, "Bob")
    start = "http://localhost/accounts/invite/"
    assert made["url"].startswith(start)
    found = await database.call(find_invitation, made["url"].removeprefix(start).rstrip("/"))
    assert found.pk == made["id"]
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert timedelta(days=6, hours=23) < lasts < timedelta(days=7, hours=1)
    listed = (await clients["bob"].get(PATH)).json()
    assert listed == {"invitations": [{key: value for key, value in made.items() if key != "url"}]}


async def test_the_link_has_the_name_that_people_use(
    clients: Clients, cast: Cast, settings: Settings
) -> None:
    settings.PUBLIC_ORIGIN = "https://chat.example.org"
    made = (await clients["alice"].post(PATH, json={"room": cast.private.slug, "days": 1})).json()
    assert made["url"].startswith("https://chat.example.org/accounts/invite/")


async def test_a_room_is_named_in_whatever_case(clients: Clients, cast: Cast) -> None:
    answer = await clients["alice"].post(PATH, json={"room": cast.open.slug.upper()})
    assert answer.json()["room"] == cast.open.slug


async def test_who_may_not_is_told_no_more_than_by_the_room(
    clients: Clients, cast: Cast, refused: Refused
) -> None:
    private = {"room": cast.private.slug}
    assert refused(await clients["bob"].post(PATH, json=private)) == (403, "forbidden", "room")
    slugs = (cast.private.slug, "no-such-room")
    hidden, missing = [await clients["carol"].post(PATH, json={"room": slug}) for slug in slugs]
    assert refused(hidden) == (404, "not_found", "room")
    assert hidden.content == missing.content
    assert refused(await clients["alice"].post(PATH, json={})) == (403, "forbidden", "room")
    assert refused(await clients["gus"].post(PATH, json=private))[:2] == (403, "forbidden")
    assert refused(await clients["nobody"].post(PATH, json=private))[:2] == (401, "unauthenticated")


async def test_staff_invite_to_the_installation(clients: Clients, cast: Cast) -> None:
    await database.write(User.objects.filter(pk=cast.carol.pk).update, is_staff=True)
    made = (await clients["carol"].post(PATH, json={})).json()
    assert (made["room"], made["uses_left"]) == (None, None)


@pytest.mark.parametrize("field", ["uses", "days"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "many"])
async def test_bounds_that_cannot_be_are_invalid(
    clients: Clients, cast: Cast, refused: Refused, field: str, value: object
) -> None:
    answer = await clients["alice"].post(PATH, json={"room": cast.open.slug, field: value})
    assert refused(answer) == (400, "invalid", field)


async def test_one_is_revoked_by_those_who_see_it(clients: Clients, cast: Cast, refused: Refused) -> None:
    made = (await clients["bob"].post(PATH, json={"room": cast.open.slug})).json()
    path = f"{PATH}/{made['id']}"
    assert refused(await clients["carol"].delete(path))[:2] == (404, "not_found")
    assert len((await clients["alice"].get(PATH)).json()["invitations"]) == 1
    assert (await clients["alice"].delete(path)).json() == {"invitations": []}
    assert refused(await clients["bob"].delete(path))[:2] == (404, "not_found")
