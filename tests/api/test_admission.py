"""Who is let in at the JSON door: tokens, sessions with their CSRF check, passers-by, and how often."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.test import AsyncClient
from django.utils import timezone
from pytest_django import Settings

from chat import database, limits
from chat.models import Token, User
from tests.api.conftest import Clients, client
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]
CSRF = "c" * 32


@pytest.fixture
async def session(cast: Cast, nobody: httpx.AsyncClient) -> httpx.AsyncClient:
    """Bob's browser: a session, and the CSRF cookie that the page sets."""
    browser = AsyncClient()
    await browser.aforce_login(cast.bob)
    nobody.cookies["sessionid"] = browser.cookies["sessionid"].value
    nobody.cookies["csrftoken"] = CSRF
    return nobody


async def test_a_session_reads_without_further_ado(session: httpx.AsyncClient) -> None:
    assert (await session.get("/api/me")).json()["user"]["name"] == "Bob"


async def test_a_session_changes_nothing_without_its_csrf_token(
    session: httpx.AsyncClient, refused: Refusal
) -> None:
    wrong: list[dict[str, str]] = [{}, {"X-CSRFToken": "d" * 32}, {"X-CSRFToken": ""}]
    for headers in wrong:
        for answer in [
            await session.post("/api/rooms/lobby/messages", json={"text": "forged"}, headers=headers),
            await session.post("/api/rooms/lobby/leave", headers=headers),
            await session.delete("/api/messages/1", headers=headers),
        ]:
            assert refused(answer)[:2] == (403, "forbidden")
    assert (await session.get("/api/rooms/lobby")).json()["me"]["role"] == "member"


async def test_a_session_with_its_csrf_token_changes_what_it_may(session: httpx.AsyncClient) -> None:
    headers = {"X-CSRFToken": CSRF, "Origin": "http://localhost"}
    sent = await session.post("/api/rooms/lobby/messages", json={"text": "mine"}, headers=headers)
    assert sent.status_code == 201


async def test_another_page_changes_nothing(
    session: httpx.AsyncClient, nobody: httpx.AsyncClient, refused: Refusal
) -> None:
    foreign = {"Origin": "https://evil.example", "X-CSRFToken": CSRF}
    answer = await session.post("/api/rooms/lobby/leave", headers=foreign)
    assert refused(answer)[:2] == (403, "forbidden")
    async with client(Origin="https://evil.example") as stranger:
        assert refused(await stranger.post("/api/guest", json={}))[:2] == (403, "forbidden")
    async with client(Origin="http://localhost") as ours:
        assert (await ours.post("/api/guest", json={})).status_code == 201


async def test_a_token_needs_no_csrf_check(clients: Clients) -> None:
    answer = await clients["bob"].post(
        "/api/rooms/lobby/messages", json={"text": "hello"}, headers={"Origin": "https://tool.example"}
    )
    assert answer.status_code == 201


async def test_a_token_wins_over_a_session(session: httpx.AsyncClient, clients: Clients) -> None:
    headers = {"Authorization": clients["carol"].headers["Authorization"]}
    assert (await session.get("/api/me", headers=headers)).json()["user"]["name"] == "Carol"


@pytest.mark.parametrize("path", ["/api/me", "/api/rooms/lobby", "/api/diagnostics/delay?seconds=0"])
async def test_a_token_that_does_not_hold_is_never_anonymous(
    session: httpx.AsyncClient, refused: Refusal, path: str
) -> None:
    assert (await session.get(path)).status_code == 200
    for header in ("Bearer nonsense", "Bearer ", "bearer x", "Bearer schl\u00fcssel"):
        answer = await session.get(path, headers={b"Authorization": header.encode()})
        assert refused(answer)[:2] == (401, "unauthenticated"), header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_tokens_end(clients: Clients, cast: Cast, refused: Refusal) -> None:
    assert (await clients["bob"].get("/api/me")).status_code == 200
    past = timezone.now() - timedelta(seconds=1)
    await database.write(Token.objects.filter(user=cast.bob).update, expires_at=past)
    assert refused(await clients["bob"].get("/api/me"))[:2] == (401, "unauthenticated")
    await database.write(User.objects.filter(pk=cast.carol.pk).update, is_active=False)
    assert refused(await clients["carol"].get("/api/me"))[:2] == (401, "unauthenticated")


async def test_an_ended_session_is_nobody(session: httpx.AsyncClient, cast: Cast, refused: Refusal) -> None:
    await database.write(User.objects.filter(pk=cast.bob.pk).update, password="!changed")
    assert (await session.get("/api/me")).json()["user"] is None
    assert refused(await session.post("/api/rooms/lobby/leave"))[:2] == (401, "unauthenticated")


@pytest.mark.parametrize(
    "path",
    ["/api/rooms", "/api/rooms/lobby", "/api/rooms/lobby/messages", "/api/messages?ids=1", "/api/messages/1"],
)
async def test_nobody_reads_nothing_where_guests_are_off(
    nobody: httpx.AsyncClient, refused: Refusal, settings: Settings, path: str
) -> None:
    settings.CHAT_GUESTS = "read"
    assert (await nobody.get(path)).status_code in (200, 404)
    settings.CHAT_GUESTS = "off"
    assert refused(await nobody.get(path))[:2] == (401, "unauthenticated")


async def test_guests_only_read_where_they_may_only_read(
    clients: Clients, refused: Refusal, settings: Settings
) -> None:
    settings.CHAT_GUESTS = "read"
    assert (await clients["gus"].get("/api/rooms/lobby/messages")).status_code == 200
    answer = await clients["gus"].post("/api/rooms/lobby/messages", json={"text": "hello"})
    assert refused(answer)[:2] == (403, "forbidden")


async def test_trying_tokens_is_limited(
    nobody: httpx.AsyncClient, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "request", limits.Rate(1, 0.01, "requests"))
    wrong = {"Authorization": "Bearer nonsense"}
    assert refused(await nobody.get("/api/me", headers=wrong))[0] == 401
    assert refused(await nobody.get("/api/me", headers=wrong))[0] == 429


async def test_requests_are_limited_by_person_and_for_nobody_by_address(
    clients: Clients, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "request", limits.Rate(1, 0.01, "requests"))
    for who in ("nobody", "bob"):
        assert (await clients[who].get("/api/me")).status_code == 200
        limited = await clients[who].get("/api/rooms")
        assert refused(limited)[:2] == (429, "rate_limited")
        assert 90 < int(limited.headers["Retry-After"]) <= 100
    assert (await clients["carol"].get("/api/me")).status_code == 200
