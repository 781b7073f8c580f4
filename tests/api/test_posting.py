"""Posting over HTTP: once for ever, by the same client id as on the socket."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from chat import database, limits
from chat.models import Message
from tests.api.conftest import Clients, give_token
from tests.cast import Cast, say
from tests.consumers.socket import Socket

pytestmark = pytest.mark.django_db(transaction=True)

Refusal = Callable[[httpx.Response], tuple[int, str, str | None]]
LOBBY = "/api/rooms/lobby/messages"


async def socket_of(cast: Cast) -> Socket:
    secret = await database.write(give_token, cast.bob)
    return Socket(headers={"authorization": f"Bearer {secret}"})


async def test_a_message_is_made_and_seen_on_the_socket(clients: Clients, cast: Cast) -> None:
    async with await socket_of(cast) as socket:
        await socket.event("subscribed")
        answer = await clients["carol"].post(LOBBY, json={"text": " as it is \n"})
        assert answer.status_code == 201
        assert answer.json() == {"message_id": answer.json()["message_id"], "seq": 1, "duplicate": False}
        event = await socket.event("message")
    assert event["message"]["id"] == answer.json()["message_id"]
    assert event["message"]["text"] == " as it is \n"


async def test_a_repetition_gets_the_first_answer_with_200(clients: Clients) -> None:
    key = {"Idempotency-Key": "5a0e"}
    first = await clients["bob"].post(LOBBY, json={"text": "once"}, headers=key)
    await clients["bob"].patch(f"/api/messages/{first.json()['message_id']}", json={"text": "edited"})
    again = await clients["bob"].post(LOBBY, json={"text": "once"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"duplicate": True}


@pytest.mark.parametrize("client_id", ["5a0e", "schlüssel"])
async def test_a_message_of_the_socket_is_a_duplicate_here(
    clients: Clients, cast: Cast, client_id: str
) -> None:
    async with await socket_of(cast) as socket:
        reply = await socket.ask("send", text="once", client_id=client_id)
    answer = await clients["bob"].post(
        LOBBY, json={"text": "once"}, headers={b"Idempotency-Key": client_id.encode()}
    )
    assert answer.status_code == 200
    assert answer.json() == {"message_id": reply["message_id"], "seq": reply["seq"], "duplicate": True}


async def test_fifty_at_once_over_socket_and_http_make_one_message(clients: Clients, cast: Cast) -> None:
    body, key = {"text": "once", "client_id": "5a0e"}, {"Idempotency-Key": "5a0e"}
    async with await socket_of(cast) as socket:
        await socket.event("subscribed")
        for number in range(10):
            await socket.send(type="send", id=f"s{number}", **body)
        posts = [clients["bob"].post(LOBBY, json={"text": "once"}, headers=key) for _ in range(10)]
        answers = [answer.json() for answer in await asyncio.gather(*posts)]
        answers += [await socket.event("ok") for _ in range(10)]
    assert len({answer["message_id"] for answer in answers}) == 1
    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 19
    assert await database.call(Message.objects.count) == 1


@pytest.mark.parametrize("change", [{"text": "twice"}, {"room": "open"}, {"reply_to": 1}])
async def test_the_same_key_for_another_message_is_a_conflict(
    clients: Clients, cast: Cast, refused: Refusal, change: dict[str, object]
) -> None:
    target = (await database.write(say, cast.alice, cast.lobby, "hello")).message_id
    key = {"Idempotency-Key": "5a0e"}
    await clients["bob"].post(LOBBY, json={"text": "once"}, headers=key)
    if "reply_to" in change:
        change = {"reply_to": target}
    room = change.get("room", "lobby")
    fields = {"text": "once"} | {name: value for name, value in change.items() if name != "room"}
    answer = await clients["bob"].post(f"/api/rooms/{room}/messages", json=fields, headers=key)
    assert refused(answer) == (409, "conflict", "client_id")


async def test_the_key_may_stand_in_the_body(clients: Clients, refused: Refusal) -> None:
    body = {"text": "once", "client_id": "5a0e"}
    assert (await clients["bob"].post(LOBBY, json=body)).status_code == 201
    assert (await clients["bob"].post(LOBBY, json=body)).status_code == 200
    both = await clients["bob"].post(LOBBY, json=body, headers={"Idempotency-Key": "another"})
    assert refused(both) == (400, "invalid", "client_id")


@pytest.mark.parametrize("key", ["", "x" * 129])
async def test_a_wrong_key_is_invalid(clients: Clients, refused: Refusal, key: str) -> None:
    answer = await clients["bob"].post(LOBBY, json={"text": "once"}, headers={"Idempotency-Key": key})
    assert refused(answer) == (400, "invalid", "client_id")


async def test_a_wrong_field_is_named_as_on_the_socket(
    clients: Clients, cast: Cast, refused: Refusal
) -> None:
    cases: list[tuple[dict[str, object], int, str, str]] = [
        ({}, 400, "invalid", "text"),
        ({"text": None}, 400, "invalid", "text"),
        ({"text": 1}, 400, "invalid", "text"),
        ({"text": " \n"}, 400, "invalid", "text"),
        ({"text": "x" * 10_001}, 413, "too_long", "text"),
        ({"text": "x", "reply_to": 0}, 400, "invalid", "reply_to"),
        ({"text": "x", "reply_to": 10**30}, 400, "invalid", "reply_to"),
        ({"text": "x", "reply_to": 999}, 404, "not_found", "reply_to"),
        ({"text": "x", "client_id": ""}, 400, "invalid", "client_id"),
        ({"text": "x", "thread": 1}, 404, "not_found", "thread"),
        ({"text": "x", "attachments": [1]}, 400, "invalid", "attachments"),
    ]
    async with await socket_of(cast) as socket:
        for fields, status, code, field in cases:
            answer = await clients["bob"].post(LOBBY, json=fields)
            assert refused(answer) == (status, code, field)
            error = await socket.ask("send", **fields)
            assert (error["code"], error["field"]) == (code, field)


async def test_who_may_not_write_is_told_so(clients: Clients, cast: Cast, refused: Refusal) -> None:
    body = {"text": "hello"}
    assert refused(await clients["carol"].post("/api/rooms/open/messages", json=body))[:2] == (
        403,
        "forbidden",
    )
    assert refused(await clients["gus"].post("/api/rooms/open/messages", json=body))[:2] == (404, "not_found")
    assert refused(await clients["nobody"].post(LOBBY, json=body))[:2] == (401, "unauthenticated")
    assert (await clients["gus"].post(LOBBY, json=body)).status_code == 201


async def test_socket_and_http_share_the_rate_of_sending(
    clients: Clients, cast: Cast, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.RATES, "send", limits.Rate(2, 0.01, "messages"))
    async with await socket_of(cast) as socket:
        assert (await socket.ask("send", text="fast"))["type"] == "ok"
        assert (await clients["bob"].post(LOBBY, json={"text": "faster"})).status_code == 201
        assert (await socket.ask("send", text="too fast"))["code"] == "rate_limited"
    limited = await clients["bob"].post(LOBBY, json={"text": "too fast"})
    assert refused(limited) == (429, "rate_limited", None)
    assert 90 < int(limited.headers["Retry-After"]) <= 100
    assert limited.json()["retryable"] is True
    assert (await clients["carol"].post(LOBBY, json={"text": "in time"})).status_code == 201
