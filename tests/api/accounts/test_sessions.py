"""One's own sessions and tokens over HTTP: who is let in, what is shown, and that what is ended is 401 at once."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from django.utils import timezone

from chat import database
from chat.models import SignIn, Token, User
from tests.api.conftest import Clients, client
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

Refused = Callable[[httpx.Response], tuple[int, str, str | None]]
Browsers = Callable[[User], "httpx.AsyncClient"]
CSRF = "x" * 32


async def browser(user: User) -> httpx.AsyncClient:
    """A client with a session of this person, and the CSRF token that a page would have."""
    key = await database.write(sign_in, user)
    found = client(**{"X-CSRFToken": CSRF, "Origin": "http://localhost"})
    found.cookies.set("sessionid", key)
    found.cookies.set("csrftoken", CSRF)
    return found


@pytest.fixture
async def bobs(cast: Cast) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Two browsers of bob, the older one first."""
    async with AsyncExitStack() as stack:
        older, newer = [await stack.enter_async_context(await browser(cast.bob)) for _ in range(2)]
        yield older, newer


async def test_the_list_tells_which_session_asks(bobs: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> None:
    older, newer = bobs
    for asking, current in ((older, [False, True]), (newer, [True, False])):
        found = (await asking.get("/api/me/sessions")).json()["sessions"]
        assert [each["current"] for each in found] == current
        assert set(found[0]) == {"id", "browser", "address", "since", "current"}
    assert (await database.call(SignIn.objects.count)) == 2


async def test_a_revoked_session_is_nobody_at_once(
    bobs: tuple[httpx.AsyncClient, httpx.AsyncClient], refused: Refused
) -> None:
    older, newer = bobs
    [here, there] = (await newer.get("/api/me/sessions")).json()["sessions"]
    answer = await newer.delete(f"/api/me/sessions/{there['id']}")
    assert [each["id"] for each in answer.json()["sessions"]] == [here["id"]]
    assert refused(await older.get("/api/me/sessions"))[:2] == (401, "unauthenticated")
    assert refused(await newer.delete(f"/api/me/sessions/{there['id']}"))[:2] == (404, "not_found")


async def test_all_others_are_ended_at_once(
    bobs: tuple[httpx.AsyncClient, httpx.AsyncClient], refused: Refused
) -> None:
    older, newer = bobs
    assert [each["current"] for each in (await newer.delete("/api/me/sessions")).json()["sessions"]] == [True]
    assert refused(await older.get("/api/me/sessions"))[:2] == (401, "unauthenticated")
    assert (await newer.get("/api/me/sessions")).status_code == 200


async def test_an_expired_session_is_nobody(
    bobs: tuple[httpx.AsyncClient, httpx.AsyncClient], refused: Refused
) -> None:
    older, newer = bobs
    from django.contrib.sessions.models import Session

    key = older.cookies["sessionid"]
    await database.write(Session.objects.filter(session_key=key).update, expire_date=timezone.now())
    assert refused(await older.get("/api/me/sessions"))[:2] == (401, "unauthenticated")
    assert len((await newer.get("/api/me/sessions")).json()["sessions"]) == 1


async def test_nobody_ends_the_session_of_another(
    bobs: tuple[httpx.AsyncClient, httpx.AsyncClient], clients: Clients, refused: Refused
) -> None:
    [theirs, _] = (await bobs[0].get("/api/me/sessions")).json()["sessions"]
    assert refused(await clients["carol"].delete(f"/api/me/sessions/{theirs['id']}"))[:2] == (
        404,
        "not_found",
    )
    assert len((await bobs[0].get("/api/me/sessions")).json()["sessions"]) == 2


PATHS = ["/api/me/sessions", "/api/me/tokens", "/api/invitations"]


@pytest.mark.parametrize("path", PATHS)
async def test_guests_and_nobody_have_none_of_these(clients: Clients, refused: Refused, path: str) -> None:
    assert refused(await clients["nobody"].get(path))[:2] == (401, "unauthenticated")
    assert refused(await clients["gus"].get(path))[:2] == (403, "forbidden")


async def test_a_token_is_made_shown_once_used_and_revoked(
    bobs: tuple[httpx.AsyncClient, httpx.AsyncClient], refused: Refused
) -> None:
    mine, _ = bobs
    answer = await mine.post("/api/me/tokens", json={"label": "bridge", "days": 30})
    made = answer.json()
    assert (answer.status_code, made["label"], made["current"]) == (201, "bridge", False)
    async with client(Authorization=f"Bearer {made['token']}") as program:
        [seen] = (await program.get("/api/me/tokens")).json()["tokens"]
        assert seen == {key: value for key, value in made.items() if key != "token"} | {"current": True}
        assert refused(await program.post("/api/me/tokens", json={}))[:2] == (403, "forbidden")
        assert (await mine.delete(f"/api/me/tokens/{made['id']}")).json() == {"tokens": []}
        assert refused(await program.get("/api/me"))[:2] == (401, "unauthenticated")


async def test_a_token_may_end_itself(clients: Clients, refused: Refused) -> None:
    [seen] = (await clients["carol"].get("/api/me/tokens")).json()["tokens"]
    assert (await clients["carol"].delete(f"/api/me/tokens/{seen['id']}")).json() == {"tokens": []}
    assert refused(await clients["carol"].get("/api/me/tokens"))[:2] == (401, "unauthenticated")


async def test_what_no_token_can_be_is_invalid(
    bobs: tuple[httpx.AsyncClient, httpx.AsyncClient], refused: Refused
) -> None:
    for body, field in (({"days": 0}, "days"), ({"label": "x" * 81}, "label"), ({"days": "soon"}, "days")):
        assert refused(await bobs[0].post("/api/me/tokens", json=body)) == (400, "invalid", field)
    assert not await database.call(Token.objects.exists)


async def test_a_page_of_another_site_makes_none(cast: Cast, refused: Refused) -> None:
    async with await browser(cast.bob) as mine:
        mine.headers.pop("X-CSRFToken")
        assert refused(await mine.post("/api/me/tokens", json={}))[:2] == (403, "forbidden")
        assert refused(await mine.delete("/api/me/sessions"))[:2] == (403, "forbidden")
