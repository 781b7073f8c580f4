"""What every address of the API has in common: methods, form of bodies and answers, and unknown addresses."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tests.api.conftest import Clients

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]
LOBBY = "/api/rooms/lobby/messages"
JSON = {"Content-Type": "application/json"}
UNKNOWN = (
    *("/api", "/api/", "/api/nothing", "/api/rooms/", "/api/messages/x", "/api/messages/-1"),
    "/api/github/nothing",
)
ALLOWED = {
    ("PUT", "/api/rooms/lobby"): "GET, HEAD, PATCH",
    ("PUT", "/api/rooms/lobby/members"): "DELETE, GET, HEAD, POST",
    ("GET", "/api/rooms/lobby/join"): "POST",
    ("PUT", "/api/rooms"): "GET, HEAD, POST",
    ("POST", "/api/messages/1"): "DELETE, GET, HEAD, PATCH",
    ("OPTIONS", "/api/me"): "GET, HEAD, PATCH",
    ("POST", "/healthz"): "GET, HEAD",
}
NO_OBJECTS = (
    b"hello",
    b"[]",
    b'"text"',
    b'{"text": "x"} x',
    b'{"text": "x"',
    b'{"text": NaN}',
    b'{"text": "x", "more": NaN}',
    b"[" * 5_000,
    b'{"text": "x", "more": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"text": "\\u0000"}',
    b'{"text": "\x00"}',
    b'{"text": "\\ud83d"}',
    b'{"text": "\\udc4d\\ud83d"}',
    b'{"text": "\xff"}',
    b'{"text": "\xed\xa0\xbd"}',
)


async def test_unknown_addresses_answer_in_our_form(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    for path in UNKNOWN:
        for method in ("GET", "POST"):
            assert refused(await nobody.request(method, path)) == (404, "not_found", None), path


async def test_another_method_is_told_which_there_are(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    for (method, path), allowed in ALLOWED.items():
        answer = await nobody.request(method, path)
        assert refused(answer) == (405, "method_not_allowed", None)
        assert answer.headers["Allow"] == allowed, path


async def test_head_is_answered_as_get(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.head("/api/me")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


async def test_json_is_what_most_accept(nobody: httpx.AsyncClient) -> None:
    for accept in ("application/json", "*/*", "application/*", "text/html", "text/csv, */*;q=0.1"):
        answer = await nobody.get("/api/me", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), accept


async def test_who_wants_no_json_is_told_so(nobody: httpx.AsyncClient, refused: Refusal) -> None:
    for accept in ("application/xml", "text/csv", "image/*"):
        answer = await nobody.get("/api/me", headers={"Accept": accept})
        assert refused(answer) == (406, "not_acceptable", None), accept


async def test_only_json_is_taken(clients: Clients, refused: Refusal) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""):
        answer = await clients["bob"].post(LOBBY, content=b'{"text": "x"}', headers={"Content-Type": kind})
        assert refused(answer) == (415, "unsupported_media_type", None), kind


async def test_a_body_over_the_limit_is_too_long(clients: Clients, refused: Refusal) -> None:
    body = b'{"text": "%s"}' % (b"x" * 65_536)
    assert refused(await clients["bob"].post(LOBBY, content=body, headers=JSON)) == (413, "too_long", None)

    async def unannounced() -> AsyncIterator[bytes]:
        yield body

    answer = await clients["bob"].post(LOBBY, content=unannounced(), headers=JSON)
    assert refused(answer) == (413, "too_long", None)


async def test_what_is_not_one_json_object_is_a_bad_frame(clients: Clients, refused: Refusal) -> None:
    for body in NO_OBJECTS:
        answer = await clients["bob"].post(LOBBY, content=body, headers=JSON)
        assert refused(answer) == (400, "bad_frame", None), body[:40]
    assert (await clients["bob"].get(LOBBY)).json()["messages"] == []


async def test_no_body_has_no_fields(clients: Clients, refused: Refusal) -> None:
    assert refused(await clients["bob"].post(LOBBY)) == (400, "invalid", "text")


async def test_an_escaped_pair_of_surrogates_is_one_character(clients: Clients) -> None:
    answer = await clients["bob"].post(LOBBY, content=b'{"text": "\\ud83d\\udc4d"}', headers=JSON)
    assert answer.status_code == 201
    [message] = (await clients["bob"].get(LOBBY)).json()["messages"]
    assert message["text"] == "👍"


async def test_answers_are_kept_by_nobody(nobody: httpx.AsyncClient) -> None:
    for path in ("/api/me", "/api/rooms/nowhere"):
        assert (await nobody.get(path)).headers["Cache-Control"] == "no-store"
